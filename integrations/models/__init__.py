from integrations.models.connections import ConnectionEnvironment, ConnectionState, GatewayConnection
from integrations.models.demo import (
    DemoDelivery,
    DemoPayment,
    DemoPaymentStatus,
    DemoSession,
    DemoSessionStatus,
)
from integrations.models.dodo import DodoPage
from integrations.models.mpesa import MpesaBalance, MpesaOrder, MpesaOrderKind, MpesaPush, MpesaReceipt
from integrations.models.webhooks import WebhookEvent, WebhookStatus

__all__ = [
    "ConnectionEnvironment",
    "ConnectionState",
    "DemoDelivery",
    "DemoPayment",
    "DemoPaymentStatus",
    "DemoSession",
    "DemoSessionStatus",
    "DodoPage",
    "GatewayConnection",
    "MpesaBalance",
    "MpesaOrder",
    "MpesaOrderKind",
    "MpesaPush",
    "MpesaReceipt",
    "WebhookEvent",
    "WebhookStatus",
]
