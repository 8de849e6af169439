"""Erasing a customer: nothing personal is left anywhere in the database but where the law wants it kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.db import connection, transaction

from billing_assistant.core import events, files, privacy
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.models import (
    Approval,
    DataImport,
    ErasureRecord,
    Event,
    IdempotencyRecord,
    ImportProblem,
    Notice,
    StoredFile,
    User,
)
from billing_assistant.core.rights import Role
from billing_assistant.core.ui.stories import story_of
from customers.errors import CannotErase
from customers.models import Consent, Contact, Customer, CustomerDocument, Note
from customers.services.contacts import contact_remove
from customers.services.erasing import contact_erase, customer_erase
from customers.services.merging import customers_merge
from customers.services.portal_access import portal_access_give
from integrations.models import DemoSession, WebhookEvent
from invoices.models import Attachment, DraftWorkingCopy, Invoice, InvoiceDraft
from invoices.services.drafts import draft_discard
from invoices.services.plan_acts import plan_end
from payments.models import Checkout, Payment
from reminders.models import Message, MessageAttachment
from tests import factories
from tests.payments import builders

pytestmark = [pytest.mark.django_db, pytest.mark.money]

MARK: Final = "zzmarkzz"
MAIL: Final = f"{MARK}@person.example"
SYSTEM: Final = Actor.system("test")
NOW: Final = factories.NOW
BY_LAW: Final = {
    "invoices_invoice.buyer",
    "invoices_invoice.notes",
    "invoices_invoice.project",
    "invoices_invoice.reference",
    "invoices_invoice.terms",
    "invoices_invoiceline.description",
    "ledger_journalentry.memo",
    "payments_payment.note",
    "payments_payment.reference",
    "payments_paymentevent.note",
    "payments_paymentevent.reference",
}
"""Where the mark may be after erasing: issued documents and payments."""


def places(text: str = MARK) -> set[str]:
    """Every `table.column` in which the text is, in the whole database, histories too."""
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT table_name, column_name, data_type FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            AND data_type IN ('character varying', 'text', 'json', 'jsonb', 'ARRAY', 'bytea')
            """
        )
        for table, column, kind in cursor.fetchall():
            columns[table][column] = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        for table, words in columns.items():
            asked = ", ".join(f"bool_or({each} ILIKE %s)" for each in words.values())
            cursor.execute(f'SELECT {asked} FROM "{table}"', [f"%{text}%"] * len(words))
            found |= {f"{table}.{column}" for column, there in zip(words, cursor.fetchone(), strict=True) if there}
    return found


def marked_customer() -> Customer:
    """A customer with the mark in every personal field, and everything of it settled."""
    made = factories.customer(
        factories.seller(),
        name=f"{MARK} Ltd",
        email=MAIL,
        secondary_email=MAIL,
        notes=MARK,
        tags=[MARK],
        source_ref=MARK,
        **dict.fromkeys(("phone", "secondary_phone", "street", "city", "postal_code", "country"), MARK),
        **{f"secondary_{name}": MARK for name in ("street", "city", "postal_code", "country")},
        business_type=MARK,
        tax_id=MARK,
        bank_name=MARK,
        bank_account_name=MARK,
        bank_account_number=MARK,
        bank_swift=MARK,
    )
    Customer.objects.filter(pk=made.pk).update(city=f"{MARK} town")
    _people(made)
    _documents(made)
    _messages(made)
    _core(made)
    return made


def _people(made: Customer) -> None:
    contact = Contact.objects.create(customer=made, name=f"{MARK} Person", email=MAIL, phone=MARK)
    portal_access_give(contact_id=contact.pk, actor=SYSTEM, now=NOW)
    apps.get_model("account.EmailAddress")._default_manager.create(
        user=User.objects.get(email=MAIL), email=MAIL, primary=True
    )
    Consent.objects.create(contact=contact, channel="email", allowed=True)
    gone = Contact.objects.create(customer=made, name=f"{MARK} Gone", email=f"gone-{MAIL}")
    contact_remove(contact_id=gone.pk, actor=SYSTEM, now=NOW)
    Note.objects.create(customer=made, text=MARK)
    note = Note.objects.create(customer=made, text=f"{MARK} old")
    note.delete()
    factories.customer_document(made, f"{MARK}.pdf", b"%PDF-" + MARK.encode())


