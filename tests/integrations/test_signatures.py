"""Webhook signatures: the known answer, and everything that must be refused."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from integrations.ports.payments import WebhookNotConfigured, WebhookRefused
from integrations.webhook_signatures import sign, verify

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "whsec_known"
BODY = b'{"id":"evt_1","amount":5220000}'
SECONDS = int(NOW.timestamp())


def _digest(secret: bytes = SECRET.encode(), body: bytes = BODY, seconds: int = SECONDS) -> str:
    return hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _refused(header: object, *, secret: str | None = SECRET, body: bytes = BODY, now: datetime = NOW) -> None:
    with pytest.raises(WebhookRefused):
        verify(secret=secret, header=header, body=body, now=now)  # type: ignore[arg-type]


def test_accepts_what_the_vendor_signed() -> None:
    header = sign(secret=SECRET, body=BODY, at=NOW)
    assert header == f"t={SECONDS},v1={_digest()}"
    verify(secret=SECRET, header=header, body=BODY, now=NOW)


def test_accepts_one_of_several_signatures_while_a_secret_is_being_changed() -> None:
    verify(secret=SECRET, header=f"t={SECONDS},v1={'0' * 64},v1={_digest()}", body=BODY, now=NOW)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_accepts_a_clock_that_is_a_little_off(seconds: int) -> None:
    header = sign(secret=SECRET, body=BODY, at=NOW + timedelta(seconds=seconds))
    verify(secret=SECRET, header=header, body=BODY, now=NOW)


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 10**8])
def test_refuses_old_and_future_signatures(seconds: int) -> None:
    _refused(sign(secret=SECRET, body=BODY, at=NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("secret", ["", " ", "\t\n", None])
def test_without_a_secret_everything_is_refused(secret: str | None) -> None:
    forged = f"t={SECONDS},v1={_digest((secret or '').encode())}"
    with pytest.raises(WebhookNotConfigured):
        verify(secret=secret, header=forged, body=BODY, now=NOW)  # type: ignore[arg-type]
    with pytest.raises(WebhookNotConfigured):
        verify(secret=secret, header="", body=BODY, now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", range(0, 64, 4))
def test_refuses_a_signature_with_one_character_changed(place: int) -> None:
    digest = _digest()
    other = "0" if digest[place] != "0" else "1"
    _refused(f"t={SECONDS},v1={digest[:place]}{other}{digest[place + 1 :]}")


@pytest.mark.parametrize("bit", range(0, len(BODY) * 8, 7))
def test_refuses_a_body_with_one_bit_flipped(bit: int) -> None:
    changed = bytearray(BODY)
    changed[bit // 8] ^= 1 << (bit % 8)
    _refused(f"t={SECONDS},v1={_digest()}", body=bytes(changed))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "v1=",
        f"t={SECONDS}",
        f"v1={_digest()}",
        f"t={SECONDS},v0={_digest()}",
        f"t={SECONDS},v1={_digest()[:-1]}",
        f"t={SECONDS},v1={_digest()}0",
        f"t={SECONDS},v1={_digest().upper()}",
        f" t={SECONDS},v1={_digest()}",
        f"t={SECONDS},v1={_digest()}\n",
        f"t={SECONDS},v1={_digest()},t={SECONDS},v1={_digest()}",
        f"t={SECONDS}, t={SECONDS},v1={_digest()}",
        f"t=-{SECONDS},v1={_digest()}",
        f"t={SECONDS}.0,v1={_digest()}",
        f"t=١٧٧٢٤٤٢٠٠٠,v1={_digest()}",
        f"t={'9' * 30},v1={_digest()}",
        f"t={SECONDS}," + ",".join([f"v1={'0' * 64}"] * 5),
        f"t={SECONDS},v1={hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()}",
        f"t={SECONDS},v1={hmac.new(SECRET.encode(), str(SECONDS).encode() + b'.' + BODY, hashlib.sha1).hexdigest()}",
        f"t={SECONDS},v1={_digest(b'other secret')}",
        f"t={SECONDS},v1={_digest(b'')}",
        f"t={SECONDS},v1={_digest(seconds=SECONDS - 1)}",
        None,
        7,
        ["t=1"],
    ],
)
def test_refuses_every_other_header(header: object) -> None:
    _refused(header)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_refuses_the_body_in_another_encoding(encoding: str) -> None:
    _refused(f"t={SECONDS},v1={_digest()}", body=BODY.decode().encode(encoding))


def test_refuses_a_body_that_was_written_anew() -> None:
    _refused(f"t={SECONDS},v1={_digest()}", body=b'{"id": "evt_1", "amount": 5220000}')
