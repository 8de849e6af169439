"""Sockets fit into the kernel's 107 bytes, and an engine without rights can reach its files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.engines import places
from scripts.engines.account import Account
from scripts.errors import DevError

SOCKET = ".s.PGSQL.5432.lock"


@dataclass(frozen=True, slots=True)
class Outsider(Account):
    """An account that may not enter a private home."""

    def walks_to(self, folder: Path) -> bool:
        return "private" not in folder.parts


@pytest.fixture
def us() -> Account:
    return Account.ours()


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / ("d" * 60) / ("e" * 60) / "s"
    yield folder
    shutil.rmtree(places.socket_folder(folder, SOCKET, Account.ours()))


def test_a_short_path_keeps_its_socket(tmp_path: Path, us: Account) -> None:
    assert places.socket_folder(tmp_path / "s", SOCKET, us) == tmp_path / "s"


def test_a_long_path_gets_a_short_socket_folder_of_its_own(deep: Path, us: Account) -> None:
    folder = places.socket_folder(deep, SOCKET, us)
    assert len(str(folder / SOCKET).encode()) <= places.LONGEST_SOCKET
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder == places.socket_folder(deep, SOCKET, us)
    assert folder != places.socket_folder(deep.parent / "t", SOCKET, us)
    shutil.rmtree(places.socket_folder(deep.parent / "t", SOCKET, us))


@pytest.mark.parametrize("name", ["My Projects", "50%", "a#b", "a?b", "a'b", "a&b"])
def test_a_path_that_no_url_can_hold_gets_a_plain_one(tmp_path: Path, us: Account, name: str) -> None:
    folder = places.socket_folder(tmp_path / name, SOCKET, us)
    assert places.PLAIN.fullmatch(str(folder))
    folder.rmdir()


def test_the_length_counts_bytes_not_letters(tmp_path: Path, us: Account) -> None:
    room = places.LONGEST_SOCKET - len(str(tmp_path).encode()) - len(SOCKET) - 2
    folder = places.socket_folder(tmp_path / ("ü" * room), SOCKET, us)
    assert not folder.is_relative_to(tmp_path)
    folder.rmdir()


def test_a_reachable_folder_is_used_as_it_is(tmp_path: Path, us: Account) -> None:
    assert places.home_for(tmp_path / "postgres", us) == tmp_path / "postgres"


def test_below_a_private_home_another_place_is_taken_and_remembered(
    tmp_path: Path, us: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "STATE_FOLDER", tmp_path / "state")
    outsider = Outsider(uid=us.uid, gid=us.gid, drop=False)

    home = places.home_for(tmp_path / "private" / "postgres", outsider)

    assert home.parent == tmp_path / "state"
    assert places.home_for(tmp_path / "private" / "postgres", outsider) == home
    assert places.home_for(tmp_path / "private" / "other", outsider) != home


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path, us: Account) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(DevError, match="belongs to somebody else"):
        us.own(tmp_path / "link")