def _documents(made: Customer) -> None:
    text = {"notes": MARK, "terms": MARK, "project": MARK, "reference": MARK}
    line = factories.line(MARK, "1", "100", tax_rate=Decimal(0), tax_category="zero")
    invoice = factories.issued_invoice(made, line, **text)
    payment = builders.pay(made, "100.00", "oldest first", reference=MARK, note=MARK)
    thrown_away = factories.draft(made, line, **text)
    plan = factories.plan(made, factories.line(MARK, "1", "100"), name=MARK, source_ref=MARK, **text)
    plan_end(plan_id=plan.pk, on=None, actor=SYSTEM, now=NOW)
    InvoiceDraft.objects.filter(customer=made).update(generation_prompt=MARK, generation={"a": MARK})
    InvoiceDraft.objects.filter(pk=thrown_away.pk).update(source_key=MARK)
    draft_discard(draft_id=thrown_away.pk, actor=SYSTEM, now=NOW)
    DraftWorkingCopy.objects.create(profile=made.profile, user=factories.user(), customer=made, content={"notes": MARK})
    paper = _file(made, "attachment")
    Attachment.objects.create(profile=made.profile, invoice=invoice, file=paper, name=paper.name)
    checkout = Checkout.objects.create(
        profile=made.profile,
        customer=made,
        invoice=invoice,
        gateway="demo",
        currency="KES",
        amount=100,
        status="expired",
        idempotency_key="k",
        external_id="cs_demo_1",
        url=f"https://x.example/{MARK}",
        failure=MARK,
        actor_label=MARK,
        expires_at=NOW,
    )
    DemoSession.objects.create(
        id=checkout.external_id,
        account="a",
        idempotency_key="k",
        request_hash="h",
        reference=str(checkout.pk),
        amount=10_000,
        currency="KES",
        description=MARK,
        payer_name=MARK,
        payer_email=MAIL,
        success_url="x",
        cancel_url="x",
        status="expired",
        expires_at=NOW,
    )
    WebhookEvent.objects.create(
        source="demo", event_id="e", object_id=checkout.external_id, body=MARK.encode(), outcome=MARK, status="done"
    )
    assert payment.unapplied == 0


def _file(made: Customer, name: str) -> StoredFile:
    content = b"%PDF-" + name.encode()
    return files.store(
        content=content, name=f"{MARK}-{name}.pdf", content_type="application/pdf", profile_id=made.profile_id
    )


def _messages(made: Customer) -> None:
    message = Message.objects.create(
        profile=made.profile,
        customer=made,
        number="MSG-1",
        kind="custom",
        key="k",
        sender="us@example.com",
        recipients=[MAIL],
        status="sent",
        due_at=NOW,
        **dict.fromkeys(("reply_to", "subject", "text", "html", "provider_message_id", "last_error"), MARK),
    )
    paper = _file(made, "mailed")
    MessageAttachment.objects.create(message=message, file=paper, name=paper.name)


def _core(made: Customer) -> None:
    colleague = factories.user()
    ref = str(made.pk)
    with transaction.atomic():
        data = {"number": made.number, "reason": MARK, "deep": [{"name": MARK}]}
        events.record(
            name="note.added",
            subject=made,
            actor=Actor.contact(contact_id="1", label=MARK, profile_id=made.profile_id),
            now=NOW,
            profile_id=made.profile_id,
            customer_id=made.pk,
            label=MARK,
            data=data,
        )
    Notice.objects.create(user=colleague, key=f"k-{ref}", text=MARK, url=f"/customers/{ref}/")
    Approval.objects.create(
        profile=made.profile,
        action="invoice.credit",
        summary=MARK,
        comment=MARK,
        payload={"invoice_id": str(Invoice.objects.get(customer=made).pk), "reason": MARK},
        payload_hash="h",
        requested_by=colleague,
        status="used",
        expires_at=NOW,
    )
    IdempotencyRecord.objects.create(
        actor_ref="a",
        key="k",
        method="POST",
        path="/api/customers",
        body_hash="h",
        response_body={"id": ref, "n": MARK},
    )
    sheet = files.store(content=b"a", name="c.csv", content_type="text/csv", profile_id=made.profile_id)
    run = DataImport.objects.create(profile=made.profile, kind="customers", file=sheet, touched_at=NOW)
    ImportProblem.objects.create(profile=made.profile, run=run, line=1, field="email", value=MAIL, reason="Not known")


def erase(made: Customer, actor: Actor = SYSTEM, now: datetime = NOW, number: str = "") -> ErasureRecord:
    return customer_erase(customer_id=made.pk, confirmation=number or made.number, actor=actor, now=now)


def test_nothing_is_left_but_what_the_law_keeps() -> None:
    made = marked_customer()
    before = places()
    assert before >= BY_LAW
    assert len(before) > 60
    erase(made)
    assert places() <= BY_LAW
    assert places(made.tax_id or MARK) <= BY_LAW


