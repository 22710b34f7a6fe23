"""NABAT_PROXY and the outlets' own, through real proxies: they are used, they open nothing closed, they fail aloud."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from bot.demo.feedhost import FeedHost, Misbehaviour
from bot.demo.proxies import HttpProxy, Place, Proxy, SocksProxy
from bot.news.failures import ConnectionFailure, RefusedAddress
from bot.news.fetch import Fetched, Fetcher, FetchRequest
from bot.news.poll import Outcome
from tests.conftest import Clock
from tests.news.conftest import Servers, saying
from tests.news.test_poll import Station, headlines

KINDS: tuple[type[Proxy], ...] = (HttpProxy, SocksProxy)
NAME = "feeds.example"
"""A name that no name server knows, and that looks public."""
GONE = "127.0.0.1:1"


@pytest.fixture
async def station(clock: Clock, tmp_path: Path) -> AsyncIterator[Station]:
    async with FeedHost(clock=clock) as host:
        yield Station(host, clock, tmp_path)


def places(host: FeedHost) -> Mapping[str, Place]:
    parts = urlsplit(host.url("/"))
    return {NAME: (parts.hostname or "", parts.port or 0)}


def behind(proxy: str | None = None) -> dict[str, Any]:
    feed = {"url": f"http://{NAME}/wire.xml", "language": "ru"}
    return {"feeds": [feed]} | ({"proxy": proxy} if proxy else {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("credentials", [None, "nabat:s3cret"])
async def test_every_feed_is_read_by_way_of_the_proxy(
    station: Station, kind: type[Proxy], credentials: str | None
) -> None:
    station.feed.publish(*headlines(2))
    async with kind(places(station.host), credentials) as proxy:
        async with station.open(behind(), proxy=SecretStr(proxy.url)):
            assert (await station.poll()).outcome is Outcome.NEW
            assert (await station.poll()).outcome is Outcome.UNCHANGED
        assert set(proxy.asked) == {(NAME, 80)}
        assert [request.status for request in station.feed.requests] == [200, 304]


@pytest.mark.parametrize("kind", KINDS)
async def test_an_outlet_has_a_proxy_of_its_own_or_none(station: Station, kind: type[Proxy]) -> None:
    station.feed.publish(*headlines(1))
    async with kind(places(station.host)) as own, kind({}) as common:
        async with station.open(behind(own.url), proxy=SecretStr(common.url)):
            assert (await station.poll()).outcome is Outcome.NEW
        assert (own.asked, common.asked) == ([(NAME, 80)], [])
        async with station.open({"proxy": "none"}, proxy=SecretStr(common.url)):
            assert (await station.poll()).trouble is None
        assert common.asked == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_dead_proxy_is_one_clear_line_and_then_over(station: Station, kind: type[Proxy]) -> None:
    station.feed.publish(*headlines(1))
    for common, own in ((f"{kind.scheme}://{GONE}", None), (None, f"{kind.scheme}://{GONE}")):
        given = {"proxy": SecretStr(common)} if common else {}
        async with station.open(behind(own), **given):
            assert (await station.poll()).outcome is Outcome.FAILED
        told = (await station.state()).trouble or ""
        assert told == "the proxy of NABAT_PROXY, or of the outlet, could not be used"
    async with kind(places(station.host)) as proxy, station.open(behind(), proxy=SecretStr(proxy.url)):
        assert (await station.poll()).outcome is Outcome.NEW
        assert (await station.state()).trouble is None


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_that_wants_a_password_is_told_without_it(station: Station, kind: type[Proxy]) -> None:
    async with kind(places(station.host), "nabat:s3cret") as proxy:
        wrong = proxy.url.replace("s3cret", "gue55ed")
        async with station.open(behind(), proxy=SecretStr(wrong)):
            result = await station.poll()
        assert proxy.turned_away == 1
    assert result.outcome is Outcome.FAILED
    assert "gue55ed" not in (result.trouble or "")
    assert "\n" not in (result.trouble or "")


CLOSED = (
    *("http://127.0.0.1/", "http://10.0.0.7/rss", "http://169.254.169.254/latest/meta-data/", "http://[::1]/"),
    *("http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://localhost/", "http://router.lan/"),
    *("http://0x7f000001/", "http://2130706433/", f"http://{NAME}:22/", "file:///etc/passwd", f"http://x@{NAME}/"),
)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_opens_nothing_that_is_closed(station: Station, kind: type[Proxy]) -> None:
    async with kind(places(station.host)) as proxy, Fetcher("Nabat", proxy=proxy.url) as fetcher:
        for url in CLOSED:
            with pytest.raises(RefusedAddress):
                await fetcher.get(FetchRequest(url))
        assert proxy.asked == []
        for url in CLOSED:
            station.feed.misbehave(Misbehaviour.redirect(url, 301))
            with pytest.raises(RefusedAddress, match="a redirect is not followed"):
                await fetcher.get(FetchRequest(f"http://{NAME}/wire.xml"))
        assert set(proxy.asked) == {(NAME, 80)}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_host_that_the_proxy_does_not_find_is_told(servers: Servers, kind: type[Proxy]) -> None:
    root = urlsplit(await servers.rude(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnews")))
    async with (
        kind({NAME: (root.hostname or "", root.port or 0)}) as proxy,
        Fetcher("Nabat", proxy=proxy.url) as fetcher,
    ):
        answer = await fetcher.get(FetchRequest(f"http://{NAME}/rss"))
        assert isinstance(answer, Fetched)
        assert answer.body == b"news"
        with pytest.raises(Exception, match=r"502|the proxy") as told:
            await fetcher.get(FetchRequest("http://unknown.example/rss"))
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("kind", KINDS)
async def test_certificates_are_checked_through_the_tunnel(tmp_path: Path, servers: Servers, kind: type[Proxy]) -> None:
    """A proxy that answers for somebody else (it can, having the name) is found out by its certificate."""
    server = await servers.rude(saying(b"never read"), _self_signed(tmp_path))
    place = ("127.0.0.1", urlsplit(server).port or 0)
    async with kind({NAME: place}) as proxy, Fetcher("Nabat", proxy=proxy.url) as fetcher:
        with pytest.raises(ConnectionFailure, match=r"certificate|secure connection"):
            await fetcher.get(FetchRequest(f"https://{NAME}/rss"))
        assert proxy.asked == [(NAME, 443)]


def _self_signed(folder: Path) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context
