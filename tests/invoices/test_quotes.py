"""Quotes: frozen when offered, accepted once, never silently different from what is invoiced."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event, Notice
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from billing_assistant.core.ui.stories import story_entry
from invoices.errors import CustomerSuspended, DraftIncomplete, DraftNotEditable, QuoteExpired, QuoteOutdated
from invoices.models import Invoice, InvoiceDraft, Quote
from invoices.pdf.offers import quote_document_of
from invoices.quote_states import QuoteKind, QuoteState, QuoteStatus, quote_status, quote_status_filter
from invoices.services.documents import draft_html
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_discard, draft_update
from invoices.services.issue import invoice_issue
from invoices.services.quote_decisions import quote_accept, quote_ask_renewal, quote_decline, quote_withdraw
from invoices.services.quote_documents import quote_html, quote_pdf
from invoices.services.quotes import QuoteTerms, quote_offer
from invoices.states import TaxCategory
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.reminders.support import relay_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LATER = NOW + timedelta(days=31)


def offered(draft: InvoiceDraft | None = None, **terms: Any) -> Quote:
    draft = draft or factories.draft()
    return quote_offer(draft_id=draft.pk, terms=QuoteTerms(**terms), actor=SYSTEM, now=NOW)


def client_of(quote: Quote) -> Actor:
    return Actor.contact(contact_id="1", label="Amina", profile_id=quote.profile_id)


def accepted(quote: Quote, **more: Any) -> Quote:
    return quote_accept(quote_id=quote.pk, name="Amina Otieno", actor=client_of(quote), now=NOW, **more)


def test_an_offer_has_its_own_number_and_a_frozen_copy() -> None:
    quote = offered()
    assert (quote.number, quote.draft_version, quote.valid_until) == ("QUO-0001", 1, date(2026, 4, 1))
    assert (quote.subtotal, quote.tax_total, quote.total) == (Decimal(45000), Decimal(7200), Decimal(52200))
    assert (quote.seller["name"], quote.buyer["name"]) == ("Chromapages", "Tech Solutions Ltd")
    assert quote.portal_link.customer_id == quote.customer_id
    assert Event.objects.filter(name="quote.offered", customer_id=quote.customer_id).count() == 1


def test_proformas_are_counted_on_their_own_and_both_by_the_profiles_patterns() -> None:
    seller = factories.seller(quote_number_format="ANGEBOT-{number:03}")
    of = factories.customer(seller)
    numbers = [
        offered(factories.draft(of), kind=kind).number
        for kind in (QuoteKind.QUOTE, QuoteKind.PROFORMA, QuoteKind.QUOTE)
    ]
    assert numbers == ["ANGEBOT-001", "PRO-0001", "ANGEBOT-002"]


@pytest.mark.parametrize(
    "change",
    [
        {"total": Decimal(1)},
        {"snapshot": {}},
        {"number": "QUO-9"},
        {"valid_until": date(2030, 1, 1)},
        {"buyer": {}},
        {"state": "invoiced"},
    ],
)
def test_the_database_refuses_to_change_an_offer(change: dict[str, Any]) -> None:
    quote = offered()
    with pytest.raises(DatabaseError), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).delete()


def test_what_was_decided_stays_decided_also_in_the_database() -> None:
    quote = quote_withdraw(quote_id=offered().pk, actor=SYSTEM, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).update(state="open")


def test_what_cannot_be_billed_cannot_be_offered() -> None:
    unknown = factories.draft(None, factories.line(price=None))
    with pytest.raises(DraftIncomplete):
        offered(unknown)
    discarded = draft_discard(draft_id=factories.draft().pk, actor=SYSTEM, now=NOW)
    with pytest.raises(DraftNotEditable):
        offered(discarded)
    draft = factories.draft()
    draft.customer.status = "suspended"
    draft.customer.save()
    with pytest.raises(CustomerSuspended):
        offered(draft)
    with pytest.raises(ValidationFailed):
        offered(valid_until=date(2026, 3, 1))
    assert Quote.objects.count() == 0


def test_rights_and_profiles_are_respected() -> None:
    draft = factories.draft()
    reader, stranger = factories.actor(Role.READ_ONLY), factories.actor(Role.FINANCE, profiles=[factories.seller()])
    terms = QuoteTerms()
    with pytest.raises(PermissionRefused):
        quote_offer(draft_id=draft.pk, terms=terms, actor=reader, now=NOW)
    with pytest.raises(NotFound):
        quote_offer(draft_id=draft.pk, terms=terms, actor=stranger, now=NOW)
    csm = factories.actor(Role.CSM)
    with pytest.raises(PermissionRefused):  # it would issue an invoice, which a csm may not
        quote_offer(draft_id=draft.pk, terms=QuoteTerms(invoice_on_acceptance=True), actor=csm, now=NOW)
    quote = quote_offer(draft_id=draft.pk, terms=terms, actor=csm, now=NOW)
    with pytest.raises(NotFound):
        quote_withdraw(quote_id=quote.pk, actor=stranger, now=NOW)


def test_acceptance_makes_the_draft_ready_and_tells_staff_once() -> None:
    finance = factories.user(Role.FINANCE)
    quote = accepted(offered())
    assert (quote.state, quote.decided_by, quote.decided_at) == ("accepted", "Amina Otieno", NOW)
    assert InvoiceDraft.objects.get(pk=quote.draft_id).status == "reviewed"
    again = quote_accept(quote_id=quote.pk, name="Somebody Else", actor=client_of(quote), now=NOW)
    assert again.decided_by == "Amina Otieno"
    relay_all()
    assert Event.objects.filter(name="quote.accepted").count() == 1
    assert [notice.text for notice in Notice.objects.filter(user=finance)] == [
        "QUO-0001 was accepted: Tech Solutions Ltd, by Amina Otieno."
    ]


def test_the_invoice_of_an_accepted_quote_is_the_one_of_its_draft() -> None:
    quote = accepted(offered())
    invoice = invoice_issue(draft_id=quote.draft_id, actor=SYSTEM, now=NOW)
    relay_all()
    quote.refresh_from_db()
    assert (quote.state, quote.invoice_id, invoice.total) == ("invoiced", invoice.pk, quote.total)


def test_a_client_cannot_accept_after_the_last_day_but_can_ask_for_a_new_one() -> None:
    quote = offered()
    client = client_of(quote)
    assert quote_status(quote, date(2026, 4, 1)) == QuoteStatus.OPEN
    assert quote_status(quote, date(2026, 4, 2)) == QuoteStatus.EXPIRED
    with pytest.raises(QuoteExpired):
        quote_accept(quote_id=quote.pk, name="Amina", actor=client, now=LATER)
    first = quote_ask_renewal(quote_id=quote.pk, actor=client, now=LATER)
    quote_ask_renewal(quote_id=quote.pk, actor=client, now=LATER + timedelta(days=1))
    quote.refresh_from_db()
    assert quote.renewal_asked_at == first.renewal_asked_at == LATER
    assert Event.objects.filter(name="quote.renewal_asked").count() == 1


def test_a_draft_that_was_saved_again_is_no_longer_what_was_offered() -> None:
    quote = offered()
    data = DraftInput(lines=(factories.line(price="1"),))
    draft_update(draft_id=quote.draft_id, data=data, expected_version=None, actor=SYSTEM, now=NOW)
    with pytest.raises(QuoteOutdated):  # also before anybody was told
        accepted(quote)
    relay_all()
    quote.refresh_from_db()
    assert quote.state == QuoteState.SUPERSEDED
    assert story_entry(Event.objects.get(name="quote.superseded")).title.endswith("its draft changed")


@pytest.mark.parametrize("what", ["discard", "issue"])
def test_an_open_quote_goes_with_its_draft(what: str) -> None:
    quote = offered()
    act: Any = {"discard": draft_discard, "issue": invoice_issue}[what]
    act(draft_id=quote.draft_id, actor=SYSTEM, now=NOW)
    relay_all()
    quote.refresh_from_db()
    assert quote.state == QuoteState.SUPERSEDED


def test_a_new_offer_supersedes_the_open_one_and_never_an_accepted_one() -> None:
    first = offered()
    second = offered(first.draft)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "open")
    told = story_entry(Event.objects.get(name="quote.superseded"))
    assert told.title == f"{first.number} superseded: another offer was made"
    accepted(second)
    with pytest.raises(TransitionRefused):
        offered(first.draft)


def test_a_client_declines_with_a_reason() -> None:
    quote = offered()
    with pytest.raises(ValidationFailed):
        quote_decline(quote_id=quote.pk, name="Amina", note=" ", actor=client_of(quote), now=NOW)
    quote = quote_decline(quote_id=quote.pk, name="Amina", note="Too dear", actor=client_of(quote), now=NOW)
    assert (quote.state, quote.decision_note) == ("declined", "Too dear")
    with pytest.raises(TransitionRefused):
        accepted(quote)


def test_a_colleague_notes_who_accepted_when_and_how_they_know() -> None:
    quote = offered(factories.draft(now=NOW))
    csm = factories.actor(Role.CSM)
    with pytest.raises(ValidationFailed):
        quote_accept(quote_id=quote.pk, name="Amina", actor=csm, now=LATER)
    with pytest.raises(ValidationFailed):
        quote_accept(quote_id=quote.pk, name="Amina", note="x", decided_on=date(2026, 3, 1), actor=csm, now=LATER)
    noted = quote_accept(
        quote_id=quote.pk, name="Amina", note="By phone", decided_on=date(2026, 3, 20), actor=csm, now=LATER
    )
    assert (noted.state, noted.decided_via, noted.decided_at.date()) == ("accepted", "user", date(2026, 3, 20))
    with pytest.raises(TransitionRefused):
        quote_accept(quote_id=quote.pk, name="Amina", note="Again", actor=csm, now=LATER)


def test_statuses_in_python_and_in_sql_are_the_same() -> None:
    of = factories.customer(factories.seller())
    made = [offered(factories.draft(of)) for _ in range(3)]
    accepted(made[1])
    quote_withdraw(quote_id=made[2].pk, actor=SYSTEM, now=NOW)
    for today in (date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 2)):
        for status in QuoteStatus:
            found = set(Quote.objects.filter(quote_status_filter(status, today)))
            assert found == {quote for quote in Quote.objects.all() if quote_status(quote, today) == status}


@pytest.mark.parametrize(("kind", "word"), [(QuoteKind.QUOTE, "Quote"), (QuoteKind.PROFORMA, "Proforma invoice")])
def test_the_paper_says_what_it_is_and_until_when(kind: QuoteKind, word: str) -> None:
    quote = offered(kind=kind)
    html = quote_html(quote)
    assert f"{word} {quote.number}" in html
    assert "Valid until" in html
    assert "Amount due" not in html
    assert ("Paybill" in html) == (kind == QuoteKind.PROFORMA)
    stored = quote_pdf(quote_id=quote.pk)
    assert quote_pdf(quote_id=quote.pk).pk == stored.pk


def test_what_is_not_issued_yet_says_why_it_is_not_taxed() -> None:
    lines = [
        factories.line(tax_category=TaxCategory.EXEMPT, tax_rate=Decimal(0)),
        factories.line(tax_category=TaxCategory.REVERSE_CHARGE, tax_rate=Decimal(0)),
        factories.line(),
    ]
    draft = factories.draft(None, *lines, language="sw")
    page = draft_html(draft_id=draft.pk, actor=SYSTEM)
    assert "Bidhaa iliyosamehewa: hakuna VAT inayotozwa." in page
    quote = quote_html(offered(factories.draft(None, *lines)))
    assert "Exempt supply: no VAT is charged." in quote
    assert "Reverse charge: VAT to be accounted for by the recipient." in quote


def test_the_paper_does_not_follow_the_draft_the_customer_or_the_seller() -> None:
    quote = offered()
    before = quote_document_of(quote)
    data = DraftInput(lines=(factories.line(price="1"),))
    draft_update(draft_id=quote.draft_id, data=data, expected_version=None, actor=SYSTEM, now=NOW)
    quote.customer.name = "Renamed"
    quote.customer.save()
    assert quote_document_of(Quote.objects.get(pk=quote.pk)) == before
    assert replace(before, number="x") != before


def at_once(work: Any, times: int) -> list[Any]:
    barrier = threading.Barrier(times)

    def run(number: int) -> Any:
        try:
            barrier.wait(30)
            return work(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.django_db(transaction=True)
def test_twenty_tabs_accept_once_and_issue_once() -> None:
    quote = offered()

    def work(number: int) -> Any:
        if number % 2:
            return invoice_issue(draft_id=quote.draft_id, actor=SYSTEM, now=NOW)
        return quote_accept(quote_id=quote.pk, name=f"Tab {number}", actor=client_of(quote), now=NOW)

    at_once(work, 20)
    quote.refresh_from_db()
    assert Invoice.objects.count() == 1
    assert Event.objects.filter(name="quote.accepted").count() <= 1
    assert quote.state in {"open", "accepted"}


@pytest.mark.django_db(transaction=True)
def test_acceptance_and_decline_at_once_end_in_one_of_them() -> None:
    quote = offered()
    client = client_of(quote)

    def work(number: int) -> Any:
        if number % 2:
            return quote_decline(quote_id=quote.pk, name="Amina", note="No", actor=client, now=NOW)
        return quote_accept(quote_id=quote.pk, name="Amina", actor=client, now=NOW)

    at_once(work, 20)
    assert Event.objects.filter(name__in=["quote.accepted", "quote.declined"]).count() == 1
