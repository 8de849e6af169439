"""Refusals of the messages app, named for the fact."""

from __future__ import annotations

from django.utils.translation import gettext as _

from billing_assistant.core.errors import Conflict, DomainError, ValidationFailed


class NoRecipient(DomainError):
    """There is no address to send to."""

    code = "no_recipient"
    status = 400

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s has no e-mail address. Add one, or give the address here.") % {"name": name})


class BadRecipients(ValidationFailed):
    """An address that cannot be one, or too many of them."""

    code = "bad_recipients"


class ChannelMissing(DomainError):
    """This installation cannot send by that channel."""

    code = "channel_missing"
    status = 400


class KeyReused(Conflict):
    """The key belongs to a message about something else."""

    code = "message_key_reused"

    def __init__(self, key: str) -> None:
        super().__init__(_("The key “%(key)s” was used for another message.") % {"key": key})


class NothingToSend(DomainError):
    """The document is void or its customer is a placeholder: no message about it may go out."""

    code = "nothing_to_send"
