"""Papers of the demo company: a proof beside a payment, and a statement of the Paybill with lines that fit nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Final
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFont

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile
from invoices.models import Invoice
from payments.models import BankAccount, Payment
from payments.services.bank_accounts import BankAccountInput, bank_account_create
from payments.services.proofs import proof_add, proofs_at
from payments.services.statement_steps import statement_advance
from payments.services.statements import statement_create
from payments.statement_states import BankAccountKind

OPENING: Final = Decimal(184_250)
HEADS: Final = (
    "Receipt No.",
    "Completion Time",
    "Initiation Time",
    "Details",
    "Transaction Status",
    "Paid In",
    "Withdrawn",
    "Balance",
    "Balance Confirmed",
    "Reason Type",
    "Other Party Info",
    "Linked Transaction ID",
    "A/C No.",
)
STRANGERS: Final = (
    ("254712***678", "JOHN KAMAU", "5000", "KAMAU"),
    ("254733***104", "MERCY ATIENO", "12500", "hosting"),
    ("254701***552", "BARAKA FOODS", "9000", ""),
)


def papers_make(*, profile: BusinessProfile, actor: Actor, now: datetime) -> bool:
    """Keeps both, once; returns whether it had to. Not inside a transaction: files come before rows that name them."""
    account = BankAccount.objects.filter(profile=profile, kind=BankAccountKind.MPESA).first()
    if account is not None:
        return False
    payment = Payment.objects.filter(profile=profile, method="bank_transfer").order_by("-id").first()
    if payment is not None and not proofs_at(payment).exists():
        slip = _slip(payment)
        proof_add(payment=payment, content=slip, name="transfer-slip.png", actor=actor, now=now)
    data = BankAccountInput(
        name="M-Pesa Paybill", kind=BankAccountKind.MPESA, currency="KES", number=profile.mpesa_paybill
    )
    account = bank_account_create(profile_id=profile.pk, data=data, actor=actor, now=now)
    content = _statement(profile, now).encode()
    name = f"paybill-{now:%Y-%m-%d}.csv"
    statement = statement_create(account_id=account.pk, content=content, file_name=name, actor=actor, now=now)
    statement_advance(statement_id=statement.pk)
    return True


def _statement(profile: BusinessProfile, now: datetime) -> str:
    """Yesterday at the Paybill: strangers' money, a name without a number, and one payment that says what it is for."""
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    yesterday = now.astimezone(ZoneInfo(profile.time_zone)) - timedelta(days=1)
    rows.writerow(["Organization Name:", profile.legal_name])
    rows.writerow(["Short Code:", profile.mpesa_paybill])
    rows.writerow(["Time Period:", f"From {yesterday:%d-%m-%Y} To {yesterday:%d-%m-%Y}"])
    rows.writerow([])
    rows.writerow(HEADS)
    balance = OPENING
    for place, (phone, name, amount, reference) in enumerate(_paid_in(profile)):
        moment = f"{yesterday:%Y-%m-%d} 1{place}:24:05"
        balance += Decimal(amount)
        details, party = f"Pay Bill from {phone}", f"{phone} - {name}"
        done = (moment, moment, details, "Completed", amount, "", balance, "true", "Pay Bill", party, "", reference)
        rows.writerow([f"TD{yesterday:%d}X{place}K7", *done])
    return out.getvalue()


def _paid_in(profile: BusinessProfile) -> Iterator[tuple[str, str, str, str]]:
    yield from STRANGERS
    owed = Invoice.objects.filter(profile=profile, customer__name="Jua Solar Ltd", amount_due__gt=0)
    if (invoice := owed.order_by("issued_on", "id").first()) is not None:
        yield ("254722***310", "JUA SOLAR", str(invoice.amount_due.quantize(Decimal("0.01"))), invoice.number)


def _slip(payment: Payment) -> bytes:
    """A bank's slip as somebody photographs it."""
    image = Image.new("RGB", (900, 560), "#f7f5ef")
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 876, 536), outline="#12302d", width=3)
    lines = ("Transfer slip", payment.customer.name, f"{payment.currency} {payment.amount:,.2f}", payment.reference)
    for place, text in enumerate(lines):
        draw.text((64, 64 + place * 100), text, font=ImageFont.load_default(size=44), fill="#12302d")
    out = BytesIO()
    image.save(out, format="PNG", optimize=True)
    return out.getvalue()
