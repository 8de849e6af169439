"""The mails of signing in: plain text and HTML, the code first."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.factories import user

pytestmark = pytest.mark.django_db

NOTICES = [
    "account/email/password_changed",
    "account/email/password_set",
    "account/email/password_reset",
    "account/email/email_changed",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/recovery_codes_generated",
]


def only_mail() -> mail.EmailMultiAlternatives:
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    return sent


def html_of(sent: mail.EmailMultiAlternatives) -> str:
    ((content, kind),) = sent.alternatives
    assert kind == "text/html"
    return str(content)


def test_a_sign_in_code_is_the_first_thing_to_see() -> None:
    person = user()
    Client().post(reverse("account_request_login_code"), {"email": person.email})
    sent = only_mail()
    code = re.match(r"(\S+) is your sign-in code$", str(sent.subject))
    assert code is not None
    assert str(sent.body).split()[:5] == ["Your", "sign-in", "code:", code[1], "Enter"]
    html = html_of(sent)
    assert f">{code[1]}</h1>" in html
    assert "<script" not in html
    assert "<img" not in html


def test_somebody_without_an_account_is_told_so_by_mail() -> None:
    Client().post(reverse("account_request_login_code"), {"email": "nobody@example.com"})
    sent = only_mail()
    assert sent.subject == "No account with this address"
    assert "nobody@example.com" in html_of(sent)


def test_a_new_password_is_one_button_away() -> None:
    person = user()
    Client().post(reverse("account_reset_password"), {"email": person.email})
    sent = only_mail()
    html = html_of(sent)
    links = re.findall(r'href="([^"]+)"', html)
    assert len(links) == 1
    assert links[0] in str(sent.body)


@pytest.mark.parametrize("name", NOTICES)
def test_notices_are_complete(name: str) -> None:
    context = {"ip": "10.0.0.1", "user_agent": "<b>Firefox</b>", "timestamp": "2 March 2026", "email": "a@b.example"}
    subject = render_to_string(f"{name}_subject.txt", context).strip()
    text = render_to_string(f"{name}_message.txt", context)
    html = render_to_string(f"{name}_message.html", context)
    assert "\n" not in subject
    assert subject
    assert f"{subject}." in text
    assert subject in html
    assert "&lt;b&gt;Firefox" in html
