"""The journal of M-Pesa, and its only writer: what was asked, what was told, what was found when asked back.

Rows are written before the call they are about. What a callback tells is kept apart from what Safaricom answers to a
question of ours: only the latter makes money.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from integrations.models import MpesaBalance, MpesaOrder, MpesaOrderKind, MpesaPush, MpesaReceipt
from integrations.mpesa.payloads import Arrival, OrderEnd, PromptEnd
from integrations.mpesa.results import PAID
from integrations.ports.payments import WebhookRefused

COMPLETED: Final = "Completed"
REVERSED: Final = "Reversed"
PROMPT_WINDOW: Final = timedelta(minutes=15)


def push_begin(
    *, connection_id: UUID, reference: UUID, shillings: int, phone: str, account_reference: str, now: datetime
) -> tuple[MpesaPush, bool]:
    """The row of a prompt, and whether it is new: one for one checkout."""
    return MpesaPush.objects.get_or_create(
        reference=reference,
        defaults={
            "connection_id": connection_id,
            "created_at": now,
            "shillings": shillings,
            "phone": phone,
            "account_reference": account_reference,
        },
    )


def push_accepted(push: MpesaPush, *, merchant_id: str, checkout_id: str) -> None:
    """Safaricom took the prompt. A callback may have named it before."""
    fresh = MpesaPush.objects.filter(pk=push.pk, checkout_id="")
    fresh.update(merchant_id=merchant_id[:60], checkout_id=checkout_id[:60])
    push.refresh_from_db()


def push_told(*, connection_id: UUID, reference: UUID, end: PromptEnd, now: datetime) -> MpesaPush:
    """Notes what a callback at the address of a prompt says. Where our call got no answer, it names the prompt.

    Raises WebhookRefused when it is about another prompt.
    """
    push = MpesaPush.objects.filter(connection_id=connection_id, reference=reference).first()
    if push is None:
        raise WebhookRefused(_("This address was not given to anybody."))
    if not push.checkout_id:
        push_accepted(push, merchant_id=end.merchant_id, checkout_id=end.checkout_id)
    if push.checkout_id != end.checkout_id:
        raise WebhookRefused(_("It is about another request than this address."))
    if push.result != PAID or not push.told_receipt:
        push.told_code, push.told_receipt, push.told_amount = end.code, end.receipt, end.amount
        push.told_phone, push.told_at = end.phone[:20], now
        push.save(update_fields=["told_code", "told_receipt", "told_amount", "told_phone", "told_at"])
    return push


def push_found(push: MpesaPush, *, code: str, now: datetime) -> None:
    """Notes how the prompt ended, as Safaricom answered when asked."""
    push.result, push.result_at = code[:20], now
    push.save(update_fields=["result", "result_at"])


def push_of(connection_id: UUID, checkout_id: str) -> MpesaPush | None:
    """The prompt that Safaricom calls so."""
    return (
        MpesaPush.objects.filter(connection_id=connection_id, checkout_id=checkout_id).exclude(checkout_id="").first()
    )


def receipt_claim(push: MpesaPush, *, now: datetime) -> MpesaReceipt | None:
    """The receipt of a prompt that was paid, taken for it once; None while nobody told it or another has it."""
    kept = MpesaReceipt.objects.filter(push=push).first()
    if kept is not None or not push.told_receipt:
        return kept
    try:
        with transaction.atomic():
            row, _made = MpesaReceipt.objects.get_or_create(
                connection_id=push.connection_id,
                receipt=push.told_receipt,
                defaults={
                    "push": push,
                    "created_at": now,
                    "amount": push.told_amount or push.shillings,
                    "typed_reference": push.account_reference,
                    "paid_at": push.told_at or now,
                },
            )
    except IntegrityError:
        return None
    if row.push_id is None and not row.state:
        MpesaReceipt.objects.filter(pk=row.pk, push=None, state="").update(push=push)
        row.refresh_from_db()
    return row if row.push_id == push.pk else None


def receipt_adopt(row: MpesaReceipt, push: MpesaPush) -> MpesaReceipt:
    """A receipt that was told as money at the Paybill is that of a prompt."""
    MpesaReceipt.objects.filter(pk=row.pk, push=None).update(push=push)
    row.refresh_from_db()
    return row


def receipt_of(connection_id: UUID, receipt: str) -> MpesaReceipt | None:
    """What is known of a receipt."""
    rows = MpesaReceipt.objects.select_related("push")
    return rows.filter(connection_id=connection_id, receipt=receipt).first()


def arrival_told(*, connection_id: UUID, told: Arrival, now: datetime) -> MpesaReceipt:
    """Notes money at the Paybill, once. What is told later under the same receipt changes nothing."""
    row, _made = MpesaReceipt.objects.get_or_create(
        connection_id=connection_id,
        receipt=told.receipt,
        defaults={
            "created_at": now,
            "amount": told.amount,
            "typed_reference": told.reference,
            "payer_name": told.payer_name,
            "payer_phone": told.payer_phone,
            "paid_at": told.paid_at,
        },
    )
    missing = {"payer_name": told.payer_name, "payer_phone": told.payer_phone}
    changed = {name: text for name, text in missing.items() if text and not getattr(row, name)}
    if changed:
        MpesaReceipt.objects.filter(pk=row.pk).update(**changed)
    return row


def arrival_asked(row: MpesaReceipt, *, now: datetime, again_after: timedelta) -> bool:
    """Whether this caller is the one to ask Safaricom about a receipt now."""
    never_or_long_ago = Q(asked_at=None) | Q(asked_at__lte=now - again_after)
    return bool(MpesaReceipt.objects.filter(never_or_long_ago, pk=row.pk).update(asked_at=now))


def arrival_found(row: MpesaReceipt, *, state: str, amount: object, now: datetime) -> None:
    """Notes what Safaricom says that a receipt is."""
    MpesaReceipt.objects.filter(pk=row.pk).update(state=state[:40], found_amount=amount, found_at=now)


def prompts_like(row: MpesaReceipt) -> list[MpesaPush]:
    """Prompts whose money a receipt may be: same words, same amount, near in time, and no receipt of their own.

    A till announces no words; there the phone has to be the same, as far as it is told.
    """
    near = Q(created_at__lte=row.paid_at + PROMPT_WINDOW, created_at__gte=row.paid_at - PROMPT_WINDOW)
    rows = MpesaPush.objects.filter(near, connection_id=row.connection_id, receipts=None).order_by("id")
    words = row.typed_reference.strip()
    alike = rows.filter(account_reference=words) if words else rows.filter(phone__endswith=_last_digits(row))
    return [push for push in alike if push.shillings == row.amount]


def _last_digits(row: MpesaReceipt) -> str:
    """The end of the payer's phone, whose middle is masked; what no phone ends with where none is told."""
    told = re.search(r"[0-9]{3,}$", row.payer_phone.strip(), re.ASCII)
    return told[0] if told else "-"


