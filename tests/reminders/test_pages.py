"""The pages of messages: what they show, to whom, and that only a person's button sends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.errors import OutcomeUnknown, Rejected
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from customers.models import Consent, Contact, Customer
from invoices.models import Invoice
from reminders.models import Message
from reminders.services.documents import invoice_send
from reminders.services.sending import messages_send
from tests.factories import NOW, SYSTEM, customer, draft, issued_invoice, seller, user
from tests.reminders.support import FakeChannel, later, queued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def buyer() -> Customer:
    return customer(seller())


@pytest.fixture
def invoice(buyer: Customer) -> Invoice:
    return issued_invoice(buyer)


def staff(role: Role = Role.FINANCE, **fields: Any) -> Client:
    client = Client()
    client.force_login(user(role, **fields))
    return client


def sent(invoice: Invoice, error: Exception | None = None, *, key: str = "k") -> Message:
    """A message with an invoice that went out, or ended with an error."""

    def answer(_mail: object) -> None:
        if error is not None:
            raise error

    message = invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key=key)
    messages_send(limit=10, seconds=60, channel=FakeChannel(answer), clock=lambda: NOW)
    message.refresh_from_db()
    return message


def addresses(message: Message) -> list[str]:
    """Every address about a message, an invoice and a customer that is ours."""
    of_message = ["detail", "html", "resend", "confirm", "retry", "cancel"]
    return [
        *(reverse(f"messages:{name}", args=[message.pk]) for name in of_message),
        reverse("messages:file", args=[message.pk, 1]),
        reverse("messages:invoice_send", args=[message.invoice_id]),
        reverse("messages:invoice_preview", args=[message.invoice_id]),
        reverse("messages:write", args=[message.customer_id]),
        reverse("messages:customer_preview", args=[message.customer_id]),
    ]


# The log


def test_the_log_shows_what_was_sent(invoice: Invoice) -> None:
    message = sent(invoice)
    page = staff().get(reverse("messages:list")).content.decode()
    assert reverse("messages:detail", args=[message.pk]) in page
    assert message.subject in page
    assert "1–1 of 1" in page


def test_an_empty_log_says_what_it_is_for(buyer: Customer) -> None:
    assert buyer
    assert "No messages yet" in staff().get(reverse("messages:list")).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("?view=attention", 2),
        ("?view=sent", 1),
        ("?view=waiting", 0),
        ("?status=failed", 1),
        ("?status=unknown", 1),
        ("?kind=invoice_sent", 3),
        ("?kind=custom", 0),
        ("?q=INV-2026-0001", 3),
        ("?q=techsolutions.example", 3),
        ("?q=NOTIF-0001", 1),
        ("?q=nobody%00", 0),
        ("?kind=nonsense&status=x&view=y&customer=z&after=forged", 3),
    ],
)
def test_filters(invoice: Invoice, query: str, found: int) -> None:
    sent(invoice, key="1")
    sent(invoice, Rejected("550 No"), key="2")
    sent(invoice, OutcomeUnknown("broke"), key="3")
    page = staff().get(reverse("messages:list") + query, headers={"HX-Request": "true"}).content.decode()
    assert page.count("<tr data-href") == found
    assert "<html" not in page


def test_the_log_of_one_customer(invoice: Invoice) -> None:
    sent(invoice)
    other = customer(invoice.profile)
    client = staff()
    mine = client.get(f"{reverse('messages:list')}?customer={invoice.customer_id}").content.decode()
    theirs = client.get(f"{reverse('messages:list')}?customer={other.pk}").content.decode()
    assert (mine.count("<tr data-href"), theirs.count("<tr data-href")) == (1, 0)


def test_a_long_log_has_pages_and_costs_the_same(buyer: Customer, django_assert_max_num_queries: Any) -> None:
    for number in range(120):
        queued(buyer, key=f"{number}")
    client = staff()
    url = reverse("messages:list")
    seen: set[str] = set()
    while url:
        with django_assert_max_num_queries(14):
            page = client.get(url).content.decode()
        rows = re.findall(r'<tr data-href="([^"]+)"', page)
        assert not seen & set(rows)
        seen |= set(rows)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = reverse("messages:list") + following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == 120


# One message


def test_a_message_shows_its_story_and_its_file(invoice: Invoice) -> None:
    message = sent(invoice)
    client = staff()
    page = client.get(reverse("messages:detail", args=[message.pk])).content.decode()
    assert "info@techsolutions.example" in page
    assert f"{invoice.number}.pdf" in page
    assert "Message NOTIF-0001 sent" in page
    assert 'sandbox title="' in page
    text = client.get(reverse("messages:detail", args=[message.pk]) + "?show=text").content.decode()
    assert "Amount due: KES 52,200.00" in text
    assert "portal-link.invalid" not in page + text
    assert "/portal/i/" not in page + text
    part = message.attachments.get()
    file = client.get(reverse("messages:file", args=[message.pk, part.pk]))
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.content[:5] == b"%PDF-"


def test_the_html_can_do_nothing(invoice: Invoice) -> None:
    message = sent(invoice)
    answer = staff().get(reverse("messages:html", args=[message.pk]))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("sandbox")
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "portal-link.invalid" not in answer.content.decode()


def test_a_waiting_message_keeps_looking_and_a_final_one_reloads(buyer: Customer) -> None:
    message = queued(buyer)
    client, url = staff(), reverse("messages:detail", args=[message.pk])
    assert 'hx-trigger="every 2s"' in client.get(url).content.decode()
    messages_send(limit=1, seconds=60, channel=FakeChannel(), clock=later)
    assert client.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in client.get(url).content.decode().split('id="message"')[1].split(">")[0]


# Decisions


@pytest.mark.parametrize(
    ("error", "action", "status"),
    [
        (OutcomeUnknown("broke"), "resend", "cancelled"),
        (OutcomeUnknown("broke"), "confirm", "sent"),
        (Rejected("550"), "retry", "pending"),
        (None, "resend", "sent"),
    ],
)
def test_a_person_decides(invoice: Invoice, error: Exception | None, action: str, status: str) -> None:
    message, client = sent(invoice, error), staff()
    assert (
        f'action="{reverse(f"messages:{action}", args=[message.pk])}"'
        in client.get(reverse("messages:detail", args=[message.pk])).content.decode()
    )
    answer = client.post(reverse(f"messages:{action}", args=[message.pk]), {"key": "one"})
    message.refresh_from_db()
    assert message.status == status
    again = Message.objects.filter(resend_of=message).first()
    assert (again is not None) == (action == "resend")
    assert answer.url == reverse("messages:detail", args=[again.pk if again else message.pk])  # type: ignore[attr-defined]


def test_a_decision_that_is_not_open_is_told(invoice: Invoice) -> None:
    message, client = sent(invoice), staff()
    answer = client.post(reverse("messages:retry", args=[message.pk]), follow=True)
    assert "cannot become" in answer.content.decode()
    message.refresh_from_db()
    assert message.status == "sent"


# Sending


def test_the_send_page_is_filled_in_and_a_person_confirms(invoice: Invoice) -> None:
    client, url = staff(), reverse("messages:invoice_send", args=[invoice.pk])
    page = client.get(url).content.decode()
    assert re.search(r'value="info@techsolutions.example"[^>]*checked', page)
    assert "Send now" in page
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    form = {"recipients": "info@techsolutions.example", "others": "", "include_pdf": "on", "when": "now", "key": key[1]}
    form["custom_message"] = "Hello Jane"
    for _press in range(3):
        assert client.post(url, form).headers["Location"] == reverse("invoices:detail", args=[invoice.pk])
    message = Message.objects.get()
    assert (message.recipients, message.attach_pdf) == (["info@techsolutions.example"], True)
    assert "Hello Jane" in message.text


def test_other_addresses_may_be_typed(invoice: Invoice) -> None:
    client, url = staff(), reverse("messages:invoice_send", args=[invoice.pk])
    client.post(url, {"others": "a@b.example, c@d.example;e@f.example", "when": "now", "key": "k"})
    message = Message.objects.get()
    assert message.recipients == ["a@b.example", "c@d.example", "e@f.example"]
    assert not message.attach_pdf


@pytest.mark.parametrize(
    "form",
    [
        {"others": "nobody"},
        {"others": ""},
        {"recipients": "spy@evil.example"},
        {"others": "a@b.example", "custom_message": "x" * 4001},
    ],
)
def test_bad_input_stays_on_the_page(invoice: Invoice, form: dict[str, str]) -> None:
    answer = staff().post(reverse("messages:invoice_send", args=[invoice.pk]), {"key": "k", **form})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "data-error-summary" in page
    assert form.get("others", "") in page
    assert not Message.objects.exists()


def test_as_a_fragment_it_fills_a_dialog(invoice: Invoice) -> None:
    client, url = staff(), reverse("messages:invoice_send", args=[invoice.pk])
    part = client.get(url, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]
    done = client.post(url, {"others": "a@b.example", "when": "now", "key": "k"}, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == reverse("invoices:detail", args=[invoice.pk])


def test_it_goes_on_only_to_our_own_pages(invoice: Invoice) -> None:
    url = reverse("messages:invoice_send", args=[invoice.pk])
    for wanted, gone in (
        ("https://evil.example/", reverse("invoices:detail", args=[invoice.pk])),
        ("/messages/", "/messages/"),
    ):
        answer = staff().post(url, {"others": "a@b.example", "when": "now", "key": wanted, "next": wanted})
        assert answer.headers["Location"] == gone


def test_the_preview_shows_what_was_typed_and_keeps_nothing(invoice: Invoice) -> None:
    url = reverse("messages:invoice_preview", args=[invoice.pk])
    answer = staff().post(url, {"custom_message": "<script>alert(1)</script>Hello"})
    page = answer.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;Hello" in page
    assert "<script" not in page
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert not Message.objects.exists()


def test_a_draft_is_issued_and_sent_and_the_invoice_is_shown(buyer: Customer) -> None:
    made = draft(buyer)
    page = reverse("invoices:draft_preview", args=[made.pk])  # where the dialog stood
    form = {"recipients": buyer.email, "include_pdf": "on", "when": "now", "key": "k", "next": page}
    answer = staff().post(reverse("messages:draft_send", args=[made.pk]), form)
    invoice = Invoice.objects.get()
    assert answer.headers["Location"] == reverse("invoices:detail", args=[invoice.pk])
    assert Message.objects.get().invoice_id == invoice.pk


def test_a_draft_is_scheduled_in_the_time_of_the_business(buyer: Customer) -> None:
    made = draft(buyer)
    client, url = staff(), reverse("messages:draft_send", args=[made.pk])
    form = {"recipients": buyer.email, "when": "later", "key": "k"}
    assert client.post(url, form).status_code == 422
    client.post(url, {**form, "schedule_send": "2026-03-05T08:30"})
    made.refresh_from_db()
    assert made.status == "scheduled"
    assert made.scheduled_for is not None
    assert made.scheduled_for.isoformat() == "2026-03-05T05:30:00+00:00"
    assert not Invoice.objects.exists()


def test_a_person_writes_to_a_customer(buyer: Customer) -> None:
    client, url = staff(Role.CSM), reverse("messages:write", args=[buyer.pk])
    assert client.get(url).status_code == 200
    answer = client.post(url, {"recipients": buyer.email, "subject": "Hello", "message": "We moved.", "key": "k"})
    message = Message.objects.get()
    assert answer.headers["Location"] == reverse("messages:detail", args=[message.pk])
    assert (message.kind, message.subject) == ("custom", "Hello")


# Who, and what GET does


def test_strangers_sign_in_first(invoice: Invoice) -> None:
    for url in [*addresses(sent(invoice)), reverse("messages:list")]:
        answers = [Client().get(url), Client().post(url)]
        moved = [answer.headers["Location"] for answer in answers if answer.status_code == 302]
        assert moved, url
        assert all(reverse("account_login") in place for place in moved)
        assert {answer.status_code for answer in answers} <= {302, 405}


def test_foreign_things_are_not_there(invoice: Invoice) -> None:
    message = sent(invoice)
    elsewhere = staff(Role.ADMIN, profiles=[seller()])
    for url in addresses(message):
        assert 404 in {elsewhere.get(url).status_code, elsewhere.post(url).status_code}, url
        assert elsewhere.post(url).status_code in {404, 405}, url
    assert message.subject not in elsewhere.get(reverse("messages:list")).content.decode()
    assert Message.objects.count() == 1


def test_what_is_not_there_is_not_there() -> None:
    seller()
    for name in ("detail", "html", "invoice_send", "write"):
        assert staff().get(reverse(f"messages:{name}", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.CSM])
def test_who_may_not_send_has_no_button_and_no_page(invoice: Invoice, role: Role) -> None:
    message, client = sent(invoice), staff(role)
    assert client.get(reverse("messages:invoice_send", args=[invoice.pk])).status_code == 403
    assert client.post(reverse("messages:invoice_send", args=[invoice.pk])).status_code == 403
    page = client.get(reverse("messages:detail", args=[message.pk])).content.decode()
    assert ("Send again" in page) == (role is Role.CSM)
    if role is Role.READ_ONLY:
        assert client.post(reverse("messages:resend", args=[message.pk])).status_code == 403
    assert Message.objects.count() == 1


def test_get_changes_nothing(invoice: Invoice) -> None:
    message, client = sent(invoice, OutcomeUnknown("broke")), staff()
    before = (Message.objects.count(), Event.objects.count())
    for url in [*addresses(message), reverse("messages:list")]:
        assert client.get(url).status_code in {200, 404, 405}
    message.refresh_from_db()
    assert message.status == "unknown"
    assert (Message.objects.count(), Event.objects.count()) == before


def test_the_admin_reads_and_its_actions_call_the_services(invoice: Invoice) -> None:
    message = sent(invoice, Rejected("550"))
    client = Client()
    client.force_login(user(is_staff=True, is_superuser=True))
    listed = reverse("admin:reminders_message_changelist")
    assert message.number in client.get(f"{listed}?q={message.number}").content.decode()
    assert client.get(reverse("admin:reminders_message_change", args=[message.pk])).status_code == 200
    assert client.get(reverse("admin:reminders_message_add")).status_code == 403
    client.post(listed, {"action": "try_again", "_selected_action": [str(message.pk)], "confirmed": "yes"})
    message.refresh_from_db()
    assert message.status == "pending"


# Scheduled


def scheduled(invoice: Invoice) -> Message:
    client, url = staff(), reverse("messages:invoice_send", args=[invoice.pk])
    form = {"others": "a@b.example", "when": "later", "schedule_send": "2026-03-05T08:30", "key": "s"}
    assert client.post(url, form).status_code == 302
    return Message.objects.get(scheduled_for__isnull=False)


def test_an_invoice_is_scheduled_and_its_page_shows_it(invoice: Invoice) -> None:
    message, client = scheduled(invoice), staff()
    assert message.due_at.isoformat() == "2026-03-05T05:30:00+00:00"
    page = client.get(reverse("invoices:detail", args=[invoice.pk])).content.decode()
    assert "5 Mar 2026" in page
    assert reverse("messages:time", args=[message.pk]) in page
    log = client.get(reverse("messages:detail", args=[message.pk])).content.decode()
    assert "It rests until its time" in log
    assert "every 2s" not in log


def test_its_time_is_changed_and_it_is_sent_at_once(invoice: Invoice) -> None:
    message, client = scheduled(invoice), staff()
    url = reverse("messages:time", args=[message.pk])
    assert 'value="2026-03-05T08:30"' in client.get(url).content.decode()
    assert client.post(url, {"schedule_send": "2020-01-01T08:00"}).status_code == 422
    answer = client.post(url, {"schedule_send": "2026-03-06T09:00", "next": reverse("messages:list")})
    assert answer.headers["Location"] == reverse("messages:list")
    message.refresh_from_db()
    assert message.due_at.isoformat() == "2026-03-06T06:00:00+00:00"
    client.post(reverse("messages:now", args=[message.pk]))
    message.refresh_from_db()
    assert message.due_at < message.created_at + timedelta(days=1)


def test_the_letter_of_a_draft_is_shown_without_a_number(buyer: Customer) -> None:
    made = draft(buyer)
    page = staff().post(reverse("messages:draft_preview", args=[made.pk]), {"custom_message": "Hello Jane"})
    assert "[number given at issue]" in page.content.decode()
    assert "Hello Jane" in page.content.decode()
    assert not Invoice.objects.exists()


def test_who_refused_is_shown_and_cannot_be_ticked(invoice: Invoice) -> None:
    contact = Contact.objects.create(customer=invoice.customer, name="Jane", email="jane@b.example")
    Consent.objects.create(contact=contact, channel="email", allowed=False)
    client, url = staff(), reverse("messages:invoice_send", args=[invoice.pk])
    assert re.search(r'value="jane@b.example"[^>]* disabled', client.get(url).content.decode())
    for given in ({"recipients": "jane@b.example"}, {"others": "jane@b.example"}):
        answer = client.post(url, {**given, "when": "now", "key": "k"})
        assert answer.status_code == 422
        assert "does not want e-mail" in answer.content.decode()
    assert not Message.objects.exists()
