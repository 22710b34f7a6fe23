"""The gallery of bad documents: each is met alone, in a process of its own, and held to its price."""

import gc
import multiprocessing
import resource
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import pytest

from bot.language.html import plain
from bot.model import Outlet
from bot.news.failures import HostileFeed, NotAFeed
from bot.news.reading import Document, read

OUTLET, NOW = Outlet("x", "X", "https://x.org"), datetime(2026, 3, 2, tzinfo=UTC)
SIZE = 5 * 1024 * 1024 - 1000  # just under what a fetch lets through
FIELD = 2 * 1024 * 1024 - 100  # just under the largest field
HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>'
ITEM = "<item><title>a</title><link>https://x.org/a</link></item>"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><id>1</id><content type="xhtml">'
    '<div xmlns="http://www.w3.org/1999/xhtml">{}</div></content></entry></feed>'
)


def fill(unit: str, size: int = SIZE) -> str:
    return unit * (size // len(unit))


def feed(inside: str) -> str:
    return f"{HEAD}{inside}</channel></rss>"


def item(inside: str) -> str:
    return feed(f"<item><title>a</title>{inside}</item>")


def full_texts(unit: str) -> str:
    """As many entries as are read, each with as long a text as is read of one."""
    text = f"<![CDATA[{fill(unit, 10_000)}]]>"
    return feed(
        "".join(f"<item><title>{number}</title><description>{text}</description></item>" for number in range(500))
    )


def with_attributes(attribute: str, count: int) -> str:
    return f"<item {' '.join(attribute.format(number) for number in range(count))}/>"


GALLERY = {
    "open angles": lambda: HEAD + ITEM + fill("<"),
    "open tags": lambda: HEAD + ITEM + fill("<a "),
    "open declarations": lambda: HEAD + ITEM + fill("<!"),
    "open comments": lambda: HEAD + ITEM + fill("<!--"),
    "open sections": lambda: HEAD + ITEM + fill("<![CDATA["),
    "bare ampersands": lambda: item(fill("&")),
    "unknown entities": lambda: item(fill("&nbsp;")),
    "known entities": lambda: item(f"<description>{fill('&amp;')}</description>"),
    "escaped markup": lambda: feed(f"<item><description>{fill('&lt;b>', FIELD)}</description></item>" * 2),
    "large titles": lambda: feed(f"<item><title>{fill('a ', FIELD)}</title></item>" * 2),
    "one title too large": lambda: item(f"<title>{fill('a ')}</title>"),
    "a title never closed": lambda: HEAD + f"<item><title>{fill('a ')}",
    "deep": lambda: HEAD + fill("<a>"),
    "deep and broken": lambda: HEAD + ITEM + "&" + fill("<a>"),
    "items in items": lambda: HEAD + "&" + fill("<item><title>a"),
    "countless items": lambda: feed(fill(ITEM)),
    "countless broken items": lambda: feed("&" + fill(ITEM)),
    "countless attributes": lambda: feed(with_attributes('a{}="1"', 400_000)),
    "many attributes": lambda: feed(with_attributes('a{}="1"', 199) * 2_400),
    "countless namespaces": lambda: feed(with_attributes('xmlns:a{0}="x:{0}"', 99_999)),
    "an attribute never closed": lambda: HEAD + "&<item " + fill('a="'),
    "countless links": lambda: item("<link>https://x.org/a</link>" * 24_000),
    "countless categories": lambda: item(fill("<category>a</category>")),
    "countless elements of a text": lambda: ATOM.format("<b>x</b>" * 24_000),
    "an endless document type": lambda: "<!DOCTYPE rss " + fill('"'),
    "endless instructions": lambda: fill("<?a?>"),
    "dots": lambda: item(f"<link>https://x.org/{fill('a/../', FIELD)}</link>"),
    "a long date": lambda: item(f"<pubDate>{fill('9', FIELD)}</pubDate>"),
    "a page": lambda: "<html>" + fill("<p>a</p>"),
    "half letters": lambda: "\udcd0" * SIZE,
    "loose tags of a text": lambda: full_texts("<p><"),
    "attributes of a text": lambda: full_texts("<p a b c d e f>"),
    "zeros": lambda: "\x00" * SIZE,
    "zeros between letters": lambda: fill("a\x00"),
    "zeros between foreign letters": lambda: fill("я\x00", SIZE // 2),
}


def meet(name: str, pipe: Connection) -> None:
    gc.freeze()  # what the other tests left is not looked through again and again on this document's account
    body = GALLERY[name]().encode("utf-8", "surrogateescape")
    memory, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        read(Document(body, None, "https://x.org/rss", OUTLET, NOW), plain)
        told = ""
    except (HostileFeed, NotAFeed) as error:
        told = str(error)
    spent = time.process_time() - began
    pipe.send((told, spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024))


@pytest.mark.parametrize("name", GALLERY)
def test_a_hostile_document_costs_under_two_seconds_and_fifty_megabytes(name: str) -> None:
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=meet, args=(name, there))
    process.start()
    there.close()
    told, seconds, megabytes = here.recv()
    process.join()
    assert seconds < 2.0
    assert megabytes < 50.0
    assert "\n" not in told
    assert len(told) < 200
