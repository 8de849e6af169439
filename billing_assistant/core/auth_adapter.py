"""How allauth behaves here: people are invited by staff, nobody signs up alone."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from billing_assistant.core import crypto
from billing_assistant.core.navigation import start_url

SECOND_FACTORS = {"table": "mfa_authenticator", "column": "data", "row": "any"}  # allauth does not name the row


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return start_url(getattr(request.user, "role", None))


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are sealed at rest."""

    def encrypt(self, text: str) -> str:
        return crypto.seal(text, **SECOND_FACTORS)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unseal(encrypted_text, **SECOND_FACTORS)
