import asyncio
import gzip
import sys
import time
import zlib
from collections.abc import Awaitable, Callable

import brotli
import pytest
from aiohttp import web

from bot.errors import ConfigurationError
from bot.news.bodies import SMALL, Bodies
from bot.news.failures import (
    BodyTooLarge,
    BrokenAnswer,
    ConnectionFailure,
    FetchError,
    FetchTimeout,
    HttpStatus,
    RefusedAddress,
    TooManyRedirects,
)
from bot.news.fetch import Fetched, Fetcher, FetchRequest, Limits, NotModified
from tests.news.conftest import QUICK, Servers, saying

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FEED = b"<rss><channel><title>t</title></channel></rss>"
OK = b"HTTP/1.1 200 OK\r\n"
MIB = 1024 * 1024


async def get(servers: Servers, url: str, **request: str) -> Fetched | NotModified:
    return await (await servers.fetcher()).get(FetchRequest(url, **request))


async def body_of(servers: Servers, url: str) -> bytes:
    answer = await get(servers, url)
    assert isinstance(answer, Fetched)
    return answer.body


async def test_a_feed_is_asked_for_honestly_and_in_its_language(servers: Servers) -> None:
    seen: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=FEED, content_type="application/rss+xml", headers={"ETag": '"1"', "Set-Cookie": "a=b"})

    url = await servers.polite(handler)
    fetcher = await servers.fetcher()
    for _ in range(2):
        answer = await fetcher.get(FetchRequest(f"{url}/rss", language="ru"))
    assert isinstance(answer, Fetched)
    assert (answer.body, answer.etag, answer.content_type) == (FEED, '"1"', "application/rss+xml")
    assert (answer.url, answer.moved_to) == (f"{url}/rss", None)
    headers = seen[1].headers
    assert headers["User-Agent"] == "Nabat/0.1 (+https://example.org)"
    assert headers["Accept-Language"] == "ru"
    assert headers["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert not {"Cookie", "Referer", "If-None-Match"} & set(headers)


async def test_an_unchanged_feed_costs_no_body(servers: Servers) -> None:
    async def handler(request: web.Request) -> web.Response:
        assert request.headers["If-None-Match"] == '"1"'
        assert request.headers["If-Modified-Since"] == "Mon, 23 Nov 2026 06:00:00 GMT"
        return web.Response(status=304, headers={"Cache-Control": "max-age=600"})

    url = await servers.polite(handler)
    answer = await get(servers, url, etag='"1"', last_modified="Mon, 23 Nov 2026 06:00:00 GMT")
    assert answer == NotModified('"1"', "Mon, 23 Nov 2026 06:00:00 GMT", None, 600.0)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("GZIP", gzip.compress),
        ("identity", bytes),
    ],
)
async def test_compressed_answers_are_read(servers: Servers, name: str, pack: Callable[[bytes], bytes]) -> None:
    body = FEED * 5000

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=pack(body), headers={"Content-Encoding": name})

    assert await body_of(servers, await servers.polite(handler)) == body


@pytest.mark.parametrize(
    ("name", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress), ("x-rot", bytes)]
)
async def test_damaged_compression_is_told(servers: Servers, name: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(FEED * 50)

    async def handler(request: web.Request) -> web.Response:
        cut = packed[: len(packed) // 2] if request.path == "/cut" else b"\x00\x99" + packed
        return web.Response(body=cut, headers={"Content-Encoding": name})

    url = await servers.polite(handler)
    for path in ("/cut", "/rubbish"):
        with pytest.raises(BrokenAnswer):
            await get(servers, url + path)


def quick_brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=3))


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
async def test_a_bomb_is_stopped_while_it_unfolds(servers: Servers, name: str) -> None:
    zeros = bytes(100 * MIB)
    bomb = {"gzip": gzip.compress, "br": quick_brotli, "zstd": zstd.compress}[name](zeros)

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": name})

    url = await servers.polite(handler)
    began = time.process_time()
    with pytest.raises(BodyTooLarge, match="larger than 5 MiB"):
        await get(servers, url)
    assert time.process_time() - began < 2.0


