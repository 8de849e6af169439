"""Refusals of the integrations app, named for the fact."""

from __future__ import annotations

from billing_assistant.core.errors import DomainError, NotFound


class GatewayUnknown(NotFound):
    """No gateway of this name is set up."""

    code = "gateway_unknown"


class ConnectionNotReady(DomainError):
    """It was not tested since its keys changed, or the test failed."""

    code = "connection_not_ready"


class WebhookNotWaiting(DomainError):
    """The event was processed already, or is being processed."""

    code = "webhook_not_waiting"


class ConnectionInUse(DomainError):
    """Something that was begun with it is still open, and its keys are needed for that."""

    code = "connection_in_use"
