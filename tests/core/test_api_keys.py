"""API keys: made and ended by administrators, never stronger than their owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import ApiKey, Event
from billing_assistant.core.rights import Right, Role
from billing_assistant.core.services.api_keys import (
    IssuedKey,
    api_key_create,
    api_key_find,
    api_key_revoke,
    api_key_used,
)
from tests import factories

pytestmark = pytest.mark.django_db
NOW = clock.now()


def create(**fields: Any) -> IssuedKey:
    owner = fields.pop("owner", None) or factories.user(Role.FINANCE)
    given: dict[str, Any] = {
        "user_id": owner.pk,
        "profile_id": (fields.pop("profile", None) or factories.profile()).pk,
        "name": "Shop",
        "scopes": ["invoices.view"],
        "expires_at": None,
        "actor": factories.actor(),
        "now": NOW,
    }
    return api_key_create(**(given | fields))


def test_the_plain_text_is_nowhere_in_the_database() -> None:
    issued = create()
    row = ApiKey.objects.values().get()
    assert issued.plain.startswith(f"{row['prefix']}_")
    assert issued.plain.partition("_")[2] not in repr(row)
    assert issued.plain not in repr(list(Event.objects.values()))


def test_two_keys_differ() -> None:
    assert create().plain != create().plain


def test_making_and_ending_a_key_is_recorded() -> None:
    issued = create()
    api_key_revoke(key_id=issued.key.pk, actor=factories.actor(), now=NOW)
    api_key_revoke(key_id=issued.key.pk, actor=factories.actor(), now=NOW)
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == ["api_key.created", "api_key.revoked"]


@pytest.mark.parametrize("change", ["x", "X", "", " "])
def test_only_the_exact_text_is_found(change: str) -> None:
    issued = create()
    assert api_key_find(plain=issued.plain, now=NOW) == issued.key
    assert api_key_find(plain=issued.plain[:-1] + change, now=NOW) is None


def test_a_key_that_was_ended_or_whose_owner_left_is_not_found() -> None:
    ended, left = create(), create()
    api_key_revoke(key_id=ended.key.pk, actor=factories.actor(), now=NOW)
    left.key.user.is_active = False
    left.key.user.save()
    assert api_key_find(plain=ended.plain, now=NOW) is None
    assert api_key_find(plain=left.plain, now=NOW) is None


def test_a_key_loses_what_its_owner_loses() -> None:
    issued = create(scopes=["invoices.view", "invoices.issue"])
    owner = issued.key.user
    assert Actor.of_api_key(issued.key).rights == {Right.INVOICES_VIEW, Right.INVOICES_ISSUE}
    owner.role = Role.READ_ONLY
    owner.save()
    key = api_key_find(plain=issued.plain, now=NOW)
    assert key is not None
    assert Actor.of_api_key(key).rights == {Right.INVOICES_VIEW}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["invoices.fly"]}, "scopes"),
        ({"scopes": ["settings.edit"]}, "scopes"),
        ({"expires_at": NOW}, "expires_at"),
    ],
)
def test_bad_input_is_refused_by_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        create(**fields)
    assert list(refusal.value.errors) == [field]
    assert not ApiKey.objects.exists()


def test_a_key_is_refused_on_a_profile_that_its_owner_does_not_work_for() -> None:
    mine, other = factories.profile(), factories.profile()
    with pytest.raises(ValidationFailed):
        create(owner=factories.user(Role.FINANCE, profiles=[mine]), profile=other)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CSM, Role.READ_ONLY, Role.CLIENT])
def test_only_administrators_make_and_end_keys(role: Role) -> None:
    issued = create()
    with pytest.raises(PermissionRefused):
        create(actor=factories.actor(role))
    with pytest.raises(PermissionRefused):
        api_key_revoke(key_id=issued.key.pk, actor=factories.actor(role), now=NOW)


def test_an_administrator_of_another_profile_does_not_see_the_key() -> None:
    issued = create()
    stranger = factories.actor(profiles=[factories.profile()])
    with pytest.raises(NotFound):
        api_key_revoke(key_id=issued.key.pk, actor=stranger, now=NOW)


def test_use_is_noted_at_most_once_a_minute() -> None:
    key = create().key
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        api_key_used(key=key, now=NOW + timedelta(seconds=seconds))
        key.refresh_from_db()
        assert key.last_used_at == NOW + timedelta(seconds=noted)
