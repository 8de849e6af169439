"""Words of a customer: status, payment status, terms, cycle, method."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class CustomerStatus(Status):
    ACTIVE = "active", _("Active"), "success", "circle-check"
    INACTIVE = "inactive", _("Inactive"), "neutral", "circle-minus"
    SUSPENDED = "suspended", _("Suspended"), "danger", "ban"


class PaymentStatus(Status):
    GOOD = "good", _("Good"), "success", "circle-check"
    WARNING = "warning", _("Warning"), "warning", "alert-triangle"
    OVERDUE = "overdue", _("Overdue"), "danger", "clock-exclamation"


class PaymentTerms(Status):
    DUE_ON_RECEIPT = "due_on_receipt", _("Due on receipt"), "neutral", "calendar"
    NET_7 = "net_7", _("Net 7 days"), "neutral", "calendar"
    NET_15 = "net_15", _("Net 15 days"), "neutral", "calendar"
    NET_30 = "net_30", _("Net 30 days"), "neutral", "calendar"
    NET_45 = "net_45", _("Net 45 days"), "neutral", "calendar"
    NET_60 = "net_60", _("Net 60 days"), "neutral", "calendar"
    NET_90 = "net_90", _("Net 90 days"), "neutral", "calendar"

    @property
    def days(self) -> int:
        """Days from issue to due."""
        return 0 if self is PaymentTerms.DUE_ON_RECEIPT else int(self.value.removeprefix("net_"))


class BillingCycle(Status):
    NONE = "none", _("No cycle"), "neutral", "repeat-off"
    WEEKLY = "weekly", _("Weekly"), "neutral", "repeat"
    MONTHLY = "monthly", _("Monthly"), "neutral", "repeat"
    QUARTERLY = "quarterly", _("Quarterly"), "neutral", "repeat"
    YEARLY = "yearly", _("Yearly"), "neutral", "repeat"


class PreferredMethod(Status):
    MPESA = "mpesa", _("M-Pesa"), "neutral", "device-mobile"
    BANK = "bank", _("Bank transfer"), "neutral", "building-bank"
    BANK_TRANSFER = "bank_transfer", _("Bank transfer"), "neutral", "building-bank"
    CREDIT_CARD = "credit_card", _("Card"), "neutral", "credit-card"
    PAYPAL = "paypal", _("PayPal"), "neutral", "brand-paypal"
    CRYPTO = "crypto", _("Crypto"), "neutral", "coin-bitcoin"
    CASH = "cash", _("Cash"), "neutral", "cash"
    CHEQUE = "cheque", _("Cheque"), "neutral", "writing"


class ContactRole(Status):
    BILLING = "billing", _("Billing"), "neutral", "receipt"
    ACCOUNTS_PAYABLE = "accounts_payable", _("Accounts payable"), "neutral", "cash"
    FINANCE_MANAGER = "finance_manager", _("Finance manager"), "neutral", "user-star"
    APPROVER = "approver", _("Approves invoices"), "neutral", "circle-check"
    PURCHASING = "purchasing", _("Purchasing"), "neutral", "building-store"
    OWNER = "owner", _("Owner"), "neutral", "user-star"
    TECHNICAL = "technical", _("Technical"), "neutral", "tool"
    OTHER = "other", _("Other"), "neutral", "user"


class ContactChannel(Status):
    """A way to reach a person. Those that ask first are used only after a yes, the others until a no."""

    EMAIL = "email", _("E-mail"), "neutral", "mail"
    SMS = "sms", _("SMS"), "neutral", "device-mobile"
    WHATSAPP = "whatsapp", _("WhatsApp"), "neutral", "brand-whatsapp"
    CALL = "call", _("Call"), "neutral", "phone"

    @property
    def asks_first(self) -> bool:
        return self in {ContactChannel.WHATSAPP, ContactChannel.CALL}


class InvoiceStyle(Status):
    PROFESSIONAL = "professional", _("Professional"), "neutral", "file"
    SIMPLE = "simple", _("Simple"), "neutral", "file"
    DETAILED = "detailed", _("Detailed"), "neutral", "file"


LANGUAGES: Final = {"en": "english", "sw": "swahili"}
