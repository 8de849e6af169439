"""One of everything that an address can name."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing_assistant.core import clock, files
from billing_assistant.core.actors import Actor
from billing_assistant.core.models import Notice, User
from billing_assistant.core.rights import Role
from billing_assistant.core.services.api_keys import api_key_create
from billing_assistant.core.services.approvals import Action, approval_request
from customers.models import Contact, Note, PortalLink
from customers.portal_tokens import token_of
from integrations.models import DemoPayment, DemoSession, WebhookEvent
from invoices.models import ExchangeRate, NumberSeries
from invoices.services.credit_notes import credit_note_issue
from invoices.services.templates import TemplateInput, template_create
from payments.models import Checkout
from reminders.models import MessageAttachment
from tests import factories
from tests.access.objects import POSTS, World, provides
from tests.payments import builders
from tests.reminders.support import queued
from tests.support.imports import uploaded

POSTS |= {
    "customers:status": {"status": "suspended", "reason": "x"},
    "invoices:template_act": {"act": "default"},
    "payments:event_act": {"act": "dismiss", "reason": "x"},
    "shell:approval": {"decision": "approve"},
}


@provides("customer_id", "customer_ref", "customer")
@provides("ref", under="api/customers/")
def customer(world: World) -> object:
    return world.customer.pk


@provides("contact_id")
def contact(world: World) -> object:
    return world.keep("contact", lambda: Contact.objects.create(customer=world.customer, name="Contact")).pk


@provides("document_id")
def customer_document(world: World) -> object:
    return world.keep("document", lambda: factories.customer_document(world.customer)).pk


@provides("note_id")
def note(world: World) -> object:
    return world.keep("note", lambda: Note.objects.create(customer=world.customer, text="Note")).pk


@provides("draft_id", "draft_ref", "draft")
def draft(world: World) -> object:
    return world.keep("draft", lambda: factories.draft(world.customer)).pk


@provides("item_id")
def catalogue_item(world: World) -> object:
    return world.keep("catalogue", lambda: factories.catalogue_item(world.profile)).pk


@provides("code", under="accent/", scoped=False)
def accent(_world: World) -> object:
    return "1f6feb"


@provides("template_id", "template_ref")
def invoice_template(world: World) -> object:
    data = TemplateInput(name="Template")
    return world.keep(
        "template",
        lambda: template_create(profile_id=world.profile.pk, data=data, actor=factories.SYSTEM, now=clock.now()),
    ).pk


@provides("promo_id")
def promo_code(world: World) -> object:
    return world.keep("promo code", lambda: factories.promo_code(world.profile)).pk


@provides("version", scoped=False)
def version(_world: World) -> object:
    return 1


@provides("invoice_id", "invoice_ref", "invoice")
def invoice(world: World) -> object:
    return _invoice(world).pk


@provides("invoice_id", under="invoices/<uuid:invoice_id>/apply/")
def credit_note(world: World) -> object:
    """A credit note of which everything is left to apply."""

    def make() -> Any:
        corrected = factories.issued_invoice(world.customer, now=clock.now())
        return credit_note_issue(
            invoice_id=corrected.pk, lines=None, reason="Cancelled", actor=factories.SYSTEM, now=clock.now()
        )

    return world.keep("credit note", make).pk


def _invoice(world: World) -> Any:
    return world.keep("invoice", lambda: factories.issued_invoice(world.customer, now=clock.now()))


@provides("token")
def token(world: World) -> object:
    link = world.keep(
        "link",
        lambda: PortalLink.objects.create(
            customer=world.customer, invoice_id=_invoice(world).pk, expires_at=clock.now() + timedelta(days=1)
        ),
    )
    return token_of(link.pk)


@provides("link_id")
def portal_link(world: World) -> object:
    token(world)
    return world.kept["link"].pk


@provides("run_id")
def import_run(world: World) -> object:
    return world.keep("import", lambda: uploaded("Name\nMug\n", "catalogue", world.profile, now=clock.now())).pk


@provides("payment_id", under="payments/")
@provides("payment_id", under="portal/")
@provides("payment_id", "payment_ref", "payment", "ref", under="api/payments/")
def payment(world: World) -> object:
    return world.keep("payment", lambda: builders.pay(world.customer, "100.00", now=clock.now())).pk


@provides("event_id")
def webhook_event(world: World) -> object:
    return world.keep(
        "event",
        lambda: WebhookEvent.objects.create(
            profile=world.profile, source="demo", event_id=f"evt-{world.customer.pk}", body=b"{}"
        ),
    ).pk


@provides("checkout_id")
def checkout(world: World) -> object:
    return world.keep("checkout", lambda: _checkout(world)).pk


def _checkout(world: World) -> Checkout:
    made = Checkout.objects.create(
        profile=world.profile,
        customer=world.customer,
        invoice=_invoice(world),
        gateway="demo",
        currency="KES",
        amount=Decimal(100),
        idempotency_key=f"key-{world.customer.pk}",
        expires_at=clock.now() + timedelta(hours=1),
    )
    made.parts.create(profile=world.profile, invoice=made.invoice, currency="KES", amount=made.amount)
    return made


@provides("session_id", scoped=False)
def demo_session(world: World) -> object:
    return _demo_session(world).pk


def _demo_session(world: World) -> DemoSession:
    return world.keep(
        "session",
        lambda: DemoSession.objects.create(
            account="demo",
            idempotency_key=f"key-{world.customer.pk}",
            request_hash="0" * 64,
            reference="r",
            amount=100,
            currency="KES",
            success_url="http://testserver/",
            cancel_url="http://testserver/",
            expires_at=clock.now() + timedelta(hours=1),
        ),
    )


@provides("payment_id", under="demo-gateway/", scoped=False)
def demo_payment(world: World) -> object:
    return world.keep(
        "demo payment",
        lambda: DemoPayment.objects.create(
            session=_demo_session(world), amount=100, currency="KES", status="failed", card_last4="4242"
        ),
    ).pk


@provides("vendor", scoped=False)
def vendor(_world: World) -> object:
    return "demo"


@provides("slug", under="brand/", scoped=False)
def brand(world: World) -> object:
    return world.profile.slug


@provides("message_id")
def message(world: World) -> object:
    return _message(world).pk


def _message(world: World) -> Any:
    return world.keep("message", lambda: queued(world.customer, key=f"key-{world.customer.pk}", now=clock.now()))


@provides("file_id")
def attachment(world: World) -> object:
    def make() -> MessageAttachment:
        stored = files.store(
            content=b"%PDF-1.7", name="a.pdf", content_type="application/pdf", profile_id=world.profile.pk
        )
        return MessageAttachment.objects.create(message=_message(world), file=stored, name="a.pdf")

    return world.keep("attachment", make).pk


def _colleague(world: World) -> User:
    """An administrator of the world's own profile."""
    return world.keep("colleague", lambda: factories.user(Role.ADMIN, profiles=[world.profile]))


