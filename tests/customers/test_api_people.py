"""The API about the contacts and the notes of a customer."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from billing_assistant.core import clock, exact_json
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import ROLE_RIGHTS, Role
from billing_assistant.core.services.api_keys import api_key_create
from customers.models import Contact, Customer, Note
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.profile()


@pytest.fixture
def customer(seller: BusinessProfile) -> Customer:
    return factories.customer(seller, number="CUST-0001")


def program(seller: BusinessProfile, *scopes: str) -> Client:
    """A client with a key of the profile; with all scopes unless some are named."""
    owner = factories.user(Role.ADMIN)
    key = api_key_create(
        user_id=owner.pk,
        profile_id=seller.pk,
        name="test",
        scopes=list(scopes) or [right.value for right in ROLE_RIGHTS[Role.ADMIN]],
        expires_at=None,
        actor=factories.actor(),
        now=clock.now(),
    )
    return Client(headers={"Authorization": f"Bearer {key.plain}"})


@pytest.fixture
def api(seller: BusinessProfile) -> Client:
    return program(seller)


def send(api: Client, method: str, path: str, body: Any, **headers: str) -> Any:
    return getattr(api, method)(
        f"/api/customers/{path}", exact_json.dumps(body), content_type="application/json", headers=headers or None
    )


PERSON = {"name": "Wanjiru Kamau", "email": "w@example.com", "phone": "0722 123 456", "role": "billing"}


def test_a_contact_is_added_read_changed_and_removed(api: Client, customer: Customer) -> None:
    made = send(api, "post", "CUST-0001/contacts", PERSON)
    assert made.status_code == 201
    body = made.json()
    assert body == {
        "id": str(Contact.objects.get().pk),
        "customer_id": "CUST-0001",
        "name": "Wanjiru Kamau",
        "email": "w@example.com",
        "phone": "254722123456",
        "role": "billing",
        "is_primary": True,
        "portal_access": False,
        "consent": body["consent"],
        "created_at": body["created_at"],
    }
    address = made.headers["Location"]
    assert address == f"/api/customers/CUST-0001/contacts/{body['id']}"
    assert api.get(address).json() == body
    changed = send(api, "patch", f"CUST-0001/contacts/{body['id']}", {"name": "W. Kamau"})
    assert changed.status_code == 200
    assert changed.json() == body | {"name": "W. Kamau"}
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == api.delete(address).status_code == 404
    names = list(Event.objects.order_by("id").values_list("name", flat=True))
    assert [name for name in names if name.startswith("contact")] == [
        "contact.added",
        "contact.updated",
        "contact.removed",
    ]


def test_a_note_is_added_read_changed_and_removed(api: Client, customer: Customer) -> None:
    made = send(api, "post", f"{customer.pk}/notes", {"text": "Pays late.\r\nCall first."})
    assert made.status_code == 201
    body = made.json()
    assert (body["text"], body["customer_id"]) == ("Pays late.\nCall first.", "CUST-0001")
    assert body["author"]
    address = made.headers["Location"]
    assert api.get(address).json() == body
    changed = send(api, "patch", f"CUST-0001/notes/{body['id']}", {"text": "Pays on time."})
    assert changed.json() == body | {"text": "Pays on time."}
    assert send(api, "patch", f"CUST-0001/notes/{body['id']}", {}).json()["text"] == "Pays on time."
    assert api.delete(address).status_code == 204
    assert not Note.objects.exists()
    assert api.get(address).status_code == 404
    assert list(Event.objects.filter(name__startswith="note").order_by("id").values_list("name", flat=True)) == [
        "note.added",
        "note.updated",
        "note.removed",
    ]


@pytest.mark.parametrize(("what", "body"), [("contacts", PERSON), ("notes", {"text": "x"})])
class TestBoth:
    def test_they_are_listed_by_page_and_by_cursor(
        self, api: Client, customer: Customer, what: str, body: dict[str, str]
    ) -> None:
        ids = [send(api, "post", f"CUST-0001/{what}", body).json()["id"] for _ in range(3)]
        answer = api.get(f"/api/customers/CUST-0001/{what}?limit=2").json()
        assert (answer["total"], answer["limit"], answer["skip"], len(answer[what])) == (3, 2, 0, 2)
        first = api.get(f"/api/customers/CUST-0001/{what}?limit=2&cursor=").json()
        rest = api.get(f"/api/customers/CUST-0001/{what}?limit=2&cursor={first['next_cursor']}").json()
        assert [row["id"] for row in first[what] + rest[what]] == ids[::-1]
        assert api.get(f"/api/customers/CUST-0001/{what}?name=x").status_code == 400

    def test_a_key_repeats_the_answer_and_not_the_effect(
        self, api: Client, customer: Customer, what: str, body: dict[str, str]
    ) -> None:
        first, again = (send(api, "post", f"CUST-0001/{what}", body, **{"Idempotency-Key": "k-1"}) for _ in range(2))
        assert first.content == again.content
        assert again.headers["Idempotent-Replayed"] == "true"
        assert Contact.objects.count() + Note.objects.count() == 1

    def test_what_cannot_be_kept_is_refused_by_field(
        self, api: Client, customer: Customer, what: str, body: dict[str, str]
    ) -> None:
        known = next(iter(body))
        for wrong, field in (
            ({}, known),
            ({known: ""}, known),
            ({known: {}}, known),
            ({known: None}, known),
            ({known: "x" * 5000}, known),
            ({known: "\x00"}, known),
            (body | {"zzz": 1}, "zzz"),
            (body | {"id": "1"}, "id"),
        ):
            answer = send(api, "post", f"CUST-0001/{what}", wrong)
            assert answer.status_code == 400, wrong
            assert list(answer.json()["errors"]) == [field]
        assert Contact.objects.count() + Note.objects.count() == 0

    def test_scopes_decide(
        self, api: Client, seller: BusinessProfile, customer: Customer, what: str, body: dict[str, str]
    ) -> None:
        item = send(api, "post", f"CUST-0001/{what}", body).json()["id"]
        reader, stranger = program(seller, "customers.view"), program(seller, "invoices.view")
        for path in (f"CUST-0001/{what}", f"CUST-0001/{what}/{item}"):
            assert reader.get(f"/api/customers/{path}").status_code == 200
            assert stranger.get(f"/api/customers/{path}").status_code == 403
        assert send(reader, "post", f"CUST-0001/{what}", body).status_code == 403
        assert send(reader, "patch", f"CUST-0001/{what}/{item}", body).status_code == 403
        assert reader.delete(f"/api/customers/CUST-0001/{what}/{item}").status_code == 403

    def test_those_of_others_are_not_there(
        self, api: Client, seller: BusinessProfile, customer: Customer, what: str, body: dict[str, str]
    ) -> None:
        neighbour, foreign = factories.customer(seller), factories.customer(factories.profile())
        item = send(api, "post", f"CUST-0001/{what}", body).json()["id"]
        other = program(foreign.profile)
        for program_of, path in (
            (api, f"{neighbour.pk}/{what}/{item}"),
            (api, f"CUST-0001/{what}/{uuid4()}"),
            (api, f"CUST-0001/{what}/nonsense"),
            (other, f"{customer.pk}/{what}/{item}"),
            (other, f"{foreign.pk}/{what}/{item}"),
        ):
            assert program_of.get(f"/api/customers/{path}").status_code == 404, path
            assert send(program_of, "patch", path, body).status_code == 404, path
            assert program_of.delete(f"/api/customers/{path}").status_code == 404, path
        assert send(other, "post", f"{customer.pk}/{what}", body).status_code == 404
        assert other.get(f"/api/customers/{customer.pk}/{what}").status_code == 404
        assert Contact.objects.count() + Note.objects.count() == 1
