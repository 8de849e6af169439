"""Row locks of the payments app.

Order for all: receipts, invoices by id, then payment plans, then payments, then refunds, then checkouts, each by id,
then statements, then their lines by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import CharField, Model
from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from billing_assistant.core.prepared import Given, Prepared, one_of
from payments.models import (
    BankAccount,
    Checkout,
    CheckoutPart,
    Dispute,
    ExternalInvoice,
    MatchRule,
    MethodSetup,
    Payment,
    PaymentFee,
    PaymentPlan,
    PaymentProof,
    PlanCollection,
    Refund,
    SavedMethod,
    Statement,
    StatementLine,
    UnmatchedReceipt,
)
from payments.states import CheckoutState

Row = TypeVar("Row", bound=Model)


def _by_id(model: type[Row], *along: str, no_key: bool = False) -> Prepared[Row]:
    """The query that locks one row by its id and loads `along` with it."""
    return Prepared(
        lambda: (
            model._default_manager.select_for_update(of=("self",), no_key=no_key)
            .select_related(*along)
            .filter(pk=Given("pk"))
            .order_by()
        )
    )


_PAYMENT: Final = _by_id(Payment, "profile")
_EXTERNAL_PAYMENT: Final = Prepared(
    lambda: (
        Payment.objects.select_for_update(of=("self",))
        .select_related("profile")
        .filter(
            provider=Given("provider", CharField()),
            account=Given("account", CharField()),
            external_id=Given("external_id", CharField()),
        )
        .order_by()
    )
)
_REFUND: Final = _by_id(Refund, "profile")
_DISPUTE: Final = _by_id(Dispute, "profile")
_CHECKOUT: Final = _by_id(Checkout, "profile", "customer", "invoice")
_WAITING_CHECKOUTS: Final = Prepared(
    lambda: (
        Checkout.objects.select_for_update(of=("self",))
        .select_related("profile", "customer", "invoice")
        .filter(
            pk__in=CheckoutPart.objects.filter(one_of("invoice_id", "invoices")).values("checkout_id"),
            status__in=[CheckoutState.OPEN, CheckoutState.UNKNOWN],
        )
        .order_by("pk")
    )
)
_STATEMENT: Final = _by_id(Statement, "account", "profile", "file", no_key=True)
_STATEMENT_LINES: Final = Prepared(
    lambda: (
        StatementLine.objects.select_for_update(of=("self",))
        .select_related("account", "profile")
        .filter(one_of("pk", "wanted"))
        .order_by("pk")
    )
)
_COLLECTION: Final = _by_id(PlanCollection, "profile", "plan", "customer")


def payment_lock(payment_id: UUID) -> Payment:
    """Locks one payment. The invoices that it is to be allocated to are locked before. Raises NotFound."""
    if (payment := _PAYMENT.row(pk=payment_id)) is None:
        raise NotFound(_("There is no such payment."))
    return payment


def external_payment_lock(*, provider: str, account: str, external_id: str) -> Payment | None:
    """Locks the payment that a provider's id stands for, if we have it."""
    return _EXTERNAL_PAYMENT.row(provider=provider, account=account, external_id=external_id)


def payment_fee_lock(payment_id: UUID) -> PaymentFee:
    """Locks the fee of a locked payment. Raises DoesNotExist."""
    return PaymentFee.objects.select_for_update(of=("self",)).get(payment_id=payment_id)


def refund_lock(refund_id: UUID) -> Refund:
    """Locks one refund. Its payment is locked before. Raises NotFound."""
    if (refund := _REFUND.row(pk=refund_id)) is None:
        raise NotFound(_("There is no such refund."))
    return refund


def dispute_lock(dispute_id: UUID) -> Dispute:
    """Locks one dispute. Its payment is locked before. Raises NotFound."""
    if (dispute := _DISPUTE.row(pk=dispute_id)) is None:
        raise NotFound(_("There is no such dispute."))
    return dispute


