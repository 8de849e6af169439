"""Row locks of the payments app.

Order for all: receipts, invoices by id, then payment plans, then payments, then refunds, then checkouts, each by id,
then statements, then their lines by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
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


def payment_lock(payment_id: UUID) -> Payment:
    """Locks one payment. The invoices that it is to be allocated to are locked before. Raises NotFound."""
    found = list(Payment.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=payment_id))
    if not found:
        raise NotFound(_("There is no such payment."))
    return found[0]


def external_payment_lock(*, provider: str, account: str, external_id: str) -> Payment | None:
    """Locks the payment that a provider's id stands for, if we have it."""
    rows = Payment.objects.select_for_update(of=("self",)).select_related("profile")
    return next(iter(rows.filter(provider=provider, account=account, external_id=external_id)), None)


def payment_fee_lock(payment_id: UUID) -> PaymentFee:
    """Locks the fee of a locked payment. Raises DoesNotExist."""
    return PaymentFee.objects.select_for_update(of=("self",)).get(payment_id=payment_id)


def refund_lock(refund_id: UUID) -> Refund:
    """Locks one refund. Its payment is locked before. Raises NotFound."""
    rows = Refund.objects.select_for_update(of=("self",)).select_related("profile")
    found = list(rows.filter(pk=refund_id))
    if not found:
        raise NotFound(_("There is no such refund."))
    return found[0]


def dispute_lock(dispute_id: UUID) -> Dispute:
    """Locks one dispute. Its payment is locked before. Raises NotFound."""
    found = list(Dispute.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=dispute_id))
    if not found:
        raise NotFound(_("There is no such dispute."))
    return found[0]


def checkout_lock(checkout_id: UUID) -> Checkout:
    """Locks one checkout, with its invoice loaded. Raises NotFound."""
    rows = Checkout.objects.select_for_update(of=("self",)).select_related("profile", "customer", "invoice")
    found = list(rows.filter(pk=checkout_id))
    if not found:
        raise NotFound(_("There is no such checkout."))
    return found[0]


def waiting_checkouts_lock(invoice_ids: Iterable[UUID]) -> list[Checkout]:
    """Locks the checkouts of invoices on which somebody may still begin to pay. The invoices are locked before."""
    wanted = CheckoutPart.objects.filter(invoice_id__in=set(invoice_ids)).values("checkout_id")
    rows = Checkout.objects.select_for_update(of=("self",)).select_related("profile", "customer", "invoice")
    waiting = [CheckoutState.OPEN, CheckoutState.UNKNOWN]
    return list(rows.filter(pk__in=wanted, status__in=waiting).order_by("pk"))


def bank_account_lock(account_id: UUID) -> BankAccount:
    """Locks an account. Raises NotFound."""
    found = list(BankAccount.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=account_id))
    if not found:
        raise NotFound(_("There is no such account."))
    return found[0]


def statement_lock(statement_id: UUID) -> Statement:
    """Locks a statement, not its lines. Raises NotFound."""
    rows = Statement.objects.select_for_update(of=("self",), no_key=True).select_related("account", "profile", "file")
    found = list(rows.filter(pk=statement_id))
    if not found:
        raise NotFound(_("There is no such statement."))
    return found[0]


def statement_lines_lock(line_ids: Iterable[UUID]) -> list[StatementLine]:
    """Locks lines in the order of their ids, with their accounts. Invoices and payments are locked before."""
    rows = StatementLine.objects.select_for_update(of=("self",)).select_related("account", "profile")
    return list(rows.filter(pk__in=set(line_ids)).order_by("pk"))


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
    rows = PlanCollection.objects.select_for_update(of=("self",)).select_related("profile", "plan", "customer")
    found = list(rows.filter(pk=collection_id))
    if not found:
        raise NotFound(_("There is no such record."))
    return found[0]