@pytest.mark.parametrize("app", ["core", "integrations", "customers", "invoices", "payments", "reminders"])
def test_it_is_noticed_when_an_app_does_not_erase(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = marked_customer()
    idle = replace(privacy.holders()[app], erase=lambda _subject, _now: privacy.Outcome())
    monkeypatch.setitem(privacy.holders(), app, idle)  # type: ignore[arg-type] # a dict in truth
    erase(made)
    assert not places() <= BY_LAW


def test_rows_stay_where_others_refer_to_them_and_the_books_tie() -> None:
    made = marked_customer()
    record = erase(made)
    made.refresh_from_db()
    assert (made.name, made.email, made.tax_id, made.tags) == (f"Erased {made.number}", "", "", [])
    assert not Contact.objects.filter(customer=made).exists()
    assert not made.portal_links.filter(revoked_at=None).exists()
    assert not User.objects.get(username__startswith="erased-").is_active
    assert Invoice.objects.get(customer=made).buyer["name"] == f"{MARK} Ltd"
    assert Payment.objects.get(customer=made).note == MARK
    kept = {one["label"]: one for one in record.kept}
    assert kept["Invoices and credit notes"]["until"] == "2033-12-31"
    assert kept["Payments"]["count"] == 1
    assert record.done["Messages"] == 1
    assert record.requested_by_label == "test"


def test_bytes_go_with_the_last_row_that_uses_them(django_capture_on_commit_callbacks: Any) -> None:
    made = factories.customer(factories.seller())
    other = factories.customer(made.profile, name="Other")
    own = factories.customer_document(made, "own.pdf", b"%PDF-own")
    shared = factories.customer_document(made, "shared.pdf", b"%PDF-shared")
    factories.customer_document(other, "shared.pdf", b"%PDF-shared")
    with django_capture_on_commit_callbacks(execute=True):
        erase(made)
    storage = storages["documents"]
    assert not storage.exists(own.file.key)
    assert storage.exists(shared.file.key)
    assert list(StoredFile.objects.values_list("name", flat=True)) == ["shared.pdf"]
    assert CustomerDocument.objects.get().customer == other


def test_erasing_again_changes_nothing_and_does_what_came_later() -> None:
    made = marked_customer()
    first = erase(made)
    told = Event.objects.count()
    again = erase(made, now=NOW + timedelta(days=1))
    assert again == first, again.done
    assert Event.objects.count() == told
    Note.objects.create(customer=made, text=MARK)
    again = erase(made, now=NOW + timedelta(days=2))
    assert again != first
    assert again.done == {"Notes": 1}
    assert places() <= BY_LAW


def test_the_timeline_says_so_without_a_name() -> None:
    made = marked_customer()
    erase(made)
    event = Event.objects.get(name="customer.erased")
    (entry,) = story_of([event])
    assert entry.title == f"Personal data of {made.number} erased"
    assert story_of(Event.objects.all())


def test_customers_that_were_merged_into_it_are_erased_too() -> None:
    kept = factories.customer(factories.seller(), name="Kept Company")
    other = factories.customer(kept.profile, name=f"{MARK} Company", email=MAIL)
    customers_merge(keep_id=kept.pk, merge_id=other.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(CannotErase, match="merged"):
        erase(other)
    erase(kept)
    assert places() == set()
    assert Customer.objects.get(pk=other.pk).merged_into == kept


def test_another_customer_keeps_everything() -> None:
    made = marked_customer()
    neighbour = factories.customer(made.profile, name="Neighbour Limited", email="n@neighbour.example")
    Contact.objects.create(customer=neighbour, name="Somebody", email="s@neighbour.example")
    Note.objects.create(customer=neighbour, text="Stays")
    before = places("neighbour")
    erase(made)
    assert places("neighbour") == before
    assert neighbour.staff_notes.get().text == "Stays"


def test_a_sign_in_that_another_customer_shares_stays() -> None:
    made = marked_customer()
    other = factories.customer(made.profile, name="Other")
    contact = Contact.objects.create(customer=other, name="Same", email=MAIL)
    portal_access_give(contact_id=contact.pk, actor=SYSTEM, now=NOW)
    erase(made)
    contact.refresh_from_db()
    assert contact.user is not None
    assert contact.user.is_active
    assert contact.user.email == MAIL


def test_a_contact_alone_is_erased_and_the_customer_stays() -> None:
    made = factories.customer(factories.seller(), name="Company")
    contact = Contact.objects.create(customer=made, name=f"{MARK} Person", email=MAIL, phone=MARK)
    portal_access_give(contact_id=contact.pk, actor=SYSTEM, now=NOW)
    Consent.objects.create(contact=contact, channel="email", allowed=True)
    _messages(made)
    record = contact_erase(contact_id=contact.pk, confirmation=made.number, actor=SYSTEM, now=NOW)
    assert places() == set()
    made.refresh_from_db()
    assert made.name == "Company"
    assert record.contact_id == contact.pk


def test_money_that_is_open_stands_in_the_way() -> None:
    made = builders.customer()
    builders.invoice(made, "500.00")
    factories.draft(made)
    _messages(made)
    Message.objects.update(status="pending")
    with pytest.raises(CannotErase) as refused:
        erase(made)
    for words in ("outstanding", "open drafts", "waiting to be sent"):
        assert words in refused.value.message
    assert not ErasureRecord.objects.exists()


def test_credit_that_is_not_applied_stands_in_the_way() -> None:
    made = builders.customer()
    builders.pay(made, "20.00")
    with pytest.raises(CannotErase, match="unapplied credit"):
        erase(made)


def test_a_running_checkout_stands_in_the_way() -> None:
    made = marked_customer()
    Checkout.objects.update(status="open")
    with pytest.raises(CannotErase, match="online payment"):
        erase(made)


def test_the_number_is_typed_and_the_right_is_the_administrators() -> None:
    made = factories.customer(factories.seller())
    with pytest.raises(ValidationFailed):
        erase(made, number="CUST-9999")
    with pytest.raises(PermissionRefused):
        erase(made, factories.actor(Role.FINANCE))
    assert erase(made, factories.actor(Role.ADMIN)).requested_by is not None
