"""Autopay: invoices of customers who consented are charged by themselves, tried again on set days, then left alone."""

from __future__ import annotations

from datetime import datetime

import structlog

from billing_assistant.core.actors import Actor
from integrations.errors import GatewayUnknown
from payments.selectors.autopay import autopay_due
from payments.services.off_session import method_charge
from payments.services.provider import Doubtful

log = structlog.get_logger(__name__)


def autopay_sweep(*, now: datetime, limit: int = 100) -> int:
    """Charges every invoice that is due for an attempt; returns how many were tried."""
    done = 0
    for invoice_id, attempt in autopay_due(now=now, limit=limit):
        try:
            actor = Actor.system("autopay")
            done += method_charge(invoice_id=invoice_id, attempt=attempt, actor=actor, now=now) is not None
        except (GatewayUnknown, Doubtful) as error:
            log.warning("autopay.not_charged", invoice=str(invoice_id), error=str(error))
    return done
