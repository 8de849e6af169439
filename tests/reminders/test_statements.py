"""The statement of a customer, sent with its PDF."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from billing_assistant.core import files
from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.rights import Role
from reminders.models import Message, MessageAttachment
from reminders.services.deciding import message_resend
from reminders.services.statements import statement_send
from reminders.states import MessageStatus
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, invoice, pay
from tests.payments.staff_pages import sign_in, text_of
from tests.reminders.support import send_all
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SINCE = date(2026, 1, 1)


def test_it_goes_out_with_the_pdf_once_however_often_it_is_asked_for(server: MailServer) -> None:
    of = customer()
    invoice(of)
    asked = {"customer_id": of.pk, "since": SINCE, "until": TODAY, "actor": SYSTEM, "now": NOW, "key": "k"}
    message = statement_send(**asked)
    assert statement_send(**asked).pk == message.pk
    assert MessageAttachment.objects.filter(message=message).count() == 1
    send_all()
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT
    (got,) = server.delivered
    (pdf,) = list(got.mail.iter_attachments())
    assert pdf.get_filename() == f"statement-{of.number}-2026-03-02.pdf"
    assert "Attached is your statement" in got.part("text/plain")
    again = message_resend(message_id=message.pk, actor=SYSTEM, now=NOW + timedelta(hours=1))
    assert [part.file for part in again.attachments.all()] == [part.file for part in message.attachments.all()]
    assert files.read(again.attachments.get().file).startswith(b"%PDF")


def test_only_days_until_today_and_only_for_who_may() -> None:
    of = customer()
    asked = {"customer_id": of.pk, "now": NOW, "key": "k"}
    for since, until in ((TODAY, SINCE), (SINCE, TODAY + timedelta(days=1))):
        with pytest.raises(ValidationFailed):
            statement_send(since=since, until=until, actor=SYSTEM, **asked)
    with pytest.raises(PermissionRefused):
        statement_send(since=SINCE, until=TODAY, actor=factories.actor(Role.READ_ONLY), **asked)
    assert not Message.objects.exists()


def test_the_page_sends_what_the_statement_page_showed(client: Client) -> None:
    of = customer()
    pay(of, "10.00")
    sign_in(client)
    shown = client.get(f"/customers/{of.pk}/statement/?from=2026-01-01&until=2026-03-01").content.decode()
    assert f"/customers/{of.pk}/statement/send/?from=2026-01-01&amp;until=2026-03-01" in shown
    url = f"/customers/{of.pk}/statement/send/?from=2026-01-01&until=2026-03-01"
    page = client.get(url).content.decode()
    assert 'value="2026-03-01"' in page
    form = {"since": "2026-01-01", "until": "2026-03-01", "others": "books@example.com", "key": "one", "message": "Hi"}
    response = client.post(url, form)
    message = Message.objects.get()
    assert response["Location"] == f"/messages/{message.pk}/"
    assert message.recipients == ["books@example.com"]
    assert "Hi" in message.text
    assert "2026-03-01.pdf" in text_of(client.get(response["Location"]))
