"""Why a bank refused, and what that means for the next attempt."""

from __future__ import annotations

from typing import Final

from integrations.ports.attempts import Decline

HARD: Final = frozenset(
    {
        "lost_card",
        "stolen_card",
        "pickup_card",
        "restricted_card",
        "fraudulent",
        "revocation_of_authorization",
        "revocation_of_all_authorizations",
        "stop_payment_order",
        "invalid_account",
        "incorrect_number",
        "card_not_supported",
        "expired_card",
        "new_account_information_available",
        "account_closed",
        "no_account",
        "debit_not_authorized",
        "bank_account_restricted",
        "payment_method_unactivated",
        "transaction_not_allowed",
        "currency_not_supported",
        "service_not_allowed",
    }
)
CLIENT: Final = frozenset({"authentication_required", "authentication_not_handled", "approve_with_id"})


def decline_of(code: str) -> Decline:
    """What a reason of Stripe means for the next attempt."""
    if code in CLIENT:
        return Decline.CLIENT
    return Decline.HARD if code in HARD else Decline.SOFT