async def test_a_body_that_says_it_is_too_large_is_not_begun(servers: Servers) -> None:
    url = await servers.rude(saying(OK + b"Content-Length: 999999999\r\n\r\n<rss>"))
    with pytest.raises(BodyTooLarge):
        await get(servers, url)


async def test_an_endless_body_is_cut_off(servers: Servers) -> None:
    sent = 0

    async def endless(head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
            sent += 65536
            await writer.drain()

    url = await servers.rude(endless)
    with pytest.raises(BodyTooLarge):
        await get(servers, url)
    await asyncio.sleep(0.05)
    stopped_at = sent
    await asyncio.sleep(0.05)
    assert sent == stopped_at < 20 * MIB


Drip = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def dripping(start: bytes) -> Drip:
    async def behave(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.1)

    return behave


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (OK + b"X-Slow: ", r"no answer from 127\.0\.0\.1 within 0\.5 s"),
        (OK + b"Content-Length: 100000\r\n\r\n", "the answer took longer than 1 s"),
    ],
)
async def test_a_slow_drip_runs_out_of_time(servers: Servers, start: bytes, told: str) -> None:
    url = await servers.rude(dripping(start))
    fetcher = await servers.fetcher(QUICK)
    began = time.monotonic()
    with pytest.raises(FetchTimeout, match=told):
        await fetcher.get(FetchRequest(url))
    assert time.monotonic() - began < 2.0


async def test_waiting_for_our_own_room_is_not_the_servers_time(servers: Servers) -> None:
    """Else a first run with many large feeds would call its servers slow."""
    body = b"a" * (SMALL + 1)
    url = await servers.rude(saying(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body))
    fetcher, bodies = await servers.fetcher(QUICK), Bodies(places=1)
    async with bodies.share() as mine:
        async with bodies.share() as other:
            await other.grow(SMALL + 1)
            waiting = asyncio.create_task(fetcher.get(FetchRequest(url), mine))
            await asyncio.sleep(1.5)
            assert not waiting.done()
        answer = await waiting
    assert isinstance(answer, Fetched)
    assert answer.body == body


async def test_a_silent_server_runs_out_of_time(servers: Servers) -> None:
    async def silent(head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    fetcher, url = await servers.fetcher(QUICK), await servers.rude(silent)
    with pytest.raises(FetchTimeout, match=r"within 0\.5 s"):
        await fetcher.get(FetchRequest(url))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (OK + b"Content-Length: 500\r\n\r\n<rss>", BrokenAnswer),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", BrokenAnswer),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<rss>\r\n", BrokenAnswer),
        (OK + b"Content-Length: x\r\n\r\n<rss>", BrokenAnswer),
        (OK + b"X-Big: " + b"a" * 100_000 + b"\r\n\r\n", BrokenAnswer),
        (OK + b"X-Many: a\r\n" * 5_000 + b"\r\n", BrokenAnswer),
        (b"<rss></rss>", BrokenAnswer),
        (b"SSH-2.0-OpenSSH_9.6\r\n", BrokenAnswer),
        (b"", ConnectionFailure),
        (b"HTTP/1.1 20", ConnectionFailure),
    ],
)
async def test_a_server_that_breaks_http_is_one_clear_line(
    servers: Servers, answer: bytes, kind: type[FetchError]
) -> None:
    with pytest.raises(FetchError) as caught:
        await get(servers, await servers.rude(saying(answer)))
    assert isinstance(caught.value, kind)
    assert 10 < len(str(caught.value)) < 250
    assert "\n" not in str(caught.value)


