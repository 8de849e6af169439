"""What is written to clients: complete, in their language, and nothing from outside gets out of its place."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.utils import translation

from billing_assistant.core.rights import Role
from invoices.services.credit_notes import credit_note_issue
from payments.models import Payment
from reminders.addresses import header_text, sender_of
from reminders.services.documents import invoice_send
from reminders.services.letters import custom_message_send
from reminders.texts.documents import document_content
from reminders.texts.letters import PORTAL_LINK
from reminders.texts.others import custom_content, receipt_content
from tests.factories import NOW, SYSTEM, actor, customer, draft, issued_invoice, line, seller
from tests.reminders.support import send_all, sent_invoice
from tests.support.smtp import MailServer

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


class Elements(HTMLParser):
    """The elements and attributes of a letter."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


def test_amount_and_due_date_come_first() -> None:
    content = document_content(issued_invoice())
    assert content.text.splitlines()[:2] == ["Amount due: KES 52,200.00", "Due date: 1 April 2026"]
    preheader = re.search(r'class="preheader"[^>]*>([^<&]*)', content.html)
    assert preheader is not None
    assert preheader[1].replace("\xa0", " ") == "Amount due: KES 52,200.00 · Due date: 1 April 2026"


def test_the_text_alone_says_everything() -> None:
    invoice = issued_invoice()
    text = document_content(invoice).text
    for part in (
        "Dear Tech Solutions Ltd,",
        f"Here is invoice {invoice.number} from Chromapages. It is attached as a PDF.",
        f"Invoice number: {invoice.number}",
        f"View and pay:\n{PORTAL_LINK}",
        "Pay by M-Pesa\nPaybill number: 522533",
        f"Account number: {invoice.number}",
        "Pay by bank transfer\nBank: Equity Bank",
        "Account number: 0123456789",
        "Thank you for your business.",
        "Chromapages\nbilling@chromapages.example",
    ):
        assert part in text


def test_the_letter_needs_no_picture_no_script_and_has_one_button() -> None:
    found = Elements(document_content(issued_invoice()).html)
    assert found.links == [PORTAL_LINK]
    assert not found.tags & {"img", "script", "iframe", "link", "form", "object"}
    assert not {name for name in found.attributes if name.startswith("on")}


def test_what_is_due_is_what_is_due_now() -> None:
    invoice = issued_invoice()
    invoice.amount_due = Decimal("2200.00")
    text = document_content(invoice).text
    assert text.startswith("Amount due: KES 2,200.00\n")
    assert "Invoice total: KES 52,200.00" in text


def test_a_paid_invoice_asks_for_nothing() -> None:
    invoice = issued_invoice()
    invoice.amount_due = Decimal(0)
    text = document_content(invoice).text
    assert text.splitlines()[:2] == ["Total: KES 52,200.00", "Amount due: nothing, it is paid"]
    assert "Paybill" not in text


def test_instalments_are_told() -> None:
    parts = ((date(2026, 3, 15), Decimal("22200.00")), (date(2026, 4, 15), Decimal("30000.00")))
    invoice = issued_invoice(None, line(), instalments=parts)
    text = document_content(invoice).text
    assert text.splitlines()[:2] == [
        "Amount due: KES 52,200.00",
        "Next payment due: 15 March 2026 (KES 22,200.00)",
    ]
    assert "Due 15 March 2026: KES 22,200.00\nDue 15 April 2026: KES 30,000.00" in text
    for due, second in (("40000.00", "15 March 2026 (KES 10,000.00)"), ("30000.00", "15 March 2026")):
        invoice.amount_due = Decimal(due)
        assert document_content(invoice).text.splitlines()[1].endswith(second)


def test_a_yen_amount_has_no_decimals() -> None:
    buyer = customer(seller(currency="JPY"), currency="JPY")
    assert document_content(issued_invoice(buyer)).text.startswith("Amount due: JPY 52,200\n")


def test_a_persons_own_words_take_the_place_of_the_usual_ones() -> None:
    content = document_content(issued_invoice(), custom_message="Hello Jane,\n\nthree months\nas agreed.")
    assert "Hello Jane,\n\nthree months\nas agreed." in content.text
    assert "Here is invoice" not in content.text
    assert "three months<br>as agreed." in content.html


def test_a_credit_note_says_what_it_credits() -> None:
    invoice = issued_invoice()
    note = credit_note_issue(invoice_id=invoice.pk, lines=None, reason="Cancelled", actor=SYSTEM, now=NOW)
    message = invoice_send(invoice_id=note.pk, actor=SYSTEM, now=NOW, key="k")
    assert message.kind == "credit_note_sent"
    assert message.subject == f"Credit note {note.number} from Chromapages"
    assert message.text.splitlines()[:2] == ["Credited amount: KES 52,200.00", "Issue date: 2 March 2026"]
    assert f"For invoice: {invoice.number}\nReason: Cancelled" in message.text
    assert "Paybill" not in message.text