def order_begin(
    *,
    connection_id: UUID,
    kind: MpesaOrderKind,
    key: str,
    receipt: str,
    shillings: int,
    now: datetime,
    reference: str = "",
) -> tuple[MpesaOrder, bool]:
    """The row of an order, and whether it is new: one for one key."""
    return MpesaOrder.objects.get_or_create(
        connection_id=connection_id,
        key=key,
        defaults={
            "created_at": now,
            "kind": kind,
            "receipt": receipt,
            "shillings": shillings,
            "reference": reference[:80],
        },
    )


def order_accepted(order: MpesaOrder, *, originator_id: str, conversation_id: str) -> None:
    """Safaricom took the order; its result comes later, or came already."""
    MpesaOrder.objects.filter(pk=order.pk, originator_id="").update(
        originator_id=originator_id[:80], conversation_id=conversation_id[:80]
    )
    order.refresh_from_db()


def order_refused(order: MpesaOrder, *, text: str, now: datetime) -> None:
    """Safaricom did not take the order: it has no effect and never will."""
    MpesaOrder.objects.filter(pk=order.pk, result="").update(
        refusal=text[:200], result="refused", result_text=text[:200], result_at=now
    )
    order.refresh_from_db()


def order_told(*, connection_id: UUID, order_id: UUID, end: OrderEnd, now: datetime) -> MpesaOrder:
    """Notes the result that came to the address of an order. Raises WebhookRefused when it is about another."""
    order = MpesaOrder.objects.filter(connection_id=connection_id, pk=order_id).first()
    if order is None:
        raise WebhookRefused(_("This address was not given to anybody."))
    if not order.originator_id:
        order_accepted(order, originator_id=end.originator_id, conversation_id=end.conversation_id)
    if order.originator_id != end.originator_id:
        raise WebhookRefused(_("It is about another request than this address."))
    if not order.result:
        order.result, order.result_text, order.result_at = end.code, end.text, now
        order.save(update_fields=["result", "result_text", "result_at"])
    return order


def balance_told(order: MpesaOrder, *, amount: Decimal, now: datetime) -> None:
    """Notes the balance that came to the address of an order, once."""
    MpesaBalance.objects.get_or_create(
        order=order,
        defaults={"connection_id": order.connection_id, "amount": amount, "read_at": now, "created_at": now},
    )


def order_named(connection_id: UUID, originator_id: str) -> MpesaOrder | None:
    """The order that Safaricom calls so."""
    return MpesaOrder.objects.filter(connection_id=connection_id, originator_id=originator_id).first()


def reversals_done(connection_id: UUID, receipt: str, *, now: datetime) -> None:
    """A question found the transaction reversed: reversals of it whose result was lost have succeeded."""
    MpesaOrder.objects.filter(
        connection_id=connection_id, receipt=receipt, kind=MpesaOrderKind.REVERSAL, result=""
    ).update(result=PAID, result_text="Found reversed.", result_at=now)