async def test_a_closed_port_and_an_unknown_name_are_told(servers: Servers) -> None:
    fetcher = await servers.fetcher()
    with pytest.raises(ConnectionFailure, match=r"no connection to 127\.0\.0\.1"):
        await fetcher.get(FetchRequest("http://127.0.0.1:1/"))
    with pytest.raises(ConnectionFailure, match="not known to the name server"):
        await fetcher.get(FetchRequest("http://nowhere.invalid/"))


@pytest.mark.parametrize(
    ("wait", "seconds"), [("120", 120.0), ("Mon, 23 Nov 2026 06:02:00 GMT", 120.0), ("soon", None)]
)
async def test_an_error_status_says_how_long_to_wait(servers: Servers, wait: str, seconds: float | None) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(
            status=429, headers={"Retry-After": wait, "Date": "Mon, 23 Nov 2026 06:00:00 GMT"}, body=FEED
        )

    with pytest.raises(HttpStatus, match="status 429 \\(Too Many Requests\\)") as caught:
        await get(servers, await servers.polite(handler))
    assert (caught.value.status, caught.value.retry_after) == (429, seconds)


@pytest.mark.parametrize("etag", [b'"\xff\xfe"', b'"' + b"a" * 2000 + b'"', b""], ids=["no text", "endless", "empty"])
async def test_a_validator_that_cannot_be_sent_back_is_not_kept(servers: Servers, etag: bytes) -> None:
    url = await servers.rude(saying(OK + b"Last-Modified: \xff\r\nETag: " + etag + b"\r\n\r\n" + FEED))
    answer = await get(servers, url)
    assert isinstance(answer, Fetched)
    assert (answer.etag, answer.last_modified) == (None, None)


async def test_an_unasked_not_modified_is_an_error(servers: Servers) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=304)

    with pytest.raises(HttpStatus):
        await get(servers, await servers.polite(handler))


