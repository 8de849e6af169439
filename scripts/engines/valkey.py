"""Valkey on a unix socket: the broker and the cache of one machine. Every job is on disk before it is taken."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import redis

from scripts.engines.account import Account
from scripts.engines.binaries import valkey_server
from scripts.engines.places import socket_folder
from scripts.service import Service


@dataclass
class Valkey:
    folder: Path

    @cached_property
    def socket(self) -> Path:
        return socket_folder(self.folder, "r.sock", Account.ours()) / "r.sock"

    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def service(self) -> Service:
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.folder),
            "--appendonly": "yes",
            "--save": "",
            "--maxmemory-policy": "noeviction",
        }
        return Service(
            name="valkey",
            command=[str(valkey_server()), *[part for pair in options.items() for part in pair]],
            folder=self.folder,
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            log=self.folder / "log",
            prepare=self.prepare,
            ready=self.ready,
            stop=((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)),
        )

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)

    def ready(self) -> bool:
        try:
            return bool(redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2).ping())
        except redis.RedisError:
            return False
