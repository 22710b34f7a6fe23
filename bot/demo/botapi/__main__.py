"""The fake Bot API as a process of its own: `python -m bot.demo.botapi --port 8081`.

It prints one JSON line with its url and token when it listens, and runs until it is interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal

from bot.demo.botapi.limits import Limits
from bot.demo.botapi.server import FakeBotAPI


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bot.demo.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--username", default="nabat_demo_bot")
    parser.add_argument("--limits", action="store_true", help="answer 429 where Telegram would")
    parser.add_argument("--overall", type=int, default=30, help="with --limits: messages a second, all chats together")
    parser.add_argument("--forget-messages", action="store_true", help="count messages, keep none")
    parser.add_argument("--forget-requests", action="store_true", help="count requests, keep none")
    parser.add_argument("--any-chat", action="store_true", help="every positive chat id has started the bot")
    parser.add_argument("--seed", type=int, default=0, help="of the chance that faults take")
    return parser


async def serve(options: argparse.Namespace) -> None:
    api = FakeBotAPI(
        options.username,
        port=options.port,
        limits=Limits(overall=options.overall) if options.limits else None,
        keep_messages=not options.forget_messages,
        keep_requests=not options.forget_requests,
        accept_any_chat=options.any_chat,
        seed=options.seed,
    )
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with api:
        print(json.dumps({"url": api.url, "token": api.token}), flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments().parse_args()))
