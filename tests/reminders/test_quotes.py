"""The letter with a quote: complete or not at all, with the client's own page; sent again as a new message."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from billing_assistant.core.errors import PermissionRefused
from billing_assistant.core.rights import Role
from customers.portal_tokens import token_of
from invoices.models import Quote
from invoices.quote_states import QuoteKind
from invoices.services.quote_decisions import quote_withdraw
from invoices.services.quotes import QuoteTerms, quote_offer
from reminders.errors import NothingToSend
from reminders.models import Message
from reminders.services.deciding import message_resend
from reminders.services.quotes import quote_send
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.reminders.support import send_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def offered(**terms) -> Quote:
    return quote_offer(draft_id=factories.draft().pk, terms=QuoteTerms(**terms), actor=SYSTEM, now=NOW)


def sent(quote: Quote, key: str = "k") -> Message:
    message = quote_send(quote_id=quote.pk, actor=SYSTEM, now=NOW, key=key)
    send_all()
    message.refresh_from_db()
    return message


def test_the_letter_has_the_pdf_and_the_link_of_the_quote() -> None:
    quote = offered()
    message = sent(quote)
    assert (message.status, message.kind, message.quote_id) == ("sent", "quote_sent", quote.pk)
    (letter,) = mail.outbox
    assert letter.subject == "Quote QUO-0001 from Chromapages"
    assert f"/portal/q/{token_of(quote.portal_link_id)}/" in letter.body
    assert [name for name, _content, _type in letter.attachments] == ["QUO-0001.pdf"]
    quote.refresh_from_db()
    assert quote.sent_at == NOW


def test_a_proforma_is_called_one() -> None:
    sent(offered(kind=QuoteKind.PROFORMA))
    assert mail.outbox[0].subject == "Proforma invoice PRO-0001 from Chromapages"


def test_the_same_key_is_one_message_and_again_is_another() -> None:
    quote = offered()
    first = sent(quote)
    assert sent(quote).pk == first.pk
    again = message_resend(message_id=first.pk, actor=SYSTEM, now=NOW)
    send_all()
    assert (again.quote_id, len(mail.outbox)) == (quote.pk, 2)


def test_without_its_pdf_nothing_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_which: object) -> None:
        raise OSError("no storage")

    monkeypatch.setattr("reminders.services.compose.quote_pdf", broken)
    message = sent(offered())
    assert (message.status, mail.outbox) == ("pending", [])


def test_what_was_withdrawn_meanwhile_is_not_sent() -> None:
    quote = offered()
    message = quote_send(quote_id=quote.pk, actor=SYSTEM, now=NOW, key="k")
    quote_withdraw(quote_id=quote.pk, actor=SYSTEM, now=NOW)
    send_all()
    message.refresh_from_db()
    assert (message.status, mail.outbox) == ("cancelled", [])
    with pytest.raises(NothingToSend):
        quote_send(quote_id=quote.pk, actor=SYSTEM, now=NOW, key="other")


def test_only_who_may_send_sends(client: Client) -> None:
    quote = offered()
    with pytest.raises(PermissionRefused):
        quote_send(quote_id=quote.pk, actor=factories.actor(Role.CSM), now=NOW, key="k")
    client.force_login(factories.user(Role.FINANCE))
    page = client.get(f"/quotes/{quote.pk}/send/")
    assert "info@techsolutions.example" in page.content.decode()
    assert "View and accept" in client.get(f"/quotes/{quote.pk}/send/preview/").content.decode()
    body = {"recipients": ["info@techsolutions.example"], "others": "", "include_pdf": "on", "key": "abc"}
    for _ in range(2):
        assert client.post(f"/quotes/{quote.pk}/send/", body).status_code == 302
    assert Message.objects.count() == 1
