"""The feed host as a process of its own: `python -m bot.demo.feedhost --port 8082 --folder FEEDS`.

It prints one JSON line with its url when it listens, and runs until it is interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from pathlib import Path

from bot.demo.feedhost.host import FeedHost


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bot.demo.feedhost", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--folder", type=Path, help="serve the files of this folder")
    parser.add_argument("--forget-requests", action="store_true", help="count requests, keep none")
    return parser


async def serve(options: argparse.Namespace) -> None:
    host = FeedHost(port=options.port, keep_requests=not options.forget_requests)
    if options.folder:
        host.serve_folder(options.folder)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with host:
        print(json.dumps({"url": host.url()}), flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments().parse_args()))
