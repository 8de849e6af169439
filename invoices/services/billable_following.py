"""Billable work and the lines that bill it: claimed with a line, freed without it, invoiced and freed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from invoices.billable_states import BillableState
from invoices.locks import billable_lock, billable_of_draft_lock
from invoices.models import BillableItem, DraftLine, Invoice, InvoiceDraft
from invoices.services.compute import LineInput

Ids = tuple[UUID, ...]


def billable_follow(
    *, draft: InvoiceDraft, lines: Sequence[LineInput], currency: str, actor: Actor, now: datetime
) -> tuple[LineInput, ...]:
    """Lets the work follow the lines of a locked or new draft, inside the caller's transaction.

    What a line carries is claimed when it is open, of this customer and in this currency; what no line carries any
    longer is open again. A line that does not say what it carries keeps what it had. Returns the lines with what they
    carry now; those that lost something are told in `draft.not_taken` and as an event.
    """
    said = [line.billable for line in lines]
    if draft.version > 1 and None in said:
        said = _as_before(draft, lines)
    carried = _claim(draft, [ids or () for ids in said], currency=currency, actor=actor, now=now)
    draft.not_taken = tuple(
        line.description for line, asked, has in zip(lines, said, carried, strict=True) if len(asked or ()) > len(has)
    )
    _tell_not_taken(draft, actor, now)
    return tuple(replace(line, billable=ids) for line, ids in zip(lines, carried, strict=True))


def billable_free(*, draft: InvoiceDraft, actor: Actor, now: datetime) -> int:
    """Sets the work on a locked draft open again; its lines remember it. Returns how much."""
    rows = billable_of_draft_lock(draft, ())
    return _free(draft, [item.pk for item in rows], actor, now)


def billable_take_again(*, draft: InvoiceDraft, actor: Actor, now: datetime) -> None:
    """Claims what the lines of a locked draft remember, as far as it is still open; the other lines forget it."""
    lines = list(draft.lines.order_by("position"))
    asked = [tuple(map(UUID, line.billable)) for line in lines]
    carried = _claim(draft, asked, currency=draft.currency, actor=actor, now=now)
    changed = [(line, has) for line, before, has in zip(lines, asked, carried, strict=True) if len(has) < len(before)]
    for line, has in changed:
        line.billable = [str(pk) for pk in has]
    DraftLine.objects.bulk_update([line for line, _has in changed], ["billable"])
    draft.not_taken = tuple(line.description for line, _has in changed)
    _tell_not_taken(draft, actor, now)


def billable_invoiced(*, draft_ids: Iterable[UUID], now: datetime) -> int:
    """Sets the work on locked drafts that have just become invoices invoiced. Returns how much."""
    drafted = BillableItem.objects.filter(draft_id__in=list(draft_ids), state=BillableState.DRAFTED)
    rows = billable_lock(drafted.values_list("pk", flat=True))
    if not rows:
        return 0
    invoice = InvoiceDraft.objects.filter(pk=OuterRef("draft_id")).values("invoice_id")
    return BillableItem.objects.filter(pk__in=[item.pk for item in rows]).update(
        state=BillableState.INVOICED, invoice_id=Subquery(invoice), updated_at=now
    )


def billable_free_of_invoice(*, invoice: Invoice, actor: Actor, now: datetime) -> int:
    """Sets the work on a locked invoice that is void open again. Returns how much.

    A credit note frees nothing: the invoice stands, and what is billed anew is written down anew.
    """
    rows = billable_lock(BillableItem.objects.filter(invoice=invoice).values_list("pk", flat=True))
    if not rows:
        return 0
    freed = BillableItem.objects.filter(pk__in=[item.pk for item in rows]).update(
        state=BillableState.OPEN, draft=None, invoice=None, updated_at=now
    )
    _record("billable.freed", invoice, actor, now, freed)
    return freed


def _claim(draft: InvoiceDraft, asked: Sequence[Ids], *, currency: str, actor: Actor, now: datetime) -> list[Ids]:
    """Moves work to the draft and off it. Returns what each line has, in the order asked; nothing stands in two."""
    wanted = {pk for ids in asked for pk in ids}
    if draft._state.adding and not wanted:
        return [()] * len(asked)
    rows = {item.pk: item for item in billable_of_draft_lock(draft, wanted)}
    free_to_take = {pk for pk, item in rows.items() if _may_have(draft, item, currency)}
    carried: list[Ids] = []
    for ids in asked:
        has = tuple(pk for pk in dict.fromkeys(ids) if pk in free_to_take)
        free_to_take.difference_update(has)
        carried.append(has)
    kept = {pk for ids in carried for pk in ids}
    taken = [pk for pk in kept if rows[pk].state == BillableState.OPEN]
    if taken:
        BillableItem.objects.filter(pk__in=taken).update(state=BillableState.DRAFTED, draft=draft, updated_at=now)
        _record("billable.drafted", draft, actor, now, len(taken))
    _free(draft, [pk for pk, item in rows.items() if item.draft_id == draft.pk and pk not in kept], actor, now)
    return carried


def _may_have(draft: InvoiceDraft, item: BillableItem, currency: str) -> bool:
    own = item.draft_id == draft.pk and item.state == BillableState.DRAFTED
    fits = item.customer_id == draft.customer_id and item.currency == currency
    return fits and (own or item.state == BillableState.OPEN)


def _free(draft: InvoiceDraft, ids: Sequence[UUID], actor: Actor, now: datetime) -> int:
    if not ids:
        return 0
    freed = BillableItem.objects.filter(pk__in=ids).update(state=BillableState.OPEN, draft=None, updated_at=now)
    _record("billable.freed", draft, actor, now, freed)
    return freed


def _as_before(draft: InvoiceDraft, lines: Sequence[LineInput]) -> list[Ids | None]:
    """What lines that do not say it carry: that of the line with the same text, else of the line at their place."""
    left = {line.position: line for line in draft.lines.order_by("position") if line.billable}
    said = [line.billable for line in lines]
    for index, line in enumerate(lines):
        same = next((old for old in left.values() if old.description == line.description.strip()), None)
        if said[index] is None and same is not None:
            said[index] = _ids(left.pop(same.position))
    for index in range(len(lines)):
        if said[index] is None and index + 1 in left:
            said[index] = _ids(left.pop(index + 1))
    return said


def _ids(line: DraftLine) -> Ids:
    return tuple(map(UUID, line.billable))


def _tell_not_taken(draft: InvoiceDraft, actor: Actor, now: datetime) -> None:
    if draft.not_taken:
        _record("billable.not_taken", draft, actor, now, len(draft.not_taken))


def _record(name: str, subject: InvoiceDraft | Invoice, actor: Actor, now: datetime, number: int) -> None:
    events.record(
        name=name,
        subject=subject,
        actor=actor,
        now=now,
        profile_id=subject.profile_id,
        customer_id=subject.customer_id,
        label=subject.number,
        data={"items": number},
    )