def redirecting(*hops: tuple[int, str]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """/0 leads to /1 and so on by the given statuses; after them stands the feed."""

    async def handler(request: web.Request) -> web.Response:
        place = int(request.path.strip("/") or 0)
        if place >= len(hops):
            return web.Response(body=FEED)
        status, location = hops[place]
        return web.Response(status=status, headers={"Location": location})

    return handler


@pytest.mark.parametrize(
    ("hops", "moved"),
    [
        ([(301, "/1"), (308, "/2")], "/2"),
        ([(301, "/1"), (302, "/2")], "/1"),
        ([(302, "/1"), (301, "/2")], None),
        ([(303, "/1"), (307, "2"), (302, "/3")], None),
    ],
)
async def test_redirects_are_followed_and_permanent_ones_reported(
    servers: Servers, hops: list[tuple[int, str]], moved: str | None
) -> None:
    url = await servers.polite(redirecting(*hops))
    answer = await get(servers, f"{url}/0")
    assert isinstance(answer, Fetched)
    assert answer.body == FEED
    assert answer.url == f"{url}/{len(hops)}"
    assert answer.moved_to == (f"{url}{moved}" if moved else None)


@pytest.mark.parametrize(
    ("hops", "kind", "told"),
    [
        ([(302, "/0")], TooManyRedirects, "in a circle"),
        ([(302, "/1"), (302, "/0")], TooManyRedirects, "in a circle"),
        ([(302, f"/{place}") for place in range(1, 6)], TooManyRedirects, "more than 3 times"),
        ([(302, "file:///etc/passwd")], RefusedAddress, "a redirect is not followed: .*“file:”"),
        ([(302, "http://169.254.169.254/latest/")], RefusedAddress, "not on the public internet"),
        ([(302, "http://[::ffff:169.254.169.254]/")], RefusedAddress, "not on the public internet"),
        ([(302, "//127.0.0.2:22/")], RefusedAddress, "not on the public internet"),
        ([(302, "http://me:word@127.0.0.1/")], RefusedAddress, "user name"),
        ([(302, "http://127.0.0.1\\@example.org/")], RefusedAddress, "backslash"),
        ([(302, "")], BrokenAnswer, "without saying where"),
        ([(302, "https://[")], RefusedAddress, "cannot be read"),
    ],
)
async def test_redirects_lead_nowhere_forbidden(
    servers: Servers, hops: list[tuple[int, str]], kind: type[FetchError], told: str
) -> None:
    url = await servers.polite(redirecting(*hops))
    with pytest.raises(kind, match=told):
        await get(servers, f"{url}/0")


async def test_an_address_of_this_machine_needs_an_allowance(servers: Servers) -> None:
    url = await servers.polite(redirecting())
    async with Fetcher("Nabat") as fetcher:
        with pytest.raises(RefusedAddress):
            await fetcher.get(FetchRequest(url))
        with pytest.raises(RefusedAddress):
            await fetcher.get(FetchRequest(url.replace("127.0.0.1", "localhost")))


async def test_one_slow_server_does_not_hold_up_the_others(servers: Servers) -> None:
    slow = await servers.rude(dripping(OK))
    quick = await servers.polite(redirecting())
    fetcher = await servers.fetcher(Limits(first_byte=2.0, total=2.5))
    began = time.monotonic()
    waiting = [asyncio.ensure_future(fetcher.get(FetchRequest(slow))) for _ in range(5)]
    for _ in range(20):
        assert isinstance(await fetcher.get(FetchRequest(quick)), Fetched)
    assert time.monotonic() - began < 2.0
    assert all(isinstance(error, FetchTimeout) for error in await asyncio.gather(*waiting, return_exceptions=True))


async def test_an_http_proxy_is_asked_instead_of_the_name_server(servers: Servers) -> None:
    seen: list[bytes] = []

    async def proxy(head: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(head)
        writer.write(OK + b"Content-Length: %d\r\n\r\n%b" % (len(FEED), FEED))
        await writer.drain()

    async with Fetcher("Nabat", proxy=await servers.rude(proxy)) as fetcher:
        answer = await fetcher.get(FetchRequest("http://feeds.invalid/rss"))
        assert isinstance(answer, Fetched)
        assert answer.body == FEED
        assert seen[0].startswith(b"GET http://feeds.invalid/rss HTTP/1.1")
        for url in ("http://127.0.0.1/", "http://localhost/", "http://feeds.invalid:22/"):
            with pytest.raises(RefusedAddress):
                await fetcher.get(FetchRequest(url))
    assert len(seen) == 1


async def test_a_socks_proxy_is_handed_the_name(servers: Servers) -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)
        writer.write(b"\x05\x00")
        head = await reader.readexactly(5)
        asked.append((await reader.readexactly(head[4] + 2))[:-2])
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + b"Content-Length: %d\r\n\r\n%b" % (len(FEED), FEED))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Fetcher("Nabat", proxy=f"socks5://127.0.0.1:{port}") as fetcher:
        answer = await fetcher.get(FetchRequest("http://feeds.invalid/rss"))
        assert isinstance(answer, Fetched)
        assert answer.body == FEED
        with pytest.raises(RefusedAddress):
            await fetcher.get(FetchRequest("http://localhost/"))
    assert asked == [b"feeds.invalid"]


async def test_a_proxy_that_is_gone_is_told(servers: Servers) -> None:
    for proxy in ("http://127.0.0.1:1", "socks5://127.0.0.1:1"):
        async with Fetcher("Nabat", proxy=proxy) as fetcher:
            with pytest.raises(ConnectionFailure, match="NABAT_PROXY"):
                await fetcher.get(FetchRequest("http://feeds.invalid/rss"))


@pytest.mark.parametrize("proxy", ["ftp://x:1", "x", "http://", "socks5://", "http://a:b:c"])
async def test_a_wrong_proxy_is_told_without_its_password(proxy: str) -> None:
    with pytest.raises(ConfigurationError, match="NABAT_PROXY is not a proxy"):
        Fetcher("Nabat", proxy=proxy)
