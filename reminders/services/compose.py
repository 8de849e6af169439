"""A stored message becomes a complete e-mail: the client's own link in its place, every file attached, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import OperationalError
from django.utils.translation import gettext as _

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import RetryLater, Unavailable
from billing_assistant.core.models import StoredFile
from customers.models import PortalLink
from customers.services.portal import portal_link_create, portal_quote_url, portal_url
from invoices.models import Invoice, Quote
from invoices.quote_states import LIVE_QUOTES
from invoices.services.attachments import attachments_for_client
from invoices.services.documents import invoice_pdf
from invoices.services.quote_documents import quote_pdf
from invoices.states import InvoiceState
from payments.models import Payment
from payments.services.receipt_documents import receipt_name, receipt_pdf
from payments.states import PaymentState
from reminders.addresses import header_text, own_address
from reminders.channels.ports import Attachment, OutgoingEmail
from reminders.errors import NothingToSend
from reminders.models import Message
from reminders.services.recipients import unwilling
from reminders.states import MessageKind
from reminders.texts.documents import document_content
from reminders.texts.letters import PORTAL_LINK, Content

MOST_BYTES: Final = 10 * 1024 * 1024
"""What the files of one mail may weigh together; mail servers take about 25 MB, and base64 adds a third."""
AUTOMATIC: Final = frozenset({MessageKind.RECEIPT, MessageKind.AUTOPAY})
_LINK_MAKER: Final = Actor.system("Mail")
_UNSAFE_IN_NAME: Final = re.compile(r"[^\w.()+-]+")


@dataclass(frozen=True, slots=True)
class FilePart:
    """A stored file under the name that it has in the mail."""

    file: StoredFile
    name: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A complete mail, the texts that it was made of, and the stored files in it."""

    mail: OutgoingEmail
    content: Content
    files: tuple[FilePart, ...]


def message_compose(*, message: Message, now: datetime) -> Composed:
    """The mail as it goes out. The PDF of its document is rendered here if no worker has done it yet; that of a receipt
    shows the payment as it is at the first attempt, and is kept with the message.

    The letter of a scheduled message is written here, so that it tells what is due now.
    Raises NothingToSend when the document was voided or taken back or the payment reversed meanwhile or when, since it
    was scheduled, a recipient has refused e-mail; RetryLater while the PDF cannot be had.
    Any other error means that something is missing, too: the mail is not sent without it.
    """
    document = _quote(message) or _document(message)
    content = _content(message, document)
    parts = tuple(_files(message, document))
    link = _link(message, document, now)
    headers = {"Auto-Submitted": "auto-generated"} if message.kind in AUTOMATIC else {}
    return Composed(
        mail=OutgoingEmail(
            message_id=message_id_of(message),
            sender=message.sender,
            recipients=tuple(message.recipients),
            reply_to=message.reply_to,
            subject=content.subject,
            text=content.text.replace(PORTAL_LINK, link),
            html=content.html.replace(PORTAL_LINK, link),
            headers=headers,
            attachments=tuple(
                Attachment(name=part.name, content=files.read(part.file), content_type=part.file.content_type)
                for part in parts
            ),
        ),
        content=content,
        files=parts,
    )


def message_id_of(message: Message) -> str:
    """The Message-ID header: the same at every attempt, so that a doubled mail could be told."""
    domain = own_address().rpartition("@")[2] or "localhost"
    return f"<{message.pk.hex}@{domain}>"


def file_name(name: str) -> str:
    """A file name that every mail program takes."""
    return _UNSAFE_IN_NAME.sub("-", name).strip("-.")[:100] or "document"


def _document(message: Message) -> Invoice | None:
    if message.invoice_id is None:
        return None
    invoice = Invoice.objects.select_related("portal_link", "pdf", "customer", "corrects").get(pk=message.invoice_id)
    if invoice.state == InvoiceState.VOID and message.kind == MessageKind.INVOICE_SENT:
        raise NothingToSend(_("%(number)s was voided.") % {"number": invoice.number})
    return invoice


