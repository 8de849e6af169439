"""What a client decides about a saved method: autopay with consent, taking consent back, removing the method."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound, ProviderError
from integrations.errors import GatewayUnknown
from integrations.ports.payments import saved_methods_of
from integrations.ports.saved_methods import SavedMethod as Tokens
from integrations.registry import gateway as gateway_named
from payments.errors import MethodNotUsable
from payments.locks import saved_method_lock
from payments.models import SavedMethod
from payments.services.method_setup import method_told
from payments.states import AutopayMoment, SavedMethodState

log = structlog.get_logger(__name__)


def autopay_consent(
    *,
    method_id: UUID,
    customer_id: UUID,
    text: str,
    on: AutopayMoment = AutopayMoment.ISSUE,
    actor: Actor,
    now: datetime,
) -> SavedMethod:
    """The client agrees that invoices are charged to this method. `text` is what stood beside the tick, and `on` says
    when, as it was agreed: a later rule of the profile does not change it.

    It takes the place of another method of the customer. Raises NotFound, MethodNotUsable.
    """
    with transaction.atomic():
        method = _own(method_id, customer_id)
        if method.state != SavedMethodState.ACTIVE:
            raise MethodNotUsable(_("This payment method does not work any more. Save another one."))
        for other in SavedMethod.objects.filter(customer_id=customer_id, autopay=True).exclude(pk=method.pk):
            _revoke(saved_method_lock(other.pk), actor, now)
        method.autopay, method.consented_at, method.revoked_at = True, now, None
        method.consent_text, method.consent_by_label = text[:500], actor.label[:150]
        method.autopay_on = on
        method.save(
            update_fields=["autopay", "autopay_on", "consented_at", "revoked_at", "consent_text", "consent_by_label"]
        )
        method_told("method.autopay_on", method, actor, now, text=method.consent_text)
    return method


def autopay_revoke(*, method_id: UUID, customer_id: UUID, actor: Actor, now: datetime) -> SavedMethod:
    """The client takes consent back: nothing is charged from this moment on. Raises NotFound."""
    with transaction.atomic():
        method = _own(method_id, customer_id)
        _revoke(method, actor, now)
    return method


def method_remove(*, method_id: UUID, customer_id: UUID, actor: Actor, now: datetime) -> SavedMethod:
    """Removes it here at once, with its tokens, then at the gateway as well as that answers.

    Called in no transaction. Raises NotFound.
    """
    require_no_transaction()
    with transaction.atomic():
        method = _own(method_id, customer_id)
        tokens = tokens_of(method)
        if method.state != SavedMethodState.REMOVED:
            _revoke(method, actor, now)
            method.state, method.token = SavedMethodState.REMOVED, ""
            method.save(update_fields=["state", "token_sealed"])
            method_told("method.removed", method, actor, now)
    if tokens.token:
        try:
            gateway = gateway_named(method.gateway, account=method.account, profile_id=method.profile_id)
            saved_methods_of(gateway).method_forget(tokens)
        except (ProviderError, GatewayUnknown) as error:
            log.warning("method.not_forgotten", method=str(method.pk), error=str(error))
    return method


def tokens_of(method: SavedMethod) -> Tokens:
    """The method as the port knows it."""
    return Tokens(method.token, method.payer_token, method.kind, method.label, method.expires_on)


def _own(method_id: UUID, customer_id: UUID) -> SavedMethod:
    method = saved_method_lock(method_id)
    if method.customer_id != customer_id:
        raise NotFound(_("There is no such payment method."))
    return method


def _revoke(method: SavedMethod, actor: Actor, now: datetime) -> None:
    if not method.autopay:
        return
    method.autopay, method.revoked_at = False, now
    method.save(update_fields=["autopay", "revoked_at"])
    method_told("method.autopay_off", method, actor, now)
