"""Connections to payment providers: added, changed, tested, turned on and off, put in order.

Keys are written and never read back to a page, and the history says which field changed, never to what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound, OutcomeUnknown, ProviderError, Rejected, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from integrations.breaker import Breaker, BreakerOpen
from integrations.errors import ConnectionInUse, ConnectionNotReady
from integrations.locks import connection_lock
from integrations.models import GatewayConnection
from integrations.models.connections import new_hook_secret
from integrations.ports.payments import Checked, incoming_of
from integrations.registry import gateway_of
from integrations.retiring import obstacles_of
from integrations.vendors import Vendor, vendor_named

LONGEST: Final = 5000
_REFUSED_KEYS: Final = frozenset({401, 403})


def connection_add(
    *, profile_id: UUID, vendor: str, environment: str, values: Mapping[str, str], actor: Actor, now: datetime
) -> GatewayConnection:
    """A connection of a business profile, off and untested. Raises VendorUnknown, NotFound, ValidationFailed."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    wanted = vendor_named(vendor)
    if environment not in {each.value for each in wanted.environments}:
        raise ValidationFailed({"environment": [_("Choose a mode.")]})
    if not BusinessProfile.objects.filter(pk=profile_id).exists():
        raise NotFound(_("There is no such business profile."))
    kept = _checked(wanted, values, {})
    with transaction.atomic():
        last = GatewayConnection.objects.filter(profile_id=profile_id).aggregate(last=Max("position"))["last"]
        connection = GatewayConnection(
            profile_id=profile_id,
            vendor=vendor,
            environment=environment,
            position=0 if last is None else last + 1,
            created_at=now,
        )
        connection.values, connection.hook_secret = kept, new_hook_secret()
        connection.save(force_insert=True)
        _told("connection.added", connection, actor, now)
    return connection


def connection_change(
    *, connection_id: UUID, values: Mapping[str, str], actor: Actor, now: datetime
) -> GatewayConnection:
    """New keys; a secret that is left empty stays as it is.

    Another key than one for webhooks turns the connection off until it passed a test, so that no client is sent to an
    account that nobody looked at. Raises NotFound, ValidationFailed.
    """
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        connection = _mine(connection_id, actor)
        vendor = vendor_named(connection.vendor)
        before = connection.values
        after = _checked(vendor, values, before)
        changed = [each for each in vendor.fields if before.get(each.name, "") != after.get(each.name, "")]
        if changed:
            connection.values = after
            if not all(each.for_hooks for each in changed):
                connection.enabled, connection.check_passed, connection.check_text = False, None, ""
            connection.save()
            _told("connection.changed", connection, actor, now, fields=[each.name for each in changed])
    return connection


def connection_check(*, connection_id: UUID, actor: Actor, now: datetime) -> GatewayConnection:
    """Asks the provider what the keys are for, and keeps the answer. Called in no transaction. Raises NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    require_no_transaction()
    connection = GatewayConnection.objects.filter(pk=connection_id, retired_at__isnull=True).first()
    if connection is None or not actor.can_see(connection.profile_id):
        raise NotFound(_("There is no such connection."))
    asked = connection.credentials_sealed
    Breaker(str(connection.pk)).reset()
    found, trouble = _asked(connection)
    with transaction.atomic():
        connection = _mine(connection_id, actor)
        if connection.credentials_sealed == asked:
            trouble = trouble or _misfit(connection, found)
            _note_check(connection, found, trouble, now)
            _told("connection.tested", connection, actor, now, passed=not trouble)
    return connection


def connection_enable(*, connection_id: UUID, actor: Actor, now: datetime) -> GatewayConnection:
    """Clients can pay with it from now on. Raises NotFound, ConnectionNotReady."""
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        connection = _mine(connection_id, actor)
        if not connection.check_passed:
            raise ConnectionNotReady(_("Test the connection first. It can be turned on once the test has passed."))
        _set(connection, "connection.enabled", actor, now, enabled=True)
    return connection


def connection_announce(*, connection_id: UUID, actor: Actor, now: datetime) -> str:
    """Tells the provider where to announce money that comes unasked (M-Pesa: at the Paybill). Safe to repeat.

    Empty when that is done, or the provider has no such money; else what a person should do. Called in no transaction.
    Raises NotFound.
    """
    actor.require(Right.SETTINGS_EDIT)
    require_no_transaction()
    connection = GatewayConnection.objects.filter(pk=connection_id, retired_at__isnull=True).first()
    if connection is None or not actor.can_see(connection.profile_id):
        raise NotFound(_("There is no such connection."))
    gateway = gateway_of(connection)
    if not gateway.capabilities.incoming:
        return ""
    try:
        incoming_of(gateway).incoming_prepare()
    except ProviderError as error:
        text = _(
            "%(vendor)s did not take our address for money that comes unasked (%(reason)s). Turn it off and on to try "
            "again; if it knows another address, its support has to change it."
        )
        return text % {"vendor": vendor_named(connection.vendor).label, "reason": str(error).rstrip(".")}
    with transaction.atomic():
        _told("connection.announced", connection, actor, now)
    return ""


def connection_disable(*, connection_id: UUID, actor: Actor, now: datetime) -> GatewayConnection:
    """No new payment is begun with it; what is under way is still taken in. Raises NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        connection = _mine(connection_id, actor)
        _set(connection, "connection.disabled", actor, now, enabled=False)
    return connection