def checkout_lock(checkout_id: UUID) -> Checkout:
    """Locks one checkout, with its invoice loaded. Raises NotFound."""
    if (checkout := _CHECKOUT.row(pk=checkout_id)) is None:
        raise NotFound(_("There is no such checkout."))
    return checkout


def waiting_checkouts_lock(invoice_ids: Iterable[UUID]) -> list[Checkout]:
    """Locks the checkouts of invoices on which somebody may still begin to pay. The invoices are locked before."""
    return _WAITING_CHECKOUTS.rows(invoices=list(set(invoice_ids)))


def bank_account_lock(account_id: UUID) -> BankAccount:
    """Locks an account. Raises NotFound."""
    found = list(BankAccount.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=account_id))
    if not found:
        raise NotFound(_("There is no such account."))
    return found[0]


def statement_lock(statement_id: UUID) -> Statement:
    """Locks a statement, not its lines. Raises NotFound."""
    if (statement := _STATEMENT.row(pk=statement_id)) is None:
        raise NotFound(_("There is no such statement."))
    return statement


def statement_lines_lock(line_ids: Iterable[UUID]) -> list[StatementLine]:
    """Locks lines in the order of their ids, with their accounts. Invoices and payments are locked before."""
    return _STATEMENT_LINES.rows(wanted=list(set(line_ids)))


def match_rules_lock(profile_id: UUID) -> list[MatchRule]:
    """Locks the rules of a profile; in their order."""
    found = list(MatchRule.objects.select_for_update(of=("self",)).filter(profile_id=profile_id).order_by("pk"))
    return sorted(found, key=lambda rule: rule.position)


def saved_method_lock(method_id: UUID) -> SavedMethod:
    """Locks one saved method. Raises NotFound."""
    rows = SavedMethod.objects.select_for_update(of=("self",)).select_related("profile", "customer")
    found = list(rows.filter(pk=method_id))
    if not found:
        raise NotFound(_("There is no such payment method."))
    return found[0]


def method_setup_lock(setup_id: UUID) -> MethodSetup:
    """Locks one setup. Raises NotFound."""
    rows = MethodSetup.objects.select_for_update(of=("self",)).select_related("profile", "customer")
    found = list(rows.filter(pk=setup_id))
    if not found:
        raise NotFound(_("There is no such payment method."))
    return found[0]


def receipt_lock(receipt_id: UUID) -> UnmatchedReceipt:
    """Locks one receipt that waits for a person. Raises NotFound."""
    rows = UnmatchedReceipt.objects.select_for_update(of=("self",)).select_related("profile")
    found = list(rows.filter(pk=receipt_id))
    if not found:
        raise NotFound(_("There is no such receipt."))
    return found[0]


def payment_plan_lock(plan_id: UUID) -> PaymentPlan:
    """Locks one payment plan. Its invoices are locked before. Raises NotFound."""
    rows = PaymentPlan.objects.select_for_update(of=("self",)).select_related("profile", "customer")
    found = list(rows.filter(pk=plan_id))
    if not found:
        raise NotFound(_("There is no such payment plan."))
    return found[0]


def proof_lock(proof_id: UUID) -> PaymentProof:
    """Locks one file beside a payment. Raises NotFound."""
    rows = PaymentProof.objects.select_for_update(of=("self",)).select_related("payment")
    found = list(rows.filter(pk=proof_id))
    if not found:
        raise NotFound(_("There is no such file."))
    return found[0]


def external_invoice_lock(invoice_id: UUID) -> ExternalInvoice:
    """Locks one invoice of a provider. Raises NotFound."""
    rows = ExternalInvoice.objects.select_for_update(of=("self",)).select_related("profile")
    found = list(rows.filter(pk=invoice_id))
    if not found:
        raise NotFound(_("There is no such invoice."))
    return found[0]


def collection_lock(collection_id: UUID) -> PlanCollection:
    """Locks one collection of a plan. Raises NotFound."""
    if (collection := _COLLECTION.row(pk=collection_id)) is None:
        raise NotFound(_("There is no such record."))
    return collection
