"""Which addresses of the network may be called when somebody else chose the URL."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from billing_assistant.core.errors import Rejected

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PUBLIC_PORTS: Final = frozenset({80, 443, 8080, 8443})
_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_6TO4: Final = ipaddress.IPv6Network("2002::/16")
_EXTRA_REFUSED: Final = (
    ipaddress.IPv4Network("100.64.0.0/10"),
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv4Network("198.18.0.0/15"),
    ipaddress.IPv4Network("240.0.0.0/4"),
    ipaddress.IPv6Network("fec0::/10"),
    ipaddress.IPv6Network("2001::/23"),
)


class AddressRefused(Rejected):
    """The URL leads to an address inside, or to one that is none of the public network."""


def is_public(address: IPAddress) -> bool:
    """Whether an address is an ordinary one of the public network, also one hidden inside an IPv6 address."""
    inner = _inner_ipv4(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        return False
    if any(address.version == network.version and address in network for network in _EXTRA_REFUSED):
        return False
    return address.is_global and not address.is_multicast


def resolve_public(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them public.

    Raises AddressRefused if any is not, or the port is unusual.
    """
    if port not in PUBLIC_PORTS:
        raise AddressRefused(f"Port {port} may not be called.")
    addresses = _resolve(host, port)
    if not all(is_public(ipaddress.ip_address(address)) for address in addresses):
        raise AddressRefused("The host's address is not a public one.")
    return addresses


def _resolve(host: str, port: int) -> list[str]:
    """Every address of a host, in the order of preference. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _inner_ipv4(address: IPAddress) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _6TO4:
        return address.sixtofour
    low = int(address) & 0xFFFFFFFF
    if any(address in network for network in _NAT64) or int(address) >> 32 == 0:
        return ipaddress.IPv4Address(low)
    return None
