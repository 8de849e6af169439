"""The command that makes an API key."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing_assistant.core import clock
from billing_assistant.core.models import ApiKey
from billing_assistant.core.rights import ROLE_RIGHTS, Role
from billing_assistant.core.services.api_keys import api_key_find
from tests import factories

pytestmark = pytest.mark.django_db


def run(**options: Any) -> str:
    out = StringIO()
    call_command("make_token", stdout=out, stderr=StringIO(), **options)
    return out.getvalue().strip()


def test_prints_a_key_that_works() -> None:
    profile, person = factories.profile(), factories.user(Role.FINANCE)
    plain = run(user=person.username, scopes="invoices.view, customers.view")
    key = api_key_find(plain=plain, now=clock.now())
    assert key is not None
    assert (key.user, key.profile, key.scopes) == (person, profile, ["customers.view", "invoices.view"])
    assert plain not in key.key_hash


def test_all_means_all_that_the_person_may_do() -> None:
    factories.profile()
    person = factories.user(Role.READ_ONLY)
    run(user=person.email)
    assert set(ApiKey.objects.get().scopes) == ROLE_RIGHTS[Role.READ_ONLY]


def test_a_key_may_expire() -> None:
    factories.profile()
    person = factories.user()
    plain = run(user=person.username, days=2)
    key = ApiKey.objects.get()
    assert key.expires_at is not None
    assert api_key_find(plain=plain, now=key.expires_at - timedelta(seconds=1)) is not None
    assert api_key_find(plain=plain, now=key.expires_at) is None


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"user": "nobody"}, "no active person"),
        ({"user": "reader", "scopes": "invoices.fly"}, "no scope"),
        ({"user": "reader", "scopes": "invoices.issue"}, "may not do this"),
        ({"user": "reader", "scopes": " , "}, "at least one scope"),
        ({"user": "reader", "profile": "nowhere"}, "no business profile"),
    ],
)
def test_says_in_one_line_why_not(options: dict[str, str], reason: str) -> None:
    factories.profile()
    factories.user(Role.READ_ONLY, username="reader")
    with pytest.raises(CommandError, match=reason):
        run(**options)
    assert not ApiKey.objects.exists()
