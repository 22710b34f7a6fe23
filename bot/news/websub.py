"""WebSub (https://www.w3.org/TR/websub/): hubs push what is new, minutes before a poll would find it.

    wanted ─ ask ─> asked ─ the hub verifies ─> active ─ the lease runs out ─> asked …
                      └─ no answer, or refused ─> refused ─ a while later ─> asked …

The decisions are pure functions over a Subscription; `WebSub` is the edge, with an endpoint that hubs call. Polling
goes on as the safety net, more rarely: a hub that dies in silence costs a quarter of an hour, not the feed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from aiohttp import web

from bot.news.answer import MIB
from bot.news.failures import FetchError
from bot.store.crypto import Keyring
from bot.store.session import Store
from bot.store.subscriptions import (
    Stage,
    Subscription,
    named_hubs,
    note_push,
    save_subscription,
    subscription_of_key,
    subscriptions,
)

log = logging.getLogger(__name__)

LEASE = 7 * 86400
"""Seconds that a hub is asked for; the hub decides."""
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=30)
"""A lease is believed within these."""
MARGIN = 0.1
"""Share of the longest lease before whose end it is renewed, but at most an hour."""
PATIENCE = timedelta(minutes=10)
"""How long a hub may take to verify before it is asked again."""
AGAIN = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""After refusals and failures, the last for ever."""
LARGEST = 5 * MIB
"""What the web server must let through (client_max_size)."""
WAITING = 16
"""Pushes that are taken in at once; a hub sends again what was answered with 503."""
METHODS = frozenset({"sha256", "sha384", "sha512"})
"""Signatures that are believed; sha1, which the standard still knows, is not."""


def due(subscription: Subscription, now: datetime) -> bool:
    """Whether the hub is to be asked (again) now."""
    since = timedelta.max if subscription.asked_at is None else now - subscription.asked_at
    match subscription.state:
        case Stage.WANTED:
            return True
        case Stage.ASKED:
            return since >= PATIENCE
        case Stage.ACTIVE:
            return subscription.lease_until is None or subscription.lease_until - now <= _margin(subscription)
        case Stage.REFUSED:
            return since >= AGAIN[min(subscription.tries, len(AGAIN)) - 1]
        case Stage.ENDED:
            return False


def _margin(subscription: Subscription) -> timedelta:
    if subscription.lease_until is None or subscription.asked_at is None:
        return timedelta()
    return min((subscription.lease_until - subscription.asked_at) * MARGIN, timedelta(hours=1))


def wanted(feed_id: int, named: tuple[str, str] | None, known: Subscription | None) -> Subscription | None:
    """The subscription as it should be for what the feed's document names now; None where there is none to have."""
    if named is None:
        return None if known is None else replace(known, state=Stage.ENDED, lease_until=None)
    if known is None or (known.hub, known.topic) != named:
        return Subscription(feed_id, *named, key=secrets.token_urlsafe(32))
    return replace(known, state=Stage.WANTED) if known.state is Stage.ENDED else known


def asked(subscription: Subscription, status: int | None, now: datetime) -> Subscription:
    """After the request: a hub accepts it with 2xx, and verifies later; None stands for no answer."""
    accepted = status is not None and 200 <= status < 300
    tries = subscription.tries + 1
    return replace(subscription, state=Stage.ASKED if accepted else Stage.REFUSED, asked_at=now, tries=tries)


def verified(subscription: Subscription, query: Mapping[str, str], now: datetime) -> Subscription | None:
    """After the hub's question whether we meant it; None where we did not."""
    if query.get("hub.topic") != subscription.topic:
        return None
    mode = query.get("hub.mode")
    if mode == "denied":
        return replace(subscription, state=Stage.REFUSED, asked_at=now, tries=subscription.tries + 1)
    if mode == "unsubscribe":
        return subscription if subscription.state is Stage.ENDED else None
    if mode != "subscribe" or subscription.state not in (Stage.ASKED, Stage.ACTIVE):
        return None
    told = query.get("hub.lease_seconds", "")
    seconds = int(told[:9]) if told.isascii() and told.isdigit() else LEASE
    lease = min(max(timedelta(seconds=seconds), SHORTEST), LONGEST)
    return replace(subscription, state=Stage.ACTIVE, tries=0, lease_until=now + lease)


def signed(body: bytes, header: str, secret: str) -> bool:
    """Whether an X-Hub-Signature ("sha256=…") is that of the body."""
    method, _, told = header.strip().partition("=")
    if method.lower() not in METHODS:
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, method.lower()).hexdigest(), told.lower().strip())


