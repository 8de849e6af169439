"""Which addresses count as public."""

from __future__ import annotations

import ipaddress

import pytest

from billing_assistant.core.ssrf import AddressRefused, is_public, resolve_public

INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3", "192.0.0.8", "192.0.2.1",  # noqa: S104
    "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::",
    "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "::7f00:1",
    "100::1", "fe80::1%eth0",
]  # fmt: skip
OUTSIDE = [
    "8.8.8.8", "1.1.1.1", "196.201.214.200", "2606:4700:4700::1111", "::ffff:8.8.8.8",
    "64:ff9b::808:808", "2002:808:808::",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_world_is_taken(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


WRITTEN = [
    "127.0.0.1", "localhost", "localhost.", "0", "0.0.0.0", "127.1", "2130706433", "0x7f000001",  # noqa: S104
    "0177.0.0.1", "0x7f.0.0.1", "::1", "::ffff:127.0.0.1", "::", "127.0.0.1.", "①②⑦.⓪.⓪.①",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11", "127\u30020\u30020\u30021",
]  # fmt: skip


@pytest.mark.parametrize("host", WRITTEN)
def test_no_way_of_writing_this_machine_gets_through(host: str) -> None:
    with pytest.raises((AddressRefused, OSError, UnicodeError)):
        resolve_public(host, 443)


def test_one_private_answer_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing_assistant.core.ssrf._resolve", lambda *_: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(AddressRefused):
        resolve_public("mixed.example", 443)


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 9200, 0])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(AddressRefused):
        resolve_public("8.8.8.8", port)
