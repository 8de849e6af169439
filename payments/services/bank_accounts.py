"""Accounts at banks, tills and providers: kept, changed, put away. Their numbers are encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from payments.locks import bank_account_lock
from payments.models import BankAccount, StatementLine
from payments.services.match_rules import match_rules_ensure
from payments.statement_states import BankAccountKind

LONGEST_NUMBER: Final = 40
SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class BankAccountInput:
    """What a person says of an account. `number` None leaves the one that is there; provider only at a provider."""

    name: str
    kind: BankAccountKind
    currency: str
    number: str | None = None
    provider: str = ""
    provider_account: str = ""
    is_active: bool = True


def bank_account_create(*, profile_id: UUID, data: BankAccountInput, actor: Actor, now: datetime) -> BankAccount:
    """Keeps a new account, and gives the profile its matching rules. Raises PermissionRefused, ValidationFailed."""
    actor.require(Right.PAYMENTS_RECORD)
    actor.require_profile(profile_id)
    account = BankAccount(profile=BusinessProfile.objects.get(pk=profile_id), created_at=now)
    with transaction.atomic():
        match_rules_ensure(profile_id=profile_id, now=now)
        _fill(account, data)
        _record(account, "bank_account.added", actor, now)
    return account


def bank_account_update(*, account_id: UUID, data: BankAccountInput, actor: Actor, now: datetime) -> BankAccount:
    """Changes an account; kind and currency only while it has no lines. Raises NotFound, ValidationFailed."""
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        account = bank_account_lock(account_id)
        if not actor.can_see(account.profile_id):
            raise NotFound(_("There is no such account."))
        moved = (account.kind, account.currency) != (data.kind.value, data.currency)
        if moved and StatementLine.objects.filter(account=account).exists():
            raise ValidationFailed({"currency": [_("It has lines: kind and currency stay. Add another account.")]})
        _fill(account, data)
        _record(account, "bank_account.changed", actor, now)
    return account


def _fill(account: BankAccount, data: BankAccountInput) -> None:
    errors: dict[str, list[str]] = {}
    if not data.name.strip():
        errors["name"] = [_("This is needed.")]
    if data.currency not in CURRENCIES:
        errors["currency"] = [_("“%(currency)s” is not an ISO currency code.") % {"currency": data.currency}]
    if data.number and len(data.number) > LONGEST_NUMBER:
        errors["number"] = [_("Write at most %(most)d characters.") % {"most": LONGEST_NUMBER}]
    at_provider = data.kind is BankAccountKind.PROVIDER
    if at_provider and not data.provider.strip():
        errors["provider"] = [_("Say which provider it is.")]
    if errors:
        raise ValidationFailed(errors)
    account.name, account.kind, account.currency = data.name.strip()[:80], data.kind.value, data.currency
    account.provider = data.provider.strip().casefold()[:30] if at_provider else ""
    account.provider_account = data.provider_account.strip()[:60] if at_provider else ""
    account.is_active = data.is_active
    if data.number is not None:
        plain = "".join(data.number.split())
        account.number, account.last_four = plain, plain[-SHOWN:] if len(plain) > 2 * SHOWN else plain[-2:]
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise ValidationFailed({"name": [_("Another account has this name.")]}) from None


def _record(account: BankAccount, name: str, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=account,
        actor=actor,
        now=now,
        profile_id=account.profile_id,
        label=account.name,
        data={"kind": account.kind, "currency": account.currency},
    )
