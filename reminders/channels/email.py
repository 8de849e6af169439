"""E-mail through Django's mail backends: SMTP or, through Anymail, the API of a provider (the setting EMAIL_URL)."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final, Self

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import OutcomeUnknown, ProviderError, Rejected, Unavailable
from reminders.channels.ports import Accepted, OutgoingEmail
from reminders.channels.smtp import SmtpBackend
from reminders.channels.smtp_errors import smtp_error

DJANGO_SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
_TELLING_SMTP: Final = f"{SmtpBackend.__module__}.{SmtpBackend.__qualname__}"
_NEVER_CONNECTED: Final = frozenset(
    {"ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError", "ProxyError"}
)
_TAKEN: Final = frozenset({"sent", "queued"})
_REFUSED: Final = frozenset({"invalid", "rejected", "failed"})
_TRY_AGAIN: Final = frozenset({408, 425, 429, 503})
_SERVER_ERROR: Final = 500


class EmailChannel:
    """Keeps one connection of the configured backend open for the messages of a block."""

    def __init__(self) -> None:
        name = settings.EMAIL_BACKEND
        self._backend: BaseEmailBackend = get_connection(_TELLING_SMTP if name == DJANGO_SMTP else name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._backend.close()
        except OSError:
            self._forget()

    def send(self, mail: OutgoingEmail) -> Accepted:
        require_no_transaction()
        message = email_message(mail)
        if isinstance(self._backend, SmtpBackend):
            return self._by_smtp(self._backend, message, mail)
        return self._by_backend(message, mail)

    def _by_smtp(self, backend: SmtpBackend, message: EmailMultiAlternatives, mail: OutgoingEmail) -> Accepted:
        """A connection kept from an earlier message may have died: before DATA a fresh one is tried, once."""
        kept = backend.connection is not None
        while True:
            try:
                backend.open()
                backend.send_messages([message])
            except OSError as error:  # every error of smtplib is one
                failure = smtp_error(error, handed_over=backend.handed_over)
                backend.forget()
                if kept and isinstance(failure, Unavailable):
                    kept = False
                    continue
                raise failure from error
            except ValueError as error:  # an address that SMTP cannot carry
                failed = OutcomeUnknown if backend.handed_over else Rejected
                backend.forget()
                raise failed(_("It cannot be sent by SMTP: %(error)s") % {"error": error}) from error
            return Accepted(provider="smtp", provider_message_id=mail.message_id, refused=backend.refused)

    def _by_backend(self, message: EmailMultiAlternatives, mail: OutgoingEmail) -> Accepted:
        try:
            self._backend.open()
            self._backend.send_messages([message])
        except AnymailError as error:
            raise anymail_error(error) from error
        status: Any = getattr(message, "anymail_status", None)
        provider = str(getattr(self._backend, "esp_name", "") or type(self._backend).__module__.rpartition(".")[2])
        if status is None:
            return Accepted(provider=provider[:30], provider_message_id=mail.message_id)
        said = {address: one.status for address, one in status.recipients.items()}
        if not _TAKEN & set(said.values()):
            raise OutcomeUnknown(_("The provider does not say whether it took the message."))
        refused = tuple(address for address, word in said.items() if word in _REFUSED)
        return Accepted(provider=provider[:30], provider_message_id=_one_id(status.message_id), refused=refused)

    def _forget(self) -> None:
        if isinstance(self._backend, SmtpBackend):
            self._backend.forget()


def email_message(mail: OutgoingEmail) -> EmailMultiAlternatives:
    """The mail as Django's message. Raises Rejected for one that cannot be written, such as a line end in a header."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender,
        to=list(mail.recipients),
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": mail.message_id, **mail.headers},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        message.attach(attachment.name, attachment.content, attachment.content_type)
    try:
        message.message().as_bytes()
    except (ValueError, UnicodeError) as error:  # BadHeaderError is a ValueError
        raise Rejected(_("It cannot be written as an e-mail: %(error)s") % {"error": error}) from error
    return message


def anymail_error(error: AnymailError) -> ProviderError:  # noqa: PLR0911 -- one return a meaning
    """What an error of a provider's API means for the message. The vendor's body is not kept: it names people."""
    if isinstance(error, AnymailRecipientsRefused):
        return Rejected(_("The provider refused every recipient."))
    if isinstance(error, AnymailUnsupportedFeature | AnymailSerializationError | AnymailInvalidAddress):
        return Rejected(_("The provider cannot send this: %(error)s.") % {"error": type(error).__name__})
    status = getattr(error, "status_code", None)
    if not isinstance(error, AnymailAPIError):
        return OutcomeUnknown(_("The provider's library failed: %(error)s.") % {"error": type(error).__name__})
    if status is None:
        if _NEVER_CONNECTED & _names_in(error):
            return Unavailable(_("The provider could not be reached."))
        return OutcomeUnknown(_("The line to the provider broke."))
    if status in _TRY_AGAIN:
        return Unavailable(_("The provider answered %(status)s.") % {"status": status})
    if status >= _SERVER_ERROR or status < 400:  # noqa: PLR2004 -- an answer below 400 that could not be read
        return OutcomeUnknown(_("The provider answered %(status)s.") % {"status": status})
    return Rejected(_("The provider answered %(status)s.") % {"status": status}, status=status)


def _names_in(error: BaseException | None) -> frozenset[str]:
    """The class names in an error, its bases, and what caused it: tells a refused connection from a broken one."""
    names: set[str] = set()
    while error is not None:
        names |= {base.__name__ for base in type(error).__mro__}
        inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        error = error.__cause__ or getattr(error, "reason", None) or inner
        if not isinstance(error, BaseException):
            break
    return frozenset(names)


def _one_id(found: Any) -> str:
    """Anymail gives one id, or one a recipient."""
    if isinstance(found, str):
        return found[:200]
    return ",".join(sorted(str(one) for one in found or ()))[:200]
