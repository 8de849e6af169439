"""The mail server of one machine keeps each message as it came, and leaves when asked."""

from __future__ import annotations

import os
import smtplib
import subprocess
import time
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

from scripts.engines.mailbox import HOST, Mailbox
from scripts.instance import free_port
from scripts.processes import end


def test_keeps_a_message(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mail", free_port())
    service = mailbox.service(log=tmp_path / "log", environment=dict(os.environ))
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "us@example.com", "jane@example.com", "Ankara — KES 52,200.00"
    message.set_content("Habari Jane,\n\nhere is your invoice.\n")

    with subprocess.Popen(service.command, cwd=service.folder, env=dict(service.environment)) as server:
        limit = time.monotonic() + 20
        while not mailbox.ready():
            assert time.monotonic() < limit
            time.sleep(0.02)
        with smtplib.SMTP(HOST, mailbox.port) as client:
            client.send_message(message)
        end(server.pid)

    (kept,) = (tmp_path / "mail").iterdir()
    found = message_from_bytes(kept.read_bytes())
    assert kept.suffix == ".eml"
    assert found["To"] == "jane@example.com"
    assert str(found.get_payload()).splitlines() == ["Habari Jane,", "", "here is your invoice."]
