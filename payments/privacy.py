"""Payments are kept as the law says; what checkouts remember of the client goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.privacy import (
    Held,
    HeldFile,
    Holder,
    Kept,
    Outcome,
    Subject,
    erased,
    history_blank,
    kept_by_law,
    not_personal,
    register_holder,
    rows_of,
)
from billing_assistant.ledger.models import OwnerBalance
from payments.models import (
    Checkout,
    Dispute,
    ExternalInvoice,
    MethodSetup,
    Payment,
    PaymentPlan,
    PaymentProof,
    PlanCollection,
    Refund,
    SavedMethod,
    UnmatchedReceipt,
    WriteOff,
)
from payments.states import CheckoutState, PaymentState, SavedMethodState, SetupState

LAW: Final = _("Tax law: payments are part of the books.")
RUNNING: Final = (CheckoutState.OPEN, CheckoutState.PROCESSING, CheckoutState.UNKNOWN)
UNDER_WAY: Final = (PaymentState.PENDING, PaymentState.PROCESSING)
FORGOTTEN: Final = {"label": "", "failure": "", "consent_text": "", "consent_by_label": ""}
EMPTIED: Final = {"url": "", "phone": "", "failure": "", "actor_label": ""}
UNNAMED: Final = {"payer_name": "", "payer_email": "", "url": "", "linked_by_label": ""}
NAMELESS: Final = {"payer_name": "", "payer_phone": ""}


def _payments(subject: Subject) -> QuerySet[Payment]:
    return Payment.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def _checkouts(subject: Subject) -> QuerySet[Checkout]:
    return Checkout.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def _methods(subject: Subject) -> QuerySet[SavedMethod]:
    return SavedMethod.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def _receipts(subject: Subject) -> QuerySet[UnmatchedReceipt]:
    return UnmatchedReceipt.objects.filter(payment__customer_id__in=subject.customer_ids).order_by("id")


def _elsewhere(subject: Subject) -> QuerySet[ExternalInvoice]:
    return ExternalInvoice.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def _refs(subject: Subject) -> Iterable[object]:
    for rows in (_payments(subject), _checkouts(subject), _elsewhere(subject)):
        for pair in rows.values_list("pk", "external_id"):
            yield from pair


def _obstacles(subject: Subject) -> Iterable[str]:
    balances = OwnerBalance.objects.filter(owner_id__in=subject.customer_ids)
    if balances.filter(~Q(outstanding=0)).exists():
        yield gettext("Money is outstanding: collect it, credit it or write it off first.")
    if balances.filter(~Q(unapplied=0)).exists() or _payments(subject).filter(unapplied__gt=0).exists():
        yield gettext("The customer has unapplied credit: apply it to an invoice or pay it back first.")
    running = _checkouts(subject).filter(status__in=[state.value for state in RUNNING]).exists()
    if running or _payments(subject).filter(status__in=[state.value for state in UNDER_WAY]).exists():
        yield gettext("An online payment is under way: wait until it is paid or has expired.")


def _export(subject: Subject) -> Iterable[Held]:
    names = ("number", "received_on", "method", "status", "currency", "amount", "amount_allocated", "amount_refunded")
    told = ("amount_disputed", "unapplied", "amount_withheld", "withholding_certificate", "reference", "note")
    more = ("provider", "external_id", "failure", "reversal_reason")
    yield Held("payments", _("Payments"), rows_of(_payments(subject), *names, *told, *more))
    tried = ("created_at", "gateway", "status", "currency", "amount", "expires_at", "failure")
    yield Held("checkouts", _("Online payments"), rows_of(_checkouts(subject), *tried))
    given_back = Refund.objects.filter(customer_id__in=subject.customer_ids).order_by("id")
    refunded = ("number", "refunded_on", "method", "status", "currency", "amount", "reason", "reference", "failure")
    yield Held("refunds", _("Refunds"), rows_of(given_back, *refunded))
    agreed = (
        "created_at",
        "label",
        "kind",
        "gateway",
        "state",
        "autopay",
        "consented_at",
        "consent_text",
        "revoked_at",
    )
    yield Held("saved_methods", _("Saved payment methods"), rows_of(_methods(subject), *agreed))
    disputed = Dispute.objects.filter(customer_id__in=subject.customer_ids).order_by("id")
    opened = ("number", "opened_on", "status", "currency", "amount", "fee", "reason", "note", "closed_on")
    yield Held("disputes", _("Disputes"), rows_of(disputed, *opened))
    proven = PaymentProof.objects.filter(payment__customer_id__in=subject.customer_ids, removed_at__isnull=True)
    shown = proven.select_related("file").order_by("id")
    files = [HeldFile(f"proofs/{one.pk}-{one.name}", one.file) for one in shown]
    yield Held("payment_proofs", _("Proofs of payments"), rows_of(shown, "created_at", "name"), files)
    planned = PaymentPlan.objects.filter(customer_id__in=subject.customer_ids).order_by("id")
    promised = ("number", "agreed_on", "status", "currency", "amount", "reason", "note", "ended_on")
    yield Held("payment_plans", _("Payment plans"), rows_of(planned, *promised))
    came = ("paid_at", "currency", "amount", "reference", "payer_name", "payer_phone")
    yield Held("receipts", _("Receipts"), rows_of(_receipts(subject), *came))
    billed = ("number", "status", "made_at", "currency", "total", "amount_due", "payer_name", "payer_email")
    yield Held("external_invoices", _("Invoices at providers"), rows_of(_elsewhere(subject), *billed))
    given_up = WriteOff.objects.filter(customer_id__in=subject.customer_ids).order_by("id")
    yield Held("write_offs", _("Write-offs"), rows_of(given_up, "written_off_on", "currency", "amount", "reason"))


def _erase(subject: Subject, _now: datetime) -> Outcome:
    checkouts = list(_checkouts(subject).values_list("pk", flat=True))
    done = Checkout.objects.filter(pk__in=checkouts).exclude(**EMPTIED).update(**EMPTIED)
    history_blank(Checkout, checkouts, EMPTIED)
    methods = list(_methods(subject).values_list("pk", flat=True))
    tokens = {"token_sealed": "", "payer_token_sealed": "", "autopay": False, "state": SavedMethodState.REMOVED}
    _methods(subject).update(**FORGOTTEN, **tokens)
    history_blank(SavedMethod, methods, FORGOTTEN)
    setups = MethodSetup.objects.filter(customer_id__in=subject.customer_ids)
    setups.filter(status=SetupState.OPEN).update(status=SetupState.EXPIRED, ask_at=None)
    setups.update(url="", actor_label="")
    receipts = list(_receipts(subject).values_list("pk", flat=True))
    nameless = UnmatchedReceipt.objects.filter(pk__in=receipts).exclude(**NAMELESS).update(**NAMELESS)
    history_blank(UnmatchedReceipt, receipts, NAMELESS)
    PlanCollection.objects.filter(customer_id__in=subject.customer_ids).update(url="")
    elsewhere = list(_elsewhere(subject).values_list("pk", flat=True))
    unnamed = ExternalInvoice.objects.filter(pk__in=elsewhere).exclude(**UNNAMED).update(**UNNAMED)
    history_blank(ExternalInvoice, elsewhere, UNNAMED)
    last_day = _payments(subject).aggregate(day=Max("received_on"))["day"]
    kept = Kept(_("Payments"), _payments(subject).count(), LAW, last_day)
    given_back = Refund.objects.filter(customer_id__in=subject.customer_ids)
    last_given_back = given_back.aggregate(day=Max("refunded_on"))["day"]
    given_up = WriteOff.objects.filter(customer_id__in=subject.customer_ids)
    last_given_up = given_up.aggregate(day=Max("written_off_on"))["day"]
    disputed = Dispute.objects.filter(customer_id__in=subject.customer_ids)
    disputes = Kept(_("Disputes"), disputed.count(), LAW, disputed.aggregate(day=Max("opened_on"))["day"])
    planned = PaymentPlan.objects.filter(customer_id__in=subject.customer_ids)
    plans = Kept(_("Payment plans"), planned.count(), LAW, planned.aggregate(day=Max("agreed_on"))["day"])
    refunds = Kept(_("Refunds"), given_back.count(), LAW, last_given_back)
    write_offs = Kept(_("Write-offs"), given_up.count(), LAW, last_given_up)
    gone = [(_("Online payments"), done), (_("Saved payment methods"), len(methods)), (_("Receipts"), nameless)]
    gone.append((_("Invoices at providers"), unnamed))
    return Outcome(gone, [kept, refunds, disputes, plans, write_offs])


WHY: Final = "Payments are part of the books, which are kept as tax law says."
STATED: Final = "Bank statements are vouchers of the books, which are kept as tax law says."
FIELDS: Final = {
    **kept_by_law("payments.Payment", "reference", "note", "failure", "reversal_reason", reason=WHY),
    **kept_by_law("payments.WriteOff", "reason", reason=WHY),
    **kept_by_law("payments.Dispute", "reason", "note", reason=WHY),
    **kept_by_law("payments.Refund", "reason", "reference", "failure", reason=WHY),
    **kept_by_law("payments.PaymentProof", "name", reason="Vouchers of the books are kept as tax law says."),
    **not_personal("payments.PaymentProof", "added_by_label", "removed_by_label", reason="A colleague of the seller."),
    **kept_by_law("payments.PaymentPlan", "reason", "note", reason=WHY),
    **not_personal("payments.PlanCollection", "product_name", "failure", reason="A product and words of our own."),
    **not_personal("payments.PlanCollection", "begun_by_label", reason="A colleague of the seller."),
    **erased("payments.PlanCollection", "url"),
    **not_personal("payments.PaymentPlan", "actor_label", reason="A colleague of the seller."),
    **erased("payments.Checkout", *EMPTIED),
    **erased("payments.SavedMethod", *FORGOTTEN, "token_sealed", "payer_token_sealed"),
    **erased("payments.MethodSetup", "url", "actor_label"),
    **erased("payments.ExternalInvoice", *UNNAMED),
    **not_personal("payments.ExternalInvoice", "payer", reason="The provider's own number."),
    **erased("payments.UnmatchedReceipt", *NAMELESS),
    **kept_by_law("payments.UnmatchedReceipt", "reference", "closed_reason", reason=WHY),
    **not_personal("payments.UnmatchedReceipt", "closed_by_label", reason="A colleague of the seller."),
    **not_personal("payments.Payment", "recorded_by_label", reason="A colleague of the seller."),
    **not_personal("payments.Dispute", "actor_label", reason="A colleague of the seller."),
    **not_personal("payments.Refund", "actor_label", reason="A colleague of the seller."),
    **not_personal("payments.WriteOff", "actor_label", reason="A colleague of the seller."),
    **kept_by_law("payments.Allocation", "actor_label", reason=WHY),
    **kept_by_law("payments.StatementLine", "counterparty", "reference", "text", "reason", reason=STATED),
    **not_personal("payments.StatementLine", "identity", "bank_id", reason="The bank's own numbers."),
    **not_personal("payments.StatementLine", "done_by_label", reason="A colleague of the seller."),
    **not_personal("payments.BankAccount", "name", "number_sealed", reason="The seller's own account."),
    **not_personal("payments.Statement", "actor_label", "failure", reason="A colleague of the seller."),
    **kept_by_law("payments.Statement", "undo_reason", reason=STATED),
    **not_personal("payments.LineMatch", "actor_label", "undone_by_label", reason="A colleague of the seller."),
    **not_personal("payments.LineMatch", "evidence", reason="Figures and words of our own."),
    **not_personal("payments.LineGivenBack", "actor_label", "undone_by_label", reason="A colleague of the seller."),
    **not_personal("payments.LineGivenBack", "evidence", reason="Figures and words of our own."),
    **not_personal("payments.MatchCandidate", "parts", "evidence", reason="Numbers of invoices, words of our own."),
}

register_holder(Holder("payments", FIELDS, _export, _erase, refs=_refs, obstacles=_obstacles))
