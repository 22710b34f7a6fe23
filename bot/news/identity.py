"""When two entries are the same item: an entry's guid within its feed, an article's address within its outlet.

Both are pure. A guid is what the feed says, told apart where a feed gives one guid to several entries. An
article's canonical address is the same for http and https, www, m and amp hosts, the outlet's mirrors, and
whatever a campaign hung on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

from bot.model import Outlet
from bot.news.entry import Entry

LONGEST_GUID = 512

# Names that trackers and newsletters add: Google, Yandex, Meta, Microsoft, Mailchimp, AT Internet (BBC), DW.
_FOLLOWS = re.compile(
    r"(?:amp;)?(?:(?:utm|mc|hsa|_hs)_.*|(?:at|pk|mtm)_(?:campaign|medium|source|kwd|keyword|content|cid|custom\d*)"
    r"|(?:fb|g|d|y|ys|tw)clid|[gw]braid|msclkid|igshid|mkt_tok|_openstat|_ga|cmp(?:id)?|maca|ocid|ito|xtor|sref"
    r"|(?:j|php)sessid|jsessionid|aspsessionid.*|session_?id)",
    re.IGNORECASE,
)
"""What says nothing but who follows a link, from where, and in which visit."""
_TRACKING = re.compile(
    rf"{_FOLLOWS.pattern}|(?:at|pk|mtm)_.*|(?:amp;)?amp|ref(_src|_url|errer)?|outputtype|nocache|withmediaplayer",
    re.IGNORECASE,
)
"""That, and what may change how a page looks, but not which article it is."""
_FROM_FEED = re.compile(r"rss[\d._-]*|feeds?", re.IGNORECASE)  # ?from=rss, ?source=feed
_VARIANT = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=.+\.)")
_VISIT = re.compile(r";jsessionid=[^/;?#]*", re.IGNORECASE)
_TAIL = re.compile(r"(?:/amp|/index\.html?|/)+$")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+\.?")
_PANGEA = re.compile(r"/(?:a|amp)/(?:[^/]+/)?(\d{5,12})\.html?")
_CANONICAL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""Most addresses: nothing in them can be written in another way, so that nobody need be asked."""
_LANGUAGE_ROOT = re.compile(r"/([a-z]{2}(-[a-z]{2})?)?")


def canonical(url: str, outlet: Outlet) -> str | None:
    """The article's identity within the outlet, as an https address; None for a home page or no address at all.

    Articles of RFE/RL and VOA are known by their number alone, `/a/…/32463479.html`, on whatever host: their
    mirrors change by the week, and the words before the number with every edit of the title.
    """
    try:
        parts = urlsplit(url if _CANONICAL.fullmatch(url) else canonicalize_url(url.strip(), keep_fragments=False))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or not _HOST.fullmatch(host):
        return None
    if article := _PANGEA.fullmatch(parts.path):
        return f"https://{_home(outlet.home)[0]}/a/{article[1]}.html"
    place = _host(host, outlet) + (f":{port}" if port not in (None, 80, 443) else "")
    path = _path(parts.path)
    query = _query(parts.query) if parts.query else ""
    if not query and (_LANGUAGE_ROOT.fullmatch(path.lower()) or path == _home(outlet.home)[1]):
        return None
    return f"https://{place}{path}" + (f"?{query}" if query else "")


def untracked(url: str) -> str:
    """The address as people are to open it: what trackers hung on it is gone, the rest stands as it was written."""
    place, mark, rest = url.partition("?")
    query, sign, fragment = rest.partition("#")
    if not mark or "#" in place:
        return url
    kept = "&".join(part for part in query.split("&") if not _FOLLOWS.fullmatch(part.partition("=")[0]))
    return place + (f"?{kept}" if kept else "") + sign + fragment


def identities(entries: Sequence[Entry], outlet: Outlet) -> tuple[str | None, ...]:
    """Each entry's canonical address; None where several different entries of the document share it.

    Some scrapers give every entry the address of the home page or of the section.
    """
    found = [canonical(entry.url, outlet) if entry.url else None for entry in entries]
    titles: dict[str, set[str]] = {}
    for address, entry in zip(found, entries, strict=True):
        if address:
            titles.setdefault(address, set()).add(" ".join(entry.title.lower().split()))
    return tuple(address if address and len(titles[address]) == 1 else None for address in found)


def guids(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries of one document with guids that are there, short enough, and each other's own.

    A missing guid is made of the address, or of the title where the address is only a home page or missing; so
    it does not change with the order or number of entries. Entries that share a guid are told apart by their
    addresses, then by their titles; one that is repeated outright is dropped.
    """
    given = [_given(entry) for entry in entries]
    once = list({(entry.guid, entry.url, entry.title): entry for entry in reversed(given)}.values())[::-1]
    shared = Counter(entry.guid for entry in once)
    by_url = Counter((entry.guid, entry.url) for entry in once)
    apart = [
        _told_apart(entry, titled=by_url[entry.guid, entry.url] > 1) if shared[entry.guid] > 1 else entry
        for entry in once
    ]
    return tuple({entry.guid: entry for entry in apart}.values())


def _given(entry: Entry) -> Entry:
    guid = _short(entry.guid or _made(entry))
    return entry if guid == entry.guid else replace(entry, guid=guid)


def _made(entry: Entry) -> str:
    parts = urlsplit(entry.url or "")
    if entry.url and (parts.query or not _LANGUAGE_ROOT.fullmatch(parts.path.rstrip("/").lower())):
        return entry.url
    return f"title:{_digest(entry.title)}"


def _told_apart(entry: Entry, *, titled: bool) -> Entry:
    mark = _digest(entry.url or "", entry.title) if titled else _digest(entry.url or "")
    return replace(entry, guid=f"{entry.guid[: LONGEST_GUID - 33]} {mark}")


def _short(guid: str) -> str:
    return guid if len(guid) <= LONGEST_GUID else f"sha256:{sha256(guid.encode()).hexdigest()}"


def _digest(*texts: str) -> str:
    """128 bits, in hexadecimal."""
    return sha256("\0".join(texts).encode()).hexdigest()[:32]


@lru_cache
def _home(address: str) -> tuple[str, str]:
    """The host and the path of an outlet's home."""
    parts = urlsplit(address)
    return _VARIANT.sub("", (parts.hostname or "").lower()), _path(parts.path)


def _host(host: str, outlet: Outlet) -> str:
    """The host without its variants; a mirror's is the outlet's home."""
    plain = _VARIANT.sub("", host.lower().rstrip("."))
    return _home(outlet.home)[0] if plain in _mirrors(outlet.mirrors) else plain


@lru_cache
def _mirrors(mirrors: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_VARIANT.sub("", mirror.lower().partition(":")[0]) for mirror in mirrors)


def _path(path: str) -> str:
    return _TAIL.sub("", re.sub(r"/{2,}", "/", _VISIT.sub("", path))) or "/"


def _query(query: str) -> str:
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not _TRACKING.fullmatch(name) and not _FROM_FEED.fullmatch(value)
    ]
    return urlencode(sorted(kept), errors="surrogateescape")