def connection_retire(*, connection_id: UUID, actor: Actor, now: datetime) -> GatewayConnection:
    """Takes a connection away for good: its keys are forgotten, what it took stays. Again changes nothing.

    Raises NotFound, ConnectionInUse with everything that is still open.
    """
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        connection = connection_lock(connection_id)
        if not actor.can_see(connection.profile_id):
            raise NotFound(_("There is no such connection."))
        if connection.retired_at is not None:
            return connection
        reasons = obstacles_of(connection)
        if connection.enabled:
            reasons.insert(0, _("Turn it off first."))
        if reasons:
            raise ConnectionInUse(" ".join(reasons))
        connection.credentials_sealed = connection.hook_secret_sealed = ""
        connection.retired_at = now
        connection.save(update_fields=["credentials_sealed", "hook_secret_sealed", "retired_at"])
        _told("connection.retired", connection, actor, now)
    return connection


def connection_prefer(*, connection_id: UUID, actor: Actor, now: datetime) -> GatewayConnection:
    """It becomes the first of its profile: the one that is offered where several take a currency. Raises NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        connection = _mine(connection_id, actor)
        others = GatewayConnection.objects.filter(profile_id=connection.profile_id).exclude(pk=connection.pk)
        for position, other in enumerate(others, start=1):
            GatewayConnection.objects.filter(pk=other.pk).update(position=position)
        _set(connection, "connection.preferred", actor, now, position=0)
    return connection


def _mine(connection_id: UUID, actor: Actor) -> GatewayConnection:
    connection = connection_lock(connection_id)
    if not actor.can_see(connection.profile_id) or connection.retired_at is not None:
        raise NotFound(_("There is no such connection."))
    return connection


def _checked(vendor: Vendor, given: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """What is to be kept, field by field. Raises ValidationFailed with every reason."""
    values, errors = {}, {}
    for each in vendor.fields:
        text = given.get(each.name, "").strip()
        value = text or (kept.get(each.name, "") if each.secret else "")
        if each.required and not value:
            errors[each.name] = [_("Fill this in. You find it at %(vendor)s.") % {"vendor": vendor.label}]
        elif len(value) > LONGEST:
            errors[each.name] = [_("This is too long.")]
        elif each.choices and value and value not in {choice for choice, _label in each.choices}:
            errors[each.name] = [_("Choose one of the list.")]
        elif value:
            values[each.name] = value
    if errors:
        raise ValidationFailed(errors)
    return values


def _asked(connection: GatewayConnection) -> tuple[Checked | None, str]:
    """What the provider says, or what a person should do."""
    label = vendor_named(connection.vendor).label
    try:
        return gateway_of(connection).check(), ""
    except Rejected as error:
        if error.status in _REFUSED_KEYS:
            text = _("%(vendor)s does not accept these keys. Copy them again, for the mode chosen here.")
            return None, text % {"vendor": label}
        text = _("%(vendor)s refused the test: %(reason)s")
        return None, text % {"vendor": label, "reason": error}
    except BreakerOpen:
        return None, _("%(vendor)s does not answer at the moment. Test again in a minute.") % {"vendor": label}
    except OutcomeUnknown:
        return None, _("%(vendor)s did not answer in time. Test again.") % {"vendor": label}
    except ProviderError as error:
        text = _("%(vendor)s cannot be reached (%(reason)s). Test again in a minute.")
        return None, text % {"vendor": label, "reason": str(error).rstrip(".")}


def _misfit(connection: GatewayConnection, found: Checked | None) -> str:
    """Why an answer is not about this connection; empty when it is."""
    if found is None:
        return ""
    if found.environment != connection.environment:
        return _("These are keys for the other mode (%(mode)s). Add them as a connection of that mode.") % {
            "mode": found.environment.value
        }
    if connection.account not in {"", found.account}:
        return _("These keys belong to another account (%(account)s). Add them as another connection.") % {
            "account": found.account
        }
    twins = GatewayConnection.objects.filter(
        profile_id=connection.profile_id,
        vendor=connection.vendor,
        environment=connection.environment,
        account=found.account,
        retired_at__isnull=True,
    )
    if twins.exclude(pk=connection.pk).exists():
        return _("The account %(account)s is connected already.") % {"account": found.account}
    return ""


def _note_check(connection: GatewayConnection, found: Checked | None, trouble: str, now: datetime) -> None:
    connection.checked_at, connection.check_passed = now, not trouble
    connection.check_text = trouble[:300]
    if found is not None and trouble:
        connection.enabled = False
    if found is not None and not trouble:
        connection.account, connection.account_label = found.account, found.label[:120]
    names = ["checked_at", "check_passed", "check_text", "enabled", "account", "account_label"]
    connection.save(update_fields=names)


def _set(connection: GatewayConnection, name: str, actor: Actor, now: datetime, **changes: Any) -> None:
    """Changes fields of a locked connection; nothing happens where they are so already."""
    if all(getattr(connection, field) == value for field, value in changes.items()):
        return
    for field, value in changes.items():
        setattr(connection, field, value)
    connection.save(update_fields=list(changes))
    _told(name, connection, actor, now)


def _told(name: str, connection: GatewayConnection, actor: Actor, now: datetime, **data: Any) -> None:
    """Records what happened; `data` names fields, never what is in them."""
    label = vendor_named(connection.vendor).label
    events.record(
        name=name,
        subject=connection,
        actor=actor,
        now=now,
        profile_id=connection.profile_id,
        label=f"{label} {connection.account}".strip(),
        data={"environment": connection.environment, **data},
    )
