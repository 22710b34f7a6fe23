import socket
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.news.failures import RefusedAddress
from bot.news.guard import Guard, GuardedResolver, public

CLOSED = """
0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1::
2002:a9fe:a9fe::1 2002:c0a8:101:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1
"""
OPEN = "1.1.1.1 93.184.216.34 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1 64:ff9b::101:101 2002:101:101::1"


@pytest.mark.parametrize("address", CLOSED.split())
def test_addresses_off_the_public_internet_are_closed(address: str) -> None:
    assert not public(ip_address(address))


@pytest.mark.parametrize("address", OPEN.split())
def test_public_addresses_are_open(address: str) -> None:
    assert public(ip_address(address))


@given(st.ip_addresses())
def test_nothing_is_open_that_python_knows_to_be_private(address: object) -> None:
    found = ip_address(str(address))
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    if not inner.is_global:
        assert not public(found)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/feed",
        "gopher://example.org/",
        "javascript:alert(1)",
        "//example.org/feed",
        "example.org/feed",
        "",
        "https://",
        "https:///feed",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://@example.org/",
        "https://example.org@127.0.0.1/",
        "https://example.org\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "https://example.org /",
        "https://example.org/\nHost: x",
        "https://example.org/\x00",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "https://[::1/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://example.org/" + "a" * 2048,
        "https://\ud800.org/",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "http://127.0.0.1%2e/",
        "http://" + "a" * 64 + ".example.org/",
        "http://" + "a." * 126 + "org/",
        "http://127.0.0.1%00.example.org/",
        "http://[::ffff:127.0.0.1%25x]/",
    ],
)
def test_hostile_addresses_are_refused_by_their_text(url: str) -> None:
    with pytest.raises(RefusedAddress):
        Guard().check(url)


@pytest.mark.parametrize(
    "url",
    ["https://www.rferl.org/api/", "http://example.org:80/rss", "https://kaktus.media/?rss", "https://пример.рф/лента"],
)
def test_ordinary_addresses_pass(url: str) -> None:
    assert Guard().check(url).scheme in ("http", "https")
    assert Guard().check(url, resolved_here=False)


@pytest.mark.parametrize(
    "url",
    ["http://localhost/", "http://intranet/", "http://db.internal/", "http://printer.local", "http://a.org:8080/"],
)
def test_behind_a_proxy_local_names_and_odd_ports_are_refused_by_their_text(url: str) -> None:
    with pytest.raises(RefusedAddress):
        Guard().check(url, resolved_here=False)
    name = url.split("/")[2].split(":")[0]
    assert Guard([name]).check(url, resolved_here=False)


def test_what_is_allowed_may_be_anywhere_and_have_any_port() -> None:
    guard = Guard(["127.0.0.0/8", "::1", "Feeds.Example.org"])
    assert guard.check("http://127.0.0.1:8123/feed")
    assert guard.check("http://[::1]:8123/feed")
    guard.check_address(ip_address("10.0.0.5"), 8080, "feeds.example.org.")
    with pytest.raises(RefusedAddress):
        guard.check_address(ip_address("10.0.0.5"), 443, "other.example.org")
    with pytest.raises(RefusedAddress):
        guard.check("http://128.0.0.1:8123/feed")


def test_an_unreadable_allowance_is_told() -> None:
    with pytest.raises(ConfigurationError, match="NABAT_ALLOW_HOSTS"):
        Guard(["http://127.0.0.1/"])


class Names(AbstractResolver):
    """A name server that answers differently each time."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = self._answers.pop(0)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0) for address in found
        ]

    async def close(self) -> None:
        self._answers.clear()


async def test_each_answer_of_a_name_server_is_judged_anew() -> None:
    resolver = GuardedResolver(Guard(), Names(["93.184.216.34"], ["127.0.0.1"]))
    assert [found["host"] for found in await resolver.resolve("rebind.example.org", 443)] == ["93.184.216.34"]
    with pytest.raises(RefusedAddress, match=r"127\.0\.0\.1, which is not on the public internet"):
        await resolver.resolve("rebind.example.org", 443)


async def test_only_the_public_ones_of_mixed_answers_are_handed_on() -> None:
    resolver = GuardedResolver(Guard(), Names(["10.0.0.1", "93.184.216.34", "::1"]))
    assert [found["host"] for found in await resolver.resolve("mixed.example.org", 80)] == ["93.184.216.34"]


async def test_an_odd_port_is_refused_after_the_name_is_known() -> None:
    with pytest.raises(RefusedAddress, match="port 22 "):
        await GuardedResolver(Guard(), Names(["93.184.216.34"])).resolve("example.org", 22)


async def test_a_name_may_lead_into_an_allowed_network() -> None:
    resolver = GuardedResolver(Guard(["127.0.0.1"]), Names(["127.0.0.1", "::1"]))
    assert [found["host"] for found in await resolver.resolve("localhost", 8123)] == ["127.0.0.1"]


async def test_only_the_proxy_itself_is_trusted() -> None:
    resolver = GuardedResolver(Guard(), Names(["10.0.0.9"], ["10.0.0.9"]), trusted="proxy")
    assert len(await resolver.resolve("proxy", 3128)) == 1
    with pytest.raises(RefusedAddress):
        await resolver.resolve("elsewhere", 80)
