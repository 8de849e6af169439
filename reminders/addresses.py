"""E-mail addresses and header texts: checked when a message is made, so that nothing odd reaches a mail server."""

from __future__ import annotations

from collections.abc import Iterable
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from invoices.pdf.text import clean
from reminders.errors import BadRecipients

MOST_RECIPIENTS: Final = 10
LONGEST_ADDRESS: Final = 254
LONGEST_SUBJECT: Final = 200
LONGEST_NAME: Final = 120
LONGEST_SENDER: Final = 200

_valid = EmailValidator()


def header_text(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """A text for one header line: no line ends, no controls, no marks that turn its direction."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def is_address(text: str) -> bool:
    """Whether a text is one plain e-mail address."""
    if len(text) > LONGEST_ADDRESS or not text.isprintable():
        return False
    try:
        _valid(text)
    except ValidationError:
        return False
    return True


def recipients_clean(addresses: Iterable[str]) -> list[str]:
    """Plain addresses, each once whatever its case. Raises BadRecipients for none, too many, or a wrong one."""
    unique: dict[str, str] = {}
    for address in addresses:
        plain = address.strip()
        if not is_address(plain):
            reason = _("“%(address)s” is not an e-mail address.") % {"address": header_text(plain, 80)}
            raise BadRecipients({"recipients": [reason]})
        unique.setdefault(plain.lower(), plain)
    if not unique:
        raise BadRecipients({"recipients": [_("Give at least one e-mail address.")]})
    if len(unique) > MOST_RECIPIENTS:
        raise BadRecipients({"recipients": [_("At most %(most)d addresses.") % {"most": MOST_RECIPIENTS}]})
    return list(unique.values())


def own_address() -> str:
    """The address that this installation sends from, without its name."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def sender_of(company: str) -> str:
    """The sender as clients see it: the company's name with our own address."""
    name, address = header_text(company, LONGEST_NAME), own_address()
    try:
        sender = str(Address(display_name=name, addr_spec=address))
    except (HeaderParseError, ValueError, IndexError):
        return address
    return sender if len(sender) <= LONGEST_SENDER else address
