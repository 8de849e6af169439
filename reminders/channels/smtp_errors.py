"""What an error of SMTP means for a message: refused, not sent yet, or not known."""

from __future__ import annotations

import smtplib
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.errors import OutcomeUnknown, ProviderError, Rejected, Unavailable

TRANSIENT: Final = 400
PERMANENT: Final = 500
_LONGEST: Final = 200


def smtp_error(error: OSError, *, handed_over: bool) -> ProviderError:  # noqa: PLR0911 -- one return a meaning
    """`handed_over` says whether the message went past DATA: a line that breaks after that leaves its outcome open.

    An answer of the server is always final for the attempt: 4xx is tried again, 5xx is not, except that a refusal of
    ourselves (greeting, sign-in) is no fault of the message and is tried again. An answer that is no answer (a code
    below 400 where an error was raised) counts as a broken line.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _recipients_refused(error)
        case smtplib.SMTPNotSupportedError():
            return Rejected(_("The mail server cannot take this message: %(error)s") % {"error": error})
        case smtplib.SMTPConnectError() | smtplib.SMTPHeloError() | smtplib.SMTPAuthenticationError():
            return Unavailable(_("The mail server does not let us in (%(code)s).") % {"code": error.smtp_code})
        case smtplib.SMTPResponseException() if error.smtp_code >= PERMANENT:
            said = _said(error.smtp_code, error.smtp_error)
            return Rejected(_("The mail server refused it: %(said)s") % {"said": said}, status=error.smtp_code)
        case smtplib.SMTPResponseException() if error.smtp_code >= TRANSIENT:
            return Unavailable(
                _("The mail server is not ready: %(said)s") % {"said": _said(error.smtp_code, error.smtp_error)}
            )
    if handed_over:
        return OutcomeUnknown(
            _("The line broke after the message was handed over (%(error)s).") % {"error": type(error).__name__}
        )
    return Unavailable(_("The mail server could not be reached (%(error)s).") % {"error": type(error).__name__})


def _recipients_refused(error: smtplib.SMTPRecipientsRefused) -> ProviderError:
    codes = [code for code, _ in error.recipients.values()]
    address, (code, text) = next(iter(error.recipients.items()))
    told = f"{address}: {_said(code, text)}"
    if all(code >= PERMANENT for code in codes):
        return Rejected(_("The mail server refused every recipient. %(said)s") % {"said": told}, status=code)
    return Unavailable(_("The mail server takes no recipient now. %(said)s") % {"said": told})


def _said(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {words}".split())[:_LONGEST]
