"""Issue: a draft becomes an invoice. Number, snapshots, ledger and event in one transaction; immutable from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import rows_update
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.pipelined import pipelined
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from customers.selectors import customers_by_id
from customers.states import CustomerStatus
from invoices.errors import CustomerSuspended
from invoices.locks import drafts_lock
from invoices.models import Invoice, InvoiceDraft
from invoices.services.billable_following import billable_invoiced
from invoices.services.compute import Discount, compute
from invoices.services.draft_lines import lines_known
from invoices.services.draft_snapshots import line_input
from invoices.services.issuing import Issuable, documents_issue, issuable
from invoices.services.numbering import series_of_drafts
from invoices.services.promo_uses import promo_codes_claim, promo_uses_write
from invoices.states import DRAFT_TRANSITIONS, DiscountKind, DraftStatus

FEW_LINES: Final = 15
"""An issue of so few lines writes few rows into every table."""
declare("issue.before_commit")


def invoice_issue(*, draft_id: UUID, actor: Actor, now: datetime, issued_on: date | None = None) -> Invoice:
    """Issues one draft. `issued_on` is the profile's local date; by default today, never before the series' last date.

    Raises PermissionRefused, NotFound, TransitionRefused (already invoiced), DraftIncomplete, CustomerSuspended,
    PromoCodeRefused, IssueDateRefused, PeriodLocked, TaxRateNotValid, ExchangeRateMissing, ValidationFailed. On refusal
    nothing has changed and no number is used.
    """
    return invoices_issue(draft_ids=[draft_id], actor=actor, now=now, issued_on=issued_on)[0]


def invoices_issue(
    *,
    draft_ids: Iterable[UUID],
    actor: Actor,
    now: datetime,
    issued_on: date | None = None,
    beside: Mapping[str, Any] | None = None,
) -> list[Invoice]:
    """Issues drafts together: all or none, numbered as one block per series in date order, then in the order given.

    `beside` is what the events say besides the usual, such as the plan that a draft was made from.
    """
    actor.require(Right.INVOICES_ISSUE)
    ordered = list(dict.fromkeys(draft_ids))
    with transaction.atomic():
        drafts = {draft.pk: draft for draft in _locked(ordered, actor)}
        prepared = [_prepare(drafts[draft_id], issued_on, now, beside or {}) for draft_id in ordered]
        promos = promo_codes_claim([(one.draft, one.totals) for one in prepared], now=now)
        series = series_of_drafts([one.draft for one in prepared])
        by_series: dict[tuple[UUID, UUID], list[Issuable[InvoiceDraft]]] = {}
        for one in prepared:
            by_series.setdefault((one.draft.profile_id, series[one.draft.pk].pk), []).append(one)
        issued: dict[UUID, Invoice] = {}
        with pipelined(when=sum(len(one.lines) for one in prepared) <= FEW_LINES):
            for key in sorted(by_series):
                group = by_series[key]
                invoices = documents_issue(
                    group, series=series[group[0].draft.pk], actor=actor, now=now, strict=issued_on is not None
                )
                _close_drafts(group, invoices)
                issued |= {one.draft.pk: invoice for one, invoice in zip(group, invoices, strict=True)}
        promo_uses_write([(promo, issued[draft_id]) for draft_id, promo in promos.items()], now=now)
        fail_point("issue.before_commit")
    return [issued[draft_id] for draft_id in ordered]


def _locked(draft_ids: Sequence[UUID], actor: Actor) -> list[InvoiceDraft]:
    drafts = drafts_lock(draft_ids)
    for draft in drafts:
        if not actor.can_see(draft.profile_id):
            raise NotFound(_("There is no such draft."))
        require_transition(DRAFT_TRANSITIONS, draft.number, DraftStatus(draft.status), DraftStatus.CONVERTED)
    customers = customers_by_id({draft.customer_id for draft in drafts})
    lines_known(drafts)
    for draft in drafts:
        draft.customer = customers[draft.customer_id]
        draft.profile = draft.customer.profile
        if draft.customer.status == CustomerStatus.SUSPENDED:
            raise CustomerSuspended(draft.customer.name)
    return drafts


def _prepare(
    draft: InvoiceDraft, issued_on: date | None, now: datetime, beside: Mapping[str, Any]
) -> Issuable[InvoiceDraft]:
    lines = tuple(line_input(line) for line in draft.lines.all())
    totals = compute(
        lines,
        currency=draft.currency,
        prices_include_tax=draft.prices_include_tax,
        discount=Discount(DiscountKind(draft.discount_kind), draft.discount_value),
    )
    data = {"draft": draft.number, "auto_send": draft.customer.auto_send_invoices, **beside}
    return issuable(Issuable(draft, lines, totals, issued_on or local_today(draft.profile, now), data))


def _close_drafts(prepared: Sequence[Issuable[InvoiceDraft]], invoices: Sequence[Invoice]) -> None:
    changed = ["status", "invoice", "scheduled_for"]
    for one, invoice in zip(prepared, invoices, strict=True):
        one.draft.status, one.draft.invoice, one.draft.scheduled_for = DraftStatus.CONVERTED, invoice, None
    rows_update([one.draft for one in prepared], changed)
    with_work = [one.draft.pk for one in prepared if any(line.billable for line in one.draft.lines.all())]
    if with_work:
        billable_invoiced(draft_ids=with_work, now=invoices[0].issued_at)
