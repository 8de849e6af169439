"""What contacts said about being written to or called, and whether a message may go out."""

from __future__ import annotations

from customers.models import Consent, Contact
from customers.states import ContactChannel


def may_contact(contact: Contact, channel: ContactChannel) -> bool:
    """Whether a person may be reached by a channel: as they said last, else as the channel is used unasked."""
    said = consents_of(contact).get(channel)
    return said.allowed if said is not None else not channel.asks_first


def consents_of(contact: Contact) -> dict[ContactChannel, Consent]:
    """The decision that holds for each channel; nothing for one that was never asked about."""
    return {one.channel_word: one for one in contact.consents.all()}


def consent_history(contact: Contact) -> list[Consent]:
    """Every decision, the newest first."""
    return sorted(contact.consents.all(), key=lambda one: one.pk, reverse=True)