def _quote(message: Message) -> Quote | None:
    if message.quote_id is None:
        return None
    quote = Quote.objects.select_related("portal_link", "pdf").get(pk=message.quote_id)
    if quote.state not in LIVE_QUOTES:
        raise NothingToSend(_("%(number)s is no longer offered.") % {"number": quote.number})
    return quote


def _content(message: Message, document: Invoice | Quote | None) -> Content:
    if message.scheduled_for is None or not isinstance(document, Invoice):
        return Content(message.subject, message.text, message.html, message.language)
    for one in unwilling(document.customer, message.recipients):
        raise NothingToSend(
            _("%(name)s does not want e-mail: %(address)s.") % {"name": one.name, "address": one.address}
        )
    written = document_content(document, custom_message=message.custom_message, with_pdf=message.attach_pdf)
    return replace(written, subject=header_text(written.subject))


def _files(message: Message, document: Invoice | Quote | None) -> Iterator[FilePart]:
    if document is None or message.kind == MessageKind.RECEIPT:
        for kept in message.attachments.select_related("file"):
            yield FilePart(kept.file, kept.name)
    if message.kind == MessageKind.RECEIPT:
        if message.attach_pdf and message.payment_id is not None and not message.attachments.exists():
            yield _receipt(message.payment_id)
    elif message.attach_pdf and document is not None:
        pdf = document.pdf or _rendered(document)
        yield FilePart(pdf, f"{file_name(document.number)}.pdf")
        if isinstance(document, Invoice):
            yield from _beside(document, MOST_BYTES - pdf.size)


def _receipt(payment_id: UUID) -> FilePart:
    """The receipt of a payment, drawn and kept. Not inside a transaction."""
    payment = Payment.objects.select_related("customer__profile", "profile").get(pk=payment_id)
    if payment.status != PaymentState.COMPLETED:
        raise NothingToSend(_("%(number)s is not received any more.") % {"number": payment.number})
    name = receipt_name(payment)
    try:
        stored = files.store(
            content=receipt_pdf(payment), name=name, content_type="application/pdf", profile_id=payment.profile_id
        )
    except (OperationalError, OSError, Unavailable) as error:  # the storage is away
        raise RetryLater(_("The PDF of %(number)s is not there yet.") % {"number": payment.number}) from error
    return FilePart(stored, name)


def _beside(invoice: Invoice, room: int) -> Iterator[FilePart]:
    """The files that go with the e-mail, as far as there is room; the client finds the others behind the link."""
    for attachment in attachments_for_client(invoice).filter(with_email=True):
        if attachment.file.size <= room:
            room -= attachment.file.size
            yield FilePart(attachment.file, attachment.name)


def _rendered(document: Invoice | Quote) -> StoredFile:
    try:
        if isinstance(document, Quote):
            return quote_pdf(quote_id=document.pk)
        return invoice_pdf(invoice_id=document.pk)
    except (OperationalError, OSError, Unavailable) as error:  # somebody holds the document, or the storage is away
        raise RetryLater(_("The PDF of %(number)s is not there yet.") % {"number": document.number}) from error


def _link(message: Message, document: Invoice | Quote | None, now: datetime) -> str:
    """The address of the client's page: the link that is on the document, or a fresh one when that has run out."""
    if document is None or PORTAL_LINK not in message.text + message.html:
        return ""
    link = document.portal_link
    if link is None or not _live(link, now):
        links = PortalLink.objects.filter(invoice_id=document.pk, customer_id=document.customer_id)
        link = links.filter(revoked_at__isnull=True, expires_at__gt=now).order_by("-expires_at").first()
    if link is None:
        link = portal_link_create(customer_id=document.customer_id, invoice_id=document.pk, actor=_LINK_MAKER, now=now)
    return portal_quote_url(link.pk) if isinstance(document, Quote) else portal_url(link.pk)


def _live(link: PortalLink, now: datetime) -> bool:
    return link.revoked_at is None and link.expires_at > now
