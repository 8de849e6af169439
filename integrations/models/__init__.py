from integrations.models.webhooks import WebhookEvent, WebhookStatus

__all__ = ["WebhookEvent", "WebhookStatus"]
