from integrations.models.demo import (
    DemoDelivery,
    DemoPayment,
    DemoPaymentStatus,
    DemoSession,
    DemoSessionStatus,
)
from integrations.models.webhooks import WebhookEvent, WebhookStatus

__all__ = [
    "DemoDelivery",
    "DemoPayment",
    "DemoPaymentStatus",
    "DemoSession",
    "DemoSessionStatus",
    "WebhookEvent",
    "WebhookStatus",
]
