"""No test talks to the world: only this machine and unix sockets can be reached."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class OutsideWorld(RuntimeError):
    """A test tried to reach another machine."""


def _refuse_outside(address: Any) -> None:
    if not isinstance(address, tuple):
        return
    host = str(address[0])
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host in {"localhost", ""}
    if not local:
        raise OutsideWorld(f"A test tried to connect to {host}.")


class _LocalSocket(socket.socket):
    def connect(self, address: Any) -> None:
        _refuse_outside(address)
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        _refuse_outside(address)
        return super().connect_ex(address)


def close_to_the_world() -> None:
    setattr(socket, "socket", _LocalSocket)  # noqa: B010
