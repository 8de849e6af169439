"""Secrets at rest: bound to their place, refused when touched, rotated without loss."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from billing_assistant.core import crypto

OLD = "old:" + base64.b64encode(bytes(range(32))).decode()
NEW = "new:" + base64.b64encode(bytes(range(32, 64))).decode()
PLACE: dict[str, Any] = {"table": "connection", "column": "token", "row": "7"}


@pytest.fixture(autouse=True)
def _ring(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = OLD


def test_opens_what_was_sealed_for_the_same_place() -> None:
    assert crypto.unseal(crypto.seal("sesame", **PLACE), **PLACE) == "sesame"


@given(st.text())
def test_any_text_survives(text: str) -> None:
    ring = crypto.KeyRing.parse(NEW)
    assert ring.unseal(ring.seal(text, place=b"p"), place=b"p") == text


def test_the_sealed_text_does_not_show_the_secret() -> None:
    sealed = crypto.seal("sesame-canary", **PLACE)
    assert "sesame" not in sealed
    assert b"sesame" not in base64.urlsafe_b64decode(sealed.split(".")[2])


@pytest.mark.parametrize("moved", [{"row": "8"}, {"column": "secret"}, {"table": "user"}])
def test_refuses_a_text_moved_to_another_place(moved: dict[str, str]) -> None:
    sealed = crypto.seal("sesame", **PLACE)
    with pytest.raises(crypto.SealBroken):
        crypto.unseal(sealed, **(PLACE | moved))


def test_places_that_read_alike_when_glued_together_differ() -> None:
    sealed = crypto.seal("sesame", table="a", column="bc", row="d")
    with pytest.raises(crypto.SealBroken):
        crypto.unseal(sealed, table="ab", column="c", row="d")


def test_refuses_every_single_bit_flip() -> None:
    version, key_id, encoded = crypto.seal("sesame", **PLACE).split(".")
    body = base64.urlsafe_b64decode(encoded)
    for bit in range(len(body) * 8):
        changed = bytearray(body)
        changed[bit // 8] ^= 1 << (bit % 8)
        forged = f"{version}.{key_id}.{base64.urlsafe_b64encode(bytes(changed)).decode()}"
        with pytest.raises(crypto.SealBroken):
            crypto.unseal(forged, **PLACE)


def test_refuses_every_other_character_in_the_written_form() -> None:
    sealed = crypto.seal("sesame", **PLACE)
    for index, sign in enumerate(sealed):
        forged = sealed[:index] + ("A" if sign != "A" else "B") + sealed[index + 1 :]
        with pytest.raises(crypto.SealError):
            crypto.unseal(forged, **PLACE)


@pytest.mark.parametrize(
    "text", ["", "sesame", "v1.old", "v1.old.", "v2.old.AAAA", "v1.old.%%%", "v1.old.é", "v1..AAAA"]
)
def test_refuses_what_was_never_sealed(text: str) -> None:
    with pytest.raises(crypto.SealError):
        crypto.unseal(text, **PLACE)


def test_a_key_that_left_the_ring_is_named_as_the_reason(settings: Any) -> None:
    sealed = crypto.seal("sesame", **PLACE)
    settings.FIELD_ENCRYPTION_KEYS = NEW
    with pytest.raises(crypto.SealedTooOld, match="old"):
        crypto.unseal(sealed, **PLACE)


def test_the_same_key_id_with_other_bytes_does_not_open(settings: Any) -> None:
    sealed = crypto.seal("sesame", **PLACE)
    settings.FIELD_ENCRYPTION_KEYS = NEW.replace("new:", "old:")
    with pytest.raises(crypto.SealBroken):
        crypto.unseal(sealed, **PLACE)


def test_rotation_reads_the_old_and_writes_the_new(settings: Any) -> None:
    sealed = crypto.seal("sesame", **PLACE)
    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{OLD}"
    resealed = crypto.reseal(sealed, **PLACE)
    assert crypto.key_id_of(resealed) == "new"
    settings.FIELD_ENCRYPTION_KEYS = NEW
    assert crypto.unseal(resealed, **PLACE) == "sesame"


def test_resealing_what_is_already_under_the_active_key_changes_nothing() -> None:
    sealed = crypto.seal("sesame", **PLACE)
    assert crypto.reseal(sealed, **PLACE) == sealed


def test_the_nonce_is_never_repeated() -> None:
    sealed = [crypto.seal("sesame", **PLACE) for _ in range(20_000)]
    nonces = {base64.urlsafe_b64decode(text.split(".")[2])[: crypto.NONCE_BYTES] for text in sealed}
    assert len(nonces) == 20_000


@pytest.mark.parametrize("row", ["", None])
def test_refuses_a_place_without_a_row(row: object) -> None:
    with pytest.raises(ValueError, match="row"):
        crypto.seal("sesame", table="connection", column="token", row=row)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "k1",
        "k1:",
        "k1:c2hvcnQ=",
        "k 1:" + OLD.partition(":")[2],
        "k1:not base64 at all",
        "k1:" + base64.b64encode(bytes(32)).decode(),
        "k1:" + base64.b64encode(b"x" * 32).decode(),
        f"{OLD},{OLD}",
    ],
)
def test_refuses_a_ring_without_real_keys(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        crypto.KeyRing.parse(text)


def test_a_refused_ring_is_not_printed() -> None:
    secret = base64.b64encode(os.urandom(16)).decode()
    with pytest.raises(ImproperlyConfigured) as refusal:
        crypto.KeyRing.parse(f"k1:{secret}")
    assert secret not in str(refusal.value)


def test_a_fingerprint_is_the_same_for_the_same_value_and_purpose() -> None:
    first = crypto.fingerprint("tok_1", purpose="portal")
    assert first == crypto.fingerprint("tok_1", purpose="portal")
    assert len(first) == 64
    assert first != crypto.fingerprint("tok_1", purpose="api-key")
    assert first != crypto.fingerprint("tok_2", purpose="portal")


def test_a_fingerprint_is_still_found_after_rotation(settings: Any) -> None:
    stored = crypto.fingerprint("tok_1", purpose="portal")
    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{OLD}"
    assert stored in crypto.fingerprints("tok_1", purpose="portal")
    assert crypto.matches("tok_1", stored, purpose="portal")
    assert not crypto.matches("tok_2", stored, purpose="portal")


@pytest.mark.parametrize("stored", ["", "é", "0" * 64])
def test_nothing_matches_a_stored_value_that_is_no_fingerprint(stored: str) -> None:
    assert not crypto.matches("tok_1", stored, purpose="portal")