class WebSub:
    """Keeps subscriptions, and answers hubs. `callback` is the public address under which `routes` are reached.

    `post` sends a form to a hub and answers its status; `push` takes a document for a feed.
    """

    def __init__(
        self,
        store: Store,
        callback: str,
        post: Callable[[str, Mapping[str, str]], Awaitable[int]],
        push: Callable[[int, bytes, str | None], Awaitable[object]],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._callback = store, callback.rstrip("/")
        self._post, self._push, self._clock = post, push, clock
        self._active: dict[int, datetime] = {}
        self._taking: set[asyncio.Task[None]] = set()

    def pushes(self, feed_id: int) -> bool:
        """Whether a hub pushes what is new in this feed."""
        until = self._active.get(feed_id)
        return until is not None and until > self._clock()

    def routes(self) -> list[web.RouteDef]:
        """The endpoint, for whichever web server the service has."""
        return [web.get("/websub/{key}", self._verify), web.post("/websub/{key}", self._take)]

    async def tend(self) -> None:
        """Subscribe where a feed names a hub, and renew what runs out."""
        now = self._clock()
        async with self._store.read() as session:
            known, named = await subscriptions(session), await named_hubs(session)
        for feed_id in known.keys() | named.keys():
            should = wanted(feed_id, named.get(feed_id), known.get(feed_id))
            if should is None:
                continue
            if should != known.get(feed_id):
                await self._save(should)
            if should.lease_until is not None:
                self._active[feed_id] = should.lease_until
            else:
                self._active.pop(feed_id, None)
            if due(should, now):
                await self._ask(should)

    async def closed(self) -> None:
        """Wait for what is being taken in."""
        await asyncio.gather(*self._taking, return_exceptions=True)

    async def _ask(self, subscription: Subscription) -> None:
        # Saved before the request: a hub may verify before its own answer has arrived.
        await self._save(asked(subscription, 202, self._clock()))
        form = {
            "hub.mode": "subscribe",
            "hub.topic": subscription.topic,
            "hub.callback": f"{self._callback}/websub/{subscription.key}",
            "hub.secret": self._secret(subscription),
            "hub.lease_seconds": str(LEASE),
        }
        try:
            status: int | None = await self._post(subscription.hub, form)
        except FetchError as error:
            log.info("a hub could not be asked: %s", error, extra={"action": "websub", "hub": subscription.hub})
            status = None
        after = asked(subscription, status, self._clock())
        if after.state is Stage.REFUSED:
            await self._save(after)

    async def _save(self, subscription: Subscription) -> None:
        async with self._store.write() as session:
            await save_subscription(session, subscription)

    def _secret(self, subscription: Subscription) -> str:
        """Made from the keyring, so that a copy of the database forges no push."""
        return secret_of(self._store.keyring, subscription.key)

    async def _known(self, request: web.Request) -> Subscription:
        async with self._store.read() as session:
            found = await subscription_of_key(session, request.match_info["key"])
        if found is None:
            raise web.HTTPNotFound
        return found

    async def _verify(self, request: web.Request) -> web.Response:
        """The hub asks whether we meant it: its challenge is the answer."""
        now = self._clock()
        found = verified(await self._known(request), request.query, now)
        if found is None:
            raise web.HTTPNotFound
        await self._save(found)
        if found.lease_until is not None and found.state is Stage.ACTIVE:
            self._active[found.feed_id] = found.lease_until
        return web.Response(text=request.query.get("hub.challenge", ""), content_type="text/plain")

    async def _take(self, request: web.Request) -> web.Response:
        """A push. A wrong signature is answered like a right one, and its document is dropped (the standard, 8.1)."""
        found = await self._known(request)
        if len(self._taking) >= WAITING:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "60"})
        body = await request.read()
        if found.state in (Stage.ASKED, Stage.ACTIVE) and signed(
            body, request.headers.get("X-Hub-Signature", ""), self._secret(found)
        ):
            task = asyncio.create_task(self._taken(found, body, request.headers.get("Content-Type")))
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)
        else:
            log.warning("a push was not signed by its hub", extra={"action": "websub_forged", "feed": found.feed_id})
        return web.Response(status=202)

    async def _taken(self, subscription: Subscription, body: bytes, content_type: str | None) -> None:
        await self._push(subscription.feed_id, body, content_type)
        async with self._store.write() as session:
            await note_push(session, subscription.feed_id, self._clock())


def secret_of(keyring: Keyring, key: str) -> str:
    """The secret that a hub signs with, for one subscription."""
    return hashlib.sha256(keyring.hash_name(f"websub {key}")).hexdigest()