@provides("person_id")
def person(world: World) -> object:
    return _colleague(world).pk


@provides("key_id")
def api_key(world: World) -> object:
    owner = _colleague(world)
    return world.keep(
        "key",
        lambda: api_key_create(
            user_id=owner.pk,
            profile_id=world.profile.pk,
            name="key",
            scopes=["invoices.view"],
            expires_at=None,
            actor=Actor.of_user(owner),
            now=clock.now(),
        ),
    ).key.pk


@provides("approval_id")
def approval(world: World) -> object:
    action = Action("test", {"a": 1}, "Do it", world.profile.pk)
    actor = Actor.of_user(_colleague(world))
    return world.keep("approval", lambda: approval_request(action=action, actor=actor, now=clock.now())).pk


@provides("notice_id")
def notice(world: World) -> object:
    """A notice is of the person who comes: the walk says who that is; else of a colleague."""
    person = world.kept.get("visitor") or _colleague(world)
    return world.keep("notice", lambda: Notice.objects.create(user=person, key="k", text="t")).pk


@provides("rate_id")
def tax_rate(world: World) -> object:
    return world.customer.profile.tax_rates.get(is_default=True).pk


@provides("series_id")
def number_series(world: World) -> object:
    return NumberSeries.objects.get(profile=world.customer.profile, code="INV").pk


@provides("exchange_rate_id")
def exchange_rate(world: World) -> object:
    def make() -> ExchangeRate:
        return ExchangeRate.objects.create(
            profile=world.customer.profile, currency="USD", into="KES", valid_on=date(2026, 3, 1), rate=Decimal(129)
        )

    return world.keep("exchange_rate", make).pk
