"""The address guard: where a fetch may go, and nowhere else.

Feeds, redirects and links are written by strangers, so an address of theirs must never reach this machine,
its network or a cloud's metadata service. `Guard.check` looks at the text of an address, at every hop;
`GuardedResolver` looks at what its name resolves to. aiohttp connects to exactly the addresses that the
resolver hands it, so no second answer of a name server can slip in between (DNS rebinding).
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.errors import ConfigurationError
from bot.news.failures import RefusedAddress

LONGEST_URL = 2048
PORTS = frozenset({80, 443})

# IANA's special-purpose registries (IPv4 and IPv6), written out because Python's `is_global` differs between
# 3.11 and 3.13; and 168.63.129.16, which is Azure's platform service though it looks public.
_CLOSED_4 = tuple(
    IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
_OPEN_6 = IPv6Network("2000::/3")  # the only block of global unicast addresses in use
_CLOSED_6 = tuple(IPv6Network(network) for network in ["2001::/23", "2001:db8::/32", "3fff::/20"])
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")

_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_NUMBER_LABEL = re.compile(r"(\d+|0[xX][0-9a-fA-F]*)\.?")
_LOCAL_NAMES = re.compile(r"(.*\.)?(localhost|local|internal|lan|home|corp|arpa|localdomain)\.?")

Address = IPv4Address | IPv6Address


def public(address: Address) -> bool:
    """Whether an address is on the public internet; one IPv4 address inside an IPv6 one is judged as itself."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    inner = _inner_4(address)
    if inner is not None:
        return public(inner)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


def _inner_4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a mapped, NAT64 or 6to4 address stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour if address in _SIX_TO_FOUR else None


class Guard:
    """What addresses are let through: the public internet on ports 80 and 443, and what `allow` names.

    `allow` holds host names, addresses and networks (NABAT_ALLOW_HOSTS); one of these may have any port.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for text in allow:
            self._allow(text.strip().lower())

    def _allow(self, text: str) -> None:
        try:
            self._networks.append(ip_network(text.strip("[]")))
        except ValueError:
            if not re.fullmatch(r"[a-z0-9_.-]+", text):
                raise ConfigurationError(
                    f"NABAT_ALLOW_HOSTS: “{text}” is neither a host nor a network; write 127.0.0.1, "
                    "10.0.0.0/8 or feeds.example.org."
                ) from None
            self._names.add(text.rstrip("."))

    def allows(self, host: str) -> bool:
        """Whether `allow` names this host, or a network that holds this address."""
        host = host.lower().strip("[]").rstrip(".")
        address = _literal(host)
        return host in self._names or (address is not None and any(address in network for network in self._networks))

    def check(self, text: str, *, resolved_here: bool = True) -> URL:
        """The address as aiohttp is to open it; raises RefusedAddress, which says why.

        `resolved_here` is False behind a proxy: it resolves the name, so more has to be judged by the text.
        """
        url = _plain_url(text)
        host = (url.raw_host or "").lower().rstrip(".")  # raw: what aiohttp connects to
        address = _literal(host)
        if address is not None:
            self.check_address(address, url.port or 0, host)
        elif not _NAME.fullmatch(host):
            raise RefusedAddress(f"“{host[:60]}” is not a host name")
        elif _NUMBER_LABEL.fullmatch(host.rsplit(".", 1)[-1]):
            raise RefusedAddress(f"“{host}” is a number and not a host name")
        elif not resolved_here and host not in self._names:
            _check_unresolved(host, url.port)
        return url

    def check_address(self, address: Address, port: int, host: str) -> None:
        """Raises RefusedAddress unless this address and port may be connected to for this host."""
        if host.lower().rstrip(".") in self._names or any(address in network for network in self._networks):
            return
        if not public(address):
            raise RefusedAddress(f"{host} leads to {address}, which is not on the public internet")
        if port not in PORTS:
            raise RefusedAddress(f"port {port} of {host} is not one that feeds are served on (80 and 443)")


def _plain_url(text: str) -> URL:
    if len(text) > LONGEST_URL:
        raise RefusedAddress(f"the address is longer than {LONGEST_URL} characters")
    if re.search(r"[\s\\\x00-\x20\x7f-\x9f\ud800-\udfff]", text):
        raise RefusedAddress("the address holds a space, a backslash or a control character")
    try:
        url = URL(text)
        scheme, host, user, port = url.scheme, url.host, url.user or url.password, url.port
    except ValueError:
        raise RefusedAddress("the address cannot be read as a URL") from None
    if scheme not in ("http", "https"):
        raise RefusedAddress(f"the address begins with “{scheme[:20]}:”; only http and https are followed")
    if not host or port is None:
        raise RefusedAddress("the address names no host")
    if user or re.match(r"[^/?#]*//[^/?#]*@", text):
        raise RefusedAddress("the address holds a user name or a password")
    return url


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _check_unresolved(host: str, port: int | None) -> None:
    if "." not in host or _LOCAL_NAMES.fullmatch(host):
        raise RefusedAddress(f"“{host}” is a name of a local network")
    if port not in PORTS:
        raise RefusedAddress(f"port {port} of {host} is not one that feeds are served on (80 and 443)")


class GuardedResolver(AbstractResolver):
    """Name lookups that hand on only the addresses which the guard lets through.

    `trusted` is the one host that may be anywhere: the proxy of NABAT_PROXY, named by the operator.
    """

    def __init__(self, guard: Guard, resolver: AbstractResolver, trusted: str | None = None) -> None:
        self._guard = guard
        self._resolver = resolver
        self._trusted = trusted

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host == self._trusted:
            return found
        refused: RefusedAddress | None = None
        passed: list[ResolveResult] = []
        for result in found:
            try:
                self._guard.check_address(ip_address(result["host"]), port, host)
                passed.append(result)
            except RefusedAddress as error:
                refused = error
        if refused is not None and not passed:
            raise refused
        return passed

    async def close(self) -> None:
        await self._resolver.close()
