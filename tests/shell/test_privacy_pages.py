"""What is held on a person is handed out whole, and to administrators alone; erasing is asked for on the page."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

import pytest
from django.test import Client

from billing_assistant.core.models import ErasureRecord
from billing_assistant.core.rights import Role
from customers.models import Contact, Customer
from customers.services.personal_data import TooMuchToHandOut, personal_data_of, personal_data_zip
from tests import factories
from tests.shell.people import browser
from tests.shell.test_privacy_erasing import MAIL, MARK, NOW, SYSTEM, marked_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(clock: object) -> Client:
    return browser(Role.ADMIN)


def page_of(customer: Customer) -> str:
    return f"/customers/{customer.pk}/personal-data/"


def test_the_file_has_every_app_the_papers_and_nothing_of_others(admin: Client) -> None:
    made = marked_customer()
    factories.customer(made.profile, name="Neighbour Limited", email="n@neighbour.example")
    answer = admin.get(f"{page_of(made)}file/")
    archive = zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    data = json.loads(archive.read("data.json"))
    assert set(data["data"]) == {"core", "ledger", "integrations", "customers", "invoices", "payments", "reminders"}
    (customer,) = data["data"]["customers"]["customer"]
    assert (customer["tax_id"], customer["bank_account_number"], customer["email"]) == (MARK, MARK, MAIL)
    (invoice,) = data["data"]["invoices"]["invoices"]
    assert (invoice["total"], invoice["currency"]) == ("100.00", "KES")
    names = archive.namelist()
    assert {"data.json", "index.html"} < set(names)
    for folder in ("documents/", "attachments/", "messages/MSG-1/"):
        assert [name for name in names if name.startswith(folder)], folder
    everything = b"".join(archive.read(name) for name in names).decode()
    assert "<script" not in everything
    for secret in ("neighbour", "fingerprint", "sealed", "password", "key_hash", "admin-"):
        assert secret not in everything


def test_rows_alone_come_as_json(admin: Client) -> None:
    made = marked_customer()
    answer = admin.get(f"{page_of(made)}file/?format=json")
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["customer"] == made.number


def test_files_beyond_the_bound_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = marked_customer()
    monkeypatch.setattr("customers.services.personal_data.MOST_BYTES", 3)
    with pytest.raises(TooMuchToHandOut):
        personal_data_zip(personal_data_of(customer_id=made.pk, actor=SYSTEM, now=NOW))


def test_the_page_leads_there_for_administrators_alone(admin: Client) -> None:
    made = factories.customer(factories.seller())
    assert page_of(made) in admin.get(f"/customers/{made.pk}/").content.decode()
    finance = browser(Role.FINANCE)
    assert page_of(made) not in finance.get(f"/customers/{made.pk}/").content.decode()
    assert finance.get(page_of(made)).status_code == 403
    assert finance.post(f"{page_of(made)}erase/").status_code == 403


def test_erasing_asks_for_the_number_and_tells_what_is_kept(admin: Client) -> None:
    made = marked_customer()
    assert "Download all" in admin.get(page_of(made)).content.decode()
    refused = admin.post(f"{page_of(made)}erase/", {"confirmation": "CUST-9999"})
    assert f"Type the number of the customer: {made.number}." in refused.content.decode()
    assert not ErasureRecord.objects.exists()
    done = admin.post(f"{page_of(made)}erase/", {"confirmation": made.number}, follow=True)
    text = done.content.decode()
    assert "2033-12-31" in text
    assert f"Erased {made.number}" in text
    for address in (f"/customers/{made.pk}/", f"/customers/{made.pk}/activity/", "/customers/"):
        assert admin.get(address).status_code == 200


def test_what_stands_in_the_way_is_said_instead_of_the_form(admin: Client) -> None:
    draft = factories.draft()
    page = admin.get(page_of(draft.customer)).content.decode()
    assert draft.number in page
    assert "Erase personal data" not in page


def test_one_contact_is_handed_out_and_erased(admin: Client) -> None:
    made = factories.customer(factories.seller(), name="Company")
    contact = Contact.objects.create(customer=made, name="Jane Person", email=MAIL)
    address = f"/customers/{made.pk}/contacts/{contact.pk}/personal-data/"
    assert address in admin.get(page_of(made)).content.decode()
    assert admin.get(address).status_code == 200
    data = admin.get(f"{address}file/?format=json").json()
    assert data["about"] == "Jane Person"
    assert "customer" not in data["data"]["customers"] or not data["data"]["customers"]["customer"]
    admin.post(f"{address}erase/", {"confirmation": made.number})
    assert not Contact.objects.exists()
    other = factories.customer(made.profile)
    assert admin.get(f"/customers/{other.pk}/contacts/{contact.pk}/personal-data/").status_code == 404


def test_the_api_hands_out_and_erases(admin: Client) -> None:
    made = marked_customer()
    api = f"/api/customers/{made.pk}"
    held = admin.get(f"{api}/personal-data").json()
    assert held["data"]["customers"]["customer"][0]["number"] == made.number
    assert admin.post(f"{api}/erase", {"confirmation": "no"}, content_type="application/json").status_code == 400
    answer = admin.post(f"{api}/erase", {"confirmation": made.number}, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["kept"]
    assert browser(Role.FINANCE).get(f"{api}/personal-data").status_code == 403
    draft = factories.draft()
    body = {"confirmation": draft.customer.number}
    refused = admin.post(f"/api/customers/{draft.customer_id}/erase", body, content_type="application/json")
    assert refused.status_code == 409
    assert draft.number in refused.content.decode()
