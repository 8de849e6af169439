"""Django's SMTP backend, made to tell how far a message came when the line broke, and who was refused."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any, Final

from django.core.mail.backends.smtp import EmailBackend

GO_AHEAD: Final = 354
"""The server's answer to DATA, and to nothing else: from here on the message is in its hands."""
FINAL_ANSWER_SECONDS: Final = 120.0
"""How long a server may think about a message that it holds; RFC 5321 (4.5.3.2.6) wants far more than for a command."""


class TellingSmtp(smtplib.SMTP):
    """Remembers whether the message was handed over, and which recipients the server refused."""

    handed_over = False
    refused: tuple[str, ...] = ()

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        if code == GO_AHEAD:
            self.handed_over = True
            self._wait(FINAL_ANSWER_SECONDS)
        return code, text

    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Sequence[str],
        msg: Any,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> dict[str, tuple[int, bytes]]:
        self.handed_over, self.refused = False, ()
        self._wait(self.timeout)
        refused = super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)
        self.refused = tuple(refused)
        return refused

    def _wait(self, seconds: float | None) -> None:
        if self.sock is not None:
            self.sock.settimeout(seconds)


class TellingSmtpSsl(TellingSmtp, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class SmtpBackend(EmailBackend):
    """One connection for several messages, with the two facts of the last one."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TellingSmtpSsl if self.use_ssl else TellingSmtp

    @property
    def handed_over(self) -> bool:
        """Whether the last message went past DATA: without a final answer its outcome is not known."""
        return isinstance(self.connection, TellingSmtp) and self.connection.handed_over

    @property
    def refused(self) -> tuple[str, ...]:
        """The recipients of the last message that the server refused while it took others."""
        return self.connection.refused if isinstance(self.connection, TellingSmtp) else ()

    def forget(self) -> None:
        """Drops the connection without a word: what it says no longer matters."""
        if isinstance(self.connection, smtplib.SMTP):
            self.connection.close()
        self.connection = None
