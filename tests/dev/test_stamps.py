from __future__ import annotations

from pathlib import Path

from scripts.setup.stamps import Stamp, digest_of, digest_of_listing


def test_a_step_is_skipped_until_its_files_change(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("django==5.2.19")
    stamp = Stamp(tmp_path / "stamps" / "packages")
    assert not stamp.matches(digest_of([lock]))

    stamp.set(digest_of([lock]))
    assert stamp.matches(digest_of([lock]))

    lock.write_text("django==5.2.20")
    assert not stamp.matches(digest_of([lock]))


def test_the_digest_knows_names_and_words(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("same")
    second.write_text("same")
    assert digest_of([first]) != digest_of([second])
    assert digest_of([first], "3.11") != digest_of([first], "3.12")
    assert digest_of([first, second]) == digest_of([second, first])


def test_a_listing_changes_with_each_file(tmp_path: Path) -> None:
    empty = digest_of_listing([tmp_path])
    (tmp_path / "site.css").write_text("a{}")
    one = digest_of_listing([tmp_path])
    (tmp_path / "site.css").write_text("a{b:c}")
    assert len({empty, one, digest_of_listing([tmp_path])}) == 3
