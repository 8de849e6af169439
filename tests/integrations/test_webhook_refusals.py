"""S01 and S02: what reaches the addresses of Stripe, PayPal and Dodo and is not exactly what they sent leaves no trace.

M-Pesa signs nothing; who guesses or knows its addresses is tried in test_mpesa.py (S45), the demo gateway's in
test_webhook_intake.py, the parts of a header in test_signatures.py.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from billing_assistant.core import clock as clocks
from integrations.models import GatewayConnection, WebhookEvent
from tests import factories
from tests.fakes.dodo import SIGNING
from tests.fakes.paypal_fixtures import post
from tests.fakes.vendor_server import Delivery
from tests.integrations.provider_lives import WORLDS, DodoWorld, PayPalWorld, StripeWorld, World
from tests.support.deep import a_few

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks", "clock")]
REFUSED = {400, 401, 503}
PLACES = 256


@dataclass
class Stripes:
    """How Stripe signs, and how others would."""

    world: StripeWorld
    secret_field = "webhook_secret"
    signature = "Stripe-Signature"

    def true(self) -> Delivery:
        books = self.world.service.books
        if not books.ours.events:
            intent = books.keep(books.ours, "payment_intent", "pi", amount=1, currency="kes", metadata={}, status="x")
            books.charge(books.ours, intent, "pays", "card")
        headers, body = books.signed(books.ours.events[-1])
        mark = headers[self.signature].partition(",v0=")[0]
        return Delivery(f"/hooks/stripe/{self.world.connection.pk}/", body, {self.signature: mark})

    def by(self, secret: str, *, version: str = "v1", digest: Any = hashlib.sha256, seconds: int = 0) -> Delivery:
        at = int(clocks.now().timestamp()) + seconds
        true = self.true()
        mark = hmac.new(secret.encode(), f"{at}.".encode() + true.body, digest).hexdigest()
        return replace(true, headers={self.signature: f"t={at},{version}={mark}"})

    def forgeries(self) -> Iterator[tuple[str, Delivery]]:
        own = self.world.service.books.ours.signing
        yield "another tenant's secret", self.by("whsec_of_somebody_else")
        yield "an empty secret", self.by("")
        yield "another version", self.by(own, version="v0")
        yield "another digest", self.by(own, digest=hashlib.sha1)
        yield "too old", self.by(own, seconds=-301)
        yield "from the future", self.by(own, seconds=301)


@dataclass
class PayPals:
    """How PayPal signs, and how others would."""

    world: PayPalWorld
    secret_field = "webhook_id"
    signature = "PayPal-Transmission-Sig"

    def true(self) -> Delivery:
        event = {"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": "x"}}
        return self.world.service.signed(json.dumps(event).encode())

    def by(self, secret: str) -> Delivery:
        return self.world.service.signed(self.true().body, webhook_id=secret)

    def forgeries(self) -> Iterator[tuple[str, Delivery]]:
        service, body, now = self.world.service, self.true().body, clocks.now()
        yield "another key", service.signed(body, by="somebody")
        yield "another webhook", service.signed(body, webhook_id="WH-2")
        yield "no webhook", service.signed(body, webhook_id="")
        yield "another algorithm", service.signed(body, PayPal_Auth_Algo="SHA1withRSA")
        yield "a certificate from elsewhere", service.signed(body, PayPal_Cert_Url="https://paypal.com.evil.example/c")
        yield "a certificate of a likely name", service.signed(body, PayPal_Cert_Url="https://evilpaypal.com/certs/x")
        for name, shift in (("too old", -timedelta(days=3, seconds=1)), ("from the future", timedelta(seconds=301))):
            service.now = now + shift
            yield name, service.signed(body)
        service.now = now


@dataclass
class Dodos:
    """How Dodo signs, and how others would."""

    world: DodoWorld
    secret_field = "webhook_secret"
    signature = "webhook-signature"

    def true(self) -> Delivery:
        service = self.world.service
        event = {"business_id": "b", "type": "payment.succeeded", "timestamp": "t", "data": {"payment_id": "x"}}
        return service.signed(json.dumps(event).encode())

    def by(self, secret: str) -> Delivery:
        true = self.true()
        key = secret.encode()
        text = f"{true.headers['webhook-id']}.{true.headers['webhook-timestamp']}.".encode() + true.body
        mark = base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()
        return replace(true, headers={**true.headers, self.signature: f"v1,{mark}"})

    def forgeries(self) -> Iterator[tuple[str, Delivery]]:
        service, true, now = self.world.service, self.true(), clocks.now()
        yield "another tenant's secret", service.signed(true.body, secret="whsec_c29tZWJvZHkgZWxzZQ==")
        yield "an empty secret", self.by("")
        yield "the secret as a text", self.by(SIGNING)
        mark = true.headers[self.signature].removeprefix("v1,")
        yield "another version", replace(true, headers={**true.headers, self.signature: f"v1a,{mark}"})
        yield "no version", replace(true, headers={**true.headers, self.signature: mark})
        yield "another id", replace(true, headers={**true.headers, "webhook-id": "msg_other"})
        for name, seconds in (("too old", -301), ("from the future", 301)):
            service.now = now + timedelta(seconds=seconds)
            yield name, service.signed(true.body)
        service.now = now


SIGNERS: dict[str, type[Any]] = {"stripe": Stripes, "paypal": PayPals, "dodo": Dodos}


@pytest.fixture
def signer(world: World) -> Any:
    """The provider of the test as a sender of events."""
    return next(SIGNERS[name](world) for name, kind in WORLDS.items() if isinstance(world, kind))


def refused(name: str, delivery: Delivery) -> None:
    """It is turned away, and nothing of it is kept."""
    status = post(delivery)
    assert status in REFUSED, f"{name}: {status}"
    assert not WebhookEvent.objects.exists(), name


def flipped(data: bytes, place: int) -> bytes:
    """The data with one bit changed, somewhere in the place-th of 256 parts."""
    bit = place * len(data) * 8 // PLACES
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


def test_what_others_sign_is_refused_and_what_the_provider_signs_is_kept(signer: Any) -> None:
    for name, delivery in signer.forgeries():
        refused(name, delivery)
    assert post(signer.true()) == 200
    assert WebhookEvent.objects.count() == 1


def test_without_one_of_its_headers_it_is_refused(signer: Any) -> None:
    true = signer.true()
    for name in true.headers:
        refused(
            f"without {name}", replace(true, headers={key: one for key, one in true.headers.items() if key != name})
        )
        refused(f"{name} empty", replace(true, headers={**true.headers, name: ""}))
    twice = f"{true.headers[signer.signature]},{true.headers[signer.signature]}"
    refused("the signature twice", replace(true, headers={**true.headers, signer.signature: twice}))
    refused("no header", replace(true, headers={}))


@pytest.mark.parametrize("place", a_few(sorted(range(PLACES), key=lambda place: place % 16), 16))
def test_with_one_bit_changed_it_is_refused(signer: Any, place: int) -> None:
    true = signer.true()
    refused(f"body, part {place}", replace(true, body=flipped(true.body, place)))
    mark = true.headers[signer.signature]
    spot = place * len(mark) // PLACES
    other = "w" if mark[spot] in "ABCDEFGHIJKLMNOP" else "A"  # other bits, also where the last sign of base64 has few
    refused(
        f"{spot}", replace(true, headers={**true.headers, signer.signature: mark[:spot] + other + mark[spot + 1 :]})
    )


def test_the_same_event_in_other_bytes_is_refused(signer: Any) -> None:
    true = signer.true()
    text = true.body.decode()
    bodies = {
        "written anew": json.dumps(json.loads(text), indent=1, separators=(", ", " : ")).encode(),
        "in UTF-16": text.encode("utf-16"),
        "with a mark before it": b"\xef\xbb\xbf" + true.body,
        "packed": gzip.compress(true.body),
        "with a line behind it": true.body + b"\n",
        "cut": true.body[:-1],
        "nothing": b"",
    }
    for name, body in bodies.items():
        refused(name, replace(true, body=body))


def test_at_the_address_of_another_tenant_it_is_refused(signer: Any, world: World) -> None:
    own = GatewayConnection.objects.get(profile=world.profile)
    theirs = GatewayConnection(
        profile=factories.profile(), vendor=own.vendor, environment="test", account="another", enabled=True,
        check_passed=True, hook_secret="1" * 32,
    )  # fmt: skip
    theirs.values = {**own.values, signer.secret_field: "whsec_b3RoZXIgb3RoZXIgb3RoZXI="}
    theirs.save(force_insert=True)
    true = signer.true()
    refused("another tenant", replace(true, url=f"/hooks/{own.vendor}/{theirs.pk}/"))
    unknown = post(replace(true, url=f"/hooks/{own.vendor}/{'0' * 8}-0000-7000-8000-{'0' * 12}/"))
    assert unknown in {401, 404}
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("secret", ["", " ", "\t\n", "None", "null", "whsec_"], ids=repr)
def test_without_a_secret_of_ours_everything_is_refused(signer: Any, world: World, secret: str) -> None:
    true = signer.true()
    row = GatewayConnection.objects.get(profile=world.profile)
    row.values = {name: one for name, one in row.values.items() if name != signer.secret_field}
    row.save()
    refused("no secret at all", true)
    row.values = {**row.values, signer.secret_field: secret}
    row.save()
    refused("the provider's own", true)
    refused("signed with nothing", signer.by(""))
    if not secret.strip():
        refused("signed with what stands there", signer.by(secret))


def test_negative_control_without_the_check_a_forgery_is_kept(signer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.services.webhooks._prove", lambda *_: None)
    name, delivery = next(signer.forgeries())
    with pytest.raises(AssertionError):
        refused(name, delivery)