def test_a_receipt() -> None:
    buyer = customer(seller())
    payment = Payment.objects.create(
        profile=buyer.profile,
        customer=buyer,
        number="PAY-0001",
        method="mpesa",
        currency="KES",
        amount=Decimal(20000),
        received_on=date(2026, 3, 2),
        reference="QWE123",
    )
    payment.refresh_from_db()
    text = receipt_content(payment).text
    assert text.splitlines()[:2] == ["Amount received: KES 20,000.00", "Received on: 2 March 2026"]
    assert "Receipt number: PAY-0001\nPaid by: M-Pesa\nReference: QWE123\nKept as credit: KES 20,000.00" in text
    assert PORTAL_LINK not in text


@pytest.mark.parametrize("language", ["en", "sw"])
def test_the_language_is_the_customers_not_the_senders(language: str) -> None:
    buyer = customer(seller(), language=language)
    invoice = issued_invoice(buyer)
    with translation.override("sw" if language == "en" else "en"):
        content = document_content(invoice)
    assert content.language == language
    assert f'<html lang="{language}">' in content.html
    with translation.override(language):
        assert translation.gettext("Amount due") in content.text


def test_everything_from_outside_is_escaped() -> None:
    of = seller(name=f"Shop {EVIL}", bank_account_name=EVIL, bank_name=EVIL, phone=EVIL[:40])
    buyer = customer(of, name=f"Buyer {EVIL}")
    invoice = issued_invoice(buyer, line(EVIL), reference=EVIL, notes=EVIL)
    plain = Elements(document_content(issued_invoice(customer(seller()))).html)
    for html in (
        document_content(invoice, custom_message=EVIL).html,
        custom_content(buyer, subject=EVIL, message=EVIL).html,
    ):
        found = Elements(html)
        assert found.tags <= plain.tags | {"br"}
        assert found.attributes <= plain.attributes
        assert found.links in ([PORTAL_LINK], [])


@pytest.mark.parametrize("field", ["name", "legal_name"])
@pytest.mark.parametrize(
    "evil", ["Shop\r\nBcc: spy@evil.example", "Shop\nX: y", "Shop\x00", "Shop\u2028Bcc: a@b.example"]
)
def test_no_header_can_be_injected(server: MailServer, field: str, evil: str) -> None:
    of = seller(**{field: evil.replace("\x00", "")})
    buyer = customer(of, name=evil.replace("\x00", ""))
    message = sent_invoice(issued_invoice(buyer))
    assert message.status == "sent"
    (got,) = server.delivered
    assert got.recipients == ("info@techsolutions.example",)
    assert got.mail["Bcc"] is None
    assert got.mail["X"] is None
    assert len(got.mail.get_all("From") or []) == 1
    assert len(got.mail.get_all("Subject") or []) == 1


def test_the_subject_of_a_custom_message_is_one_line(server: MailServer) -> None:
    buyer = customer(seller())
    custom_message_send(
        customer_id=buyer.pk,
        subject="Hello\r\nBcc: spy@evil.example",
        message="Text",
        actor=actor(Role.CSM),
        now=NOW,
        key="k",
    )
    send_all()
    (got,) = server.delivered
    assert got.mail["Subject"] == "Hello Bcc: spy@evil.example"
    assert got.mail["Bcc"] is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Chromapages", "Chromapages <billing@billing.localhost>"),
        ("Smith, Jones & Co. <x@y.example>", '"Smith, Jones & Co. <x@y.example>" <billing@billing.localhost>'),
        ('The "Shop"', '"The \\"Shop\\"" <billing@billing.localhost>'),
        ("Müller & Söhne", "Müller & Söhne <billing@billing.localhost>"),
        ("", "billing@billing.localhost"),
    ],
)
def test_the_sender_is_the_company(name: str, shown: str) -> None:
    assert sender_of(name) == shown


def test_a_name_beyond_ascii_arrives(server: MailServer) -> None:
    of = seller(name="Müller & Söhne, Nairobi")
    sent_invoice(issued_invoice(customer(of)))
    (got,) = server.delivered
    assert str(got.mail["From"].addresses[0].display_name) == "Müller & Söhne, Nairobi"
    assert "Müller & Söhne" in str(got.mail["Subject"])


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\nb", "a b"),
        ("  a \t b  ", "a b"),
        ("\u202eevil\u202c", "evil"),
        ("x" * 300, "x" * 199 + "…"),
        ("\x1b[31m", "[31m"),
    ],
)
def test_header_text(text: str, clean: str) -> None:
    assert header_text(text) == clean


def test_a_draft_cannot_be_reached_by_it() -> None:
    with pytest.raises(Exception, match="no such invoice"):
        invoice_send(invoice_id=draft().pk, actor=SYSTEM, now=NOW, key="k")
