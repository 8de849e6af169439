"""What ports refuse, beside the three errors of `core.errors`."""

from __future__ import annotations

from billing_assistant.core.errors import DomainError


class WebhookRefused(DomainError):
    """No signature of ours on it: wrong, too old, or there is no secret to check against."""

    code = "webhook_refused"
    status = 401


class WebhookNotConfigured(WebhookRefused):
    """The secret is empty, so nothing can be believed."""

    code = "webhook_not_configured"
    status = 503


class WebhookUnreadable(DomainError):
    """Signed by the vendor, but not an event that can be read."""

    code = "webhook_unreadable"
    status = 400


class Unsupported(DomainError):
    """The gateway's capabilities say that it cannot do this."""

    code = "unsupported_by_gateway"
