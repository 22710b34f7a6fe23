"""What the host serves at a path: bytes with validators, or a feed that is published to."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

import brotli

from bot.demo.feedhost.misbehaviour import Misbehaviour
from bot.demo.feedhost.render import CONTENT_TYPES, Channel, FeedItem, Form, render
from bot.errors import UserMistake

if TYPE_CHECKING:
    from bot.demo.feedhost.host import FeedHost

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """One request: `at` in monotonic seconds, headers with lower-case names, and the status it got (0: none)."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True)
class Body:
    """A document as it stands now. `changed` is when it last changed, in whole seconds as HTTP tells them."""

    plain: bytes
    content_type: str
    changed: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.blake2s(self.plain, digest_size=8).hexdigest()}"'

    @property
    def last_modified(self) -> str:
        return format_datetime(self.changed, usegmt=True)

    def packed(self, accepted: str) -> tuple[bytes, str | None]:
        """(bytes, content coding), the best coding that the Accept-Encoding header names."""
        if "br" in accepted:
            return brotli.compress(self.plain, quality=4), "br"
        if "gzip" in accepted:
            packer = zlib.compressobj(6, zlib.DEFLATED, 31)
            return packer.compress(self.plain) + packer.flush(), "gzip"
        return self.plain, None


class Resource:
    """Something served at a path. `headers` are sent with each 200 and 304; `validators` turns ETag and such off."""

    def __init__(self, host: FeedHost, path: str, body: bytes = b"", content_type: str = "text/xml") -> None:
        self._host = host
        self.path = path
        self.headers: dict[str, str] = {}
        self.validators = True
        self.misbehaviour: Misbehaviour | None = None
        self._left: int | None = None
        self._packed: dict[str, tuple[bytes, str | None]] = {}
        self._tags: tuple[str, str] | None = None
        self.body = Body(body, content_type, host.second())

    @property
    def url(self) -> str:
        return self._host.url(self.path)

    @property
    def requests(self) -> tuple[FeedRequest, ...]:
        """The requests for this path so far, in order."""
        return tuple(r for r in self._host.requests if r.path == self.path)

    def put(self, body: bytes, content_type: str | None = None) -> None:
        """Serve these bytes from now on."""
        self.body = Body(body, content_type or self.body.content_type, self._host.second())
        self._packed.clear()
        self._tags = None

    def misbehave(self, how: Misbehaviour, times: int | None = None) -> None:
        """Answer so from now on, or for so many requests."""
        self.misbehaviour, self._left = how, times

    def behave(self) -> None:
        self.misbehaviour = None

    def turn(self) -> Misbehaviour | None:
        """How the next request is misanswered, if it is."""
        if self._left == 0:
            self.behave()
        if self.misbehaviour is not None and self._left is not None:
            self._left -= 1
        return self.misbehaviour

    @property
    def tags(self) -> tuple[str, str]:
        """(ETag, Last-Modified) of the body as it stands."""
        if self._tags is None:
            self._tags = (self.body.etag, self.body.last_modified)
        return self._tags

    def packed(self, accepted: str) -> tuple[bytes, str | None]:
        """Body.packed, remembered while the body stands."""
        if accepted not in self._packed:
            self._packed[accepted] = self.body.packed(accepted)
        return self._packed[accepted]

    def is_known(self, headers: Mapping[str, str]) -> bool:
        """Whether a conditional request names the body as it stands (RFC 9110, 13.1: ETag goes before the date)."""
        if not self.validators:
            return False
        named = headers.get("If-None-Match")
        if named is not None:
            return named.strip() == "*" or self.tags[0] in [tag.strip().removeprefix("W/") for tag in named.split(",")]
        since = headers.get("If-Modified-Since")
        try:
            return since is not None and self.body.changed <= parsedate_to_datetime(since)
        except ValueError:
            return False


class PublishedFeed(Resource):
    """A feed with items. It shows the newest `window` of them, newest first."""

    def __init__(self, host: FeedHost, path: str, channel: Channel, form: Form, encoding: str, window: int) -> None:
        self.channel = channel
        self.form = form
        self.encoding = encoding
        self.window = window
        self._items: list[FeedItem] = []
        self._number = 0
        super().__init__(host, path, b"", CONTENT_TYPES[form])
        self._write()

    @property
    def items(self) -> tuple[FeedItem, ...]:
        """Everything published and not withdrawn, oldest first."""
        return tuple(self._items)

    def publish(self, item: FeedItem | str, *more: FeedItem | str) -> FeedItem:
        """Add items; a text is a title. Returns the first as published, with its guid, link and date."""
        published = [self._filled(each) for each in (item, *more)]
        self._items += published
        self._write()
        return published[0]

    def change(self, guid: str | None, /, **fields: object) -> FeedItem:
        """Change the item with this guid, as an editor who corrects a title does."""
        for place, item in enumerate(self._items):
            if item.guid == guid:
                self._items[place] = replace(item, **fields)  # type: ignore[arg-type]
                self._write()
                return self._items[place]
        raise UserMistake(f"No item with the guid {guid!r} was published here.")

    def withdraw(self, *guids: str | None) -> None:
        """Take items out of the feed."""
        self.keep(item for item in self._items if item.guid not in guids)

    def keep(self, items: Iterable[FeedItem]) -> None:
        """Show exactly these items, in this order (oldest first)."""
        self._items = list(items)
        self._write()

    def _filled(self, item: FeedItem | str) -> FeedItem:
        bare = FeedItem(item) if isinstance(item, str) else item
        self._number += 1
        name = f"{self.path.strip('/').removesuffix('.xml').replace('/', '-')}-{self._number}"
        return replace(
            bare,
            guid=bare.guid or f"tag:feedhost,2026:{name}",
            link=bare.link or self._host.url(f"/articles/{name}.html"),
            published=bare.published or self._host.now() - timedelta(minutes=1),
        )

    def _write(self) -> None:
        shown = self._items[-self.window :][::-1]
        self.put(render(self.form, self.channel, shown, self.encoding))


def whole_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
