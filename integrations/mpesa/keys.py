"""What a connection to Daraja needs, as data for the settings page and for the adapter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from integrations.ports.payments import Environment
from integrations.vendors import CredentialField, Facts, base_url

NAME: Final = "mpesa"
HOSTS: Final = {Environment.LIVE: "https://api.safaricom.co.ke", Environment.TEST: "https://sandbox.safaricom.co.ke"}
ACCEPT: Final = "accept"
REFUSE: Final = "refuse"
FIELDS: Final = (
    CredentialField("consumer_key", _("Consumer key")),
    CredentialField("consumer_secret", _("Consumer secret")),
    CredentialField(
        "short_code", _("Short code"), _("The Paybill number, or the store number of a till."), secret=False
    ),
    CredentialField("passkey", _("Passkey"), _("Of Lipa na M-Pesa Online, for requests on the phone.")),
    CredentialField("till", _("Till number"), _("For Buy Goods only."), secret=False, required=False),
    CredentialField(
        "initiator",
        _("Initiator name"),
        _("Needed for refunds, and to confirm money at the Paybill. Without it a person looks at each."),
        secret=False,
        required=False,
    ),
    CredentialField("initiator_password", _("Initiator password"), required=False),
    CredentialField(
        "certificate",
        _("Certificate of M-Pesa"),
        _("The public certificate of this mode, from the Daraja portal."),
        secret=False,
        required=False,
        multiline=True,
    ),
    CredentialField(
        "prefixes",
        _("Words before account numbers"),
        _("Words that payers type before the invoice number, separated by commas: ACC, INVOICE."),
        secret=False,
        required=False,
    ),
    CredentialField(
        "unknown",
        _("Unknown account numbers at the Paybill"),
        secret=False,
        required=False,
        choices=((ACCEPT, _("Accept the money; a person finds whose it is")), (REFUSE, _("Refuse the payment"))),
    ),
    CredentialField(
        "nominated_number",
        _("Nominated phone number"),
        _("Of the Pull Transactions API, which finds payments whose announcement was lost."),
        secret=False,
        required=False,
    ),
)


@dataclass(frozen=True, slots=True)
class MpesaKeys:
    """One app at Daraja with its short code. `till` is set for Buy Goods: the money goes to it, the code asks."""

    connection_id: UUID
    profile_id: UUID
    environment: Environment
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    short_code: str
    passkey: str = field(repr=False)
    till: str = ""
    initiator: str = ""
    initiator_password: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    prefixes: tuple[str, ...] = ()
    refuses_unknown: bool = False
    nominated_number: str = ""

    @classmethod
    def of(cls, facts: Facts) -> MpesaKeys:
        """The keys of a connection."""
        words = tuple(word.strip() for word in facts.value("prefixes").split(",") if word.strip())
        return cls(
            connection_id=facts.connection_id,
            profile_id=facts.profile_id,
            environment=facts.environment,
            consumer_key=facts.value("consumer_key"),
            consumer_secret=facts.value("consumer_secret"),
            short_code=facts.value("short_code"),
            passkey=facts.value("passkey"),
            till=facts.value("till"),
            initiator=facts.value("initiator"),
            initiator_password=facts.value("initiator_password"),
            certificate=facts.value("certificate"),
            prefixes=words,
            refuses_unknown=facts.value("unknown") == REFUSE,
            nominated_number=facts.value("nominated_number"),
        )

    @property
    def payee(self) -> str:
        """The short code or till that the money goes to."""
        return self.till or self.short_code

    @property
    def base_url(self) -> str:
        return base_url(NAME, HOSTS[self.environment])

    @property
    def can_command(self) -> bool:
        """Whether transactions can be asked about and reversed."""
        return bool(self.initiator and self.initiator_password and self.certificate)

    @property
    def confirm_id(self) -> UUID:
        """Whose address is told of money at the Paybill."""
        return uuid5(self.connection_id, "confirm")

    @property
    def validate_id(self) -> UUID:
        """Whose address is asked before money at the Paybill is taken."""
        return uuid5(self.connection_id, "validate")
