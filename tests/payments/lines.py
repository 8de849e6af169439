"""Lines of statements, for tests: read and tried, what was booked, what is suggested."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import JournalLine
from payments.models import BankAccount, MatchCandidate, StatementLine
from tests.payments.statement_files import brought, ofx


def line(account: BankAccount, amount: str, name: str = "SOMEBODY ELSE", text: str = "", *, bank_id: str = "F1") -> Any:
    """One line, read and tried."""
    brought(account, ofx((bank_id, "20260302", amount, name, text)), name=f"{bank_id}.ofx")
    return StatementLine.objects.get(account=account, bank_id=bank_id)


def booked(kind: AccountKind) -> Decimal:
    """What stands on the accounts of a kind."""
    return JournalLine.objects.filter(account__kind=kind).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def first(of: StatementLine) -> int:
    """The suggestion that comes first."""
    return MatchCandidate.objects.filter(line=of).order_by("rank").values_list("pk", flat=True)[0]
