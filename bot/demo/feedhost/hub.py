"""A WebSub hub (https://www.w3.org/TR/websub/): it checks who subscribes, and pushes signed documents."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp import web


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody who is told of changes of `topic`. `lease` is in seconds; without a `secret` pushes are unsigned."""

    topic: str
    callback: str
    secret: str
    lease: int


class Hub:
    """Keeps verified subscriptions by topic and callback."""

    def __init__(self, lease: int = 864_000) -> None:
        self.lease = lease
        self.subscriptions: dict[tuple[str, str], Subscription] = {}
        self._checks: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """A subscription request: 202, and then the callback is asked whether it meant it."""
        asked = {name: str(value) for name, value in (await request.post()).items()}
        mode, topic, callback = asked.get("hub.mode"), asked.get("hub.topic"), asked.get("hub.callback")
        if mode not in {"subscribe", "unsubscribe"} or not topic or not callback:
            return web.Response(status=400, text="hub.mode, hub.topic and hub.callback are required\n")
        task = asyncio.create_task(self._check(mode, topic, callback, asked))
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)
        return web.Response(status=202)

    async def _check(self, mode: str, topic: str, callback: str, asked: Mapping[str, str]) -> None:
        challenge = secrets.token_urlsafe(16)
        lease = int(asked.get("hub.lease_seconds") or self.lease)
        query = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge, "hub.lease_seconds": str(lease)}
        try:
            async with aiohttp.ClientSession() as session, session.get(callback, params=query) as answer:
                meant = answer.status < 300 and await answer.text() == challenge
        except aiohttp.ClientError:
            meant = False
        if not meant:
            return
        if mode == "subscribe":
            self.subscriptions[topic, callback] = Subscription(topic, callback, asked.get("hub.secret", ""), lease)
        else:
            self.subscriptions.pop((topic, callback), None)

    async def push(
        self, topic: str, hub_url: str, body: bytes, content_type: str, *, forged: bool = False
    ) -> list[int]:
        """Send a document to the topic's subscribers; their statuses. `forged` signs it with a wrong secret."""
        statuses = []
        links = f'<{hub_url}>; rel="hub", <{topic}>; rel="self"'
        async with aiohttp.ClientSession() as session:
            for subscription in [s for s in self.subscriptions.values() if s.topic == topic]:
                headers = {"Content-Type": content_type, "Link": links}
                if subscription.secret:
                    headers["X-Hub-Signature"] = signature("forged" if forged else subscription.secret, body)
                async with session.post(subscription.callback, data=body, headers=headers) as answer:
                    statuses.append(answer.status)
        return statuses


def signature(secret: str, body: bytes) -> str:
    """The X-Hub-Signature of a body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
