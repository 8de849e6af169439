"""Colleagues: who may be added and changed, by whom, and what stops at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import connections

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event, User
from billing_assistant.core.rights import Role
from billing_assistant.core.services.users import (
    LastAdministrator,
    NotYourself,
    Person,
    user_create,
    user_reset_second_factor,
    user_set_active,
    user_update,
)
from tests import factories

NOW = clock.now()
AMINA = Person(username="amina", email="amina@example.com", role=Role.FINANCE, first_name="Amina")


def as_person(user: User, **changes: Any) -> Person:
    present = Person(
        username=user.username,
        email=user.email,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        language=user.language,
        profile_ids=frozenset(user.profiles.values_list("pk", flat=True)),
    )
    return replace(present, **changes)


@pytest.mark.django_db
class TestAdding:
    def test_a_colleague_has_no_password_and_signs_in_by_code(self) -> None:
        user = user_create(person=AMINA, actor=factories.actor(), now=NOW)
        assert not user.has_usable_password()
        assert (user.is_staff, user.is_superuser) == (True, False)
        assert Event.objects.get().name == "user.created"

    def test_an_administrator_may_use_all_of_the_admin(self) -> None:
        user = user_create(person=replace(AMINA, role=Role.ADMIN), actor=factories.actor(), now=NOW)
        assert (user.is_staff, user.is_superuser) == (True, True)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"username": ""}, "username"),
            ({"username": "a b"}, "username"),
            ({"username": "a@b"}, "username"),
            ({"username": "TAKEN"}, "username"),
            ({"email": ""}, "email"),
            ({"email": "nonsense"}, "email"),
            ({"email": "Taken@Example.com"}, "email"),
            ({"role": Role.CLIENT}, "role"),
            ({"role": "owner"}, "role"),
            ({"language": "tlh"}, "language"),
            ({"profile_ids": frozenset({UUID(int=1)})}, "profiles"),
        ],
    )
    def test_bad_input_is_refused_by_field(self, changes: dict[str, Any], field: str) -> None:
        actor = factories.actor(username="taken", email="taken@example.com")
        with pytest.raises(ValidationFailed) as refusal:
            user_create(person=replace(AMINA, **changes), actor=actor, now=NOW)
        assert list(refusal.value.errors) == [field]
        assert User.objects.count() == 1

    def test_the_old_address_of_another_person_is_taken_too(self) -> None:
        EmailAddress.objects.create(user=factories.user(), email="amina@example.com", verified=True)
        with pytest.raises(ValidationFailed):
            user_create(person=AMINA, actor=factories.actor(), now=NOW)

    @pytest.mark.parametrize("role", [Role.FINANCE, Role.CSM, Role.READ_ONLY, Role.CLIENT])
    def test_only_administrators_manage_people(self, role: Role) -> None:
        actor, other = factories.actor(role), factories.user()
        changes: list[Callable[[], User]] = [
            lambda: user_create(person=AMINA, actor=actor, now=NOW),
            lambda: user_update(user_id=other.pk, person=AMINA, actor=actor, now=NOW),
            lambda: user_set_active(user_id=other.pk, active=False, actor=actor, now=NOW),
            lambda: user_reset_second_factor(user_id=other.pk, actor=actor, now=NOW),
        ]
        for change in changes:
            with pytest.raises(PermissionRefused):
                change()


@pytest.mark.django_db
class TestLimits:
    def test_an_administrator_of_one_profile_gives_access_to_that_one_only(self) -> None:
        mine, theirs = factories.profile(), factories.profile()
        actor = factories.actor(profiles=[mine])
        for limits in (frozenset[UUID](), frozenset({theirs.pk}), frozenset({mine.pk, theirs.pk})):
            with pytest.raises(ValidationFailed) as refusal:
                user_create(person=replace(AMINA, profile_ids=limits), actor=actor, now=NOW)
            assert list(refusal.value.errors) == ["profiles"]
        made = user_create(person=replace(AMINA, profile_ids=frozenset({mine.pk})), actor=actor, now=NOW)
        assert list(made.profiles.all()) == [mine]

    def test_people_of_other_profiles_are_not_there(self) -> None:
        mine, theirs = factories.profile(), factories.profile()
        actor = factories.actor(profiles=[mine])
        for stranger in (factories.user(profiles=[theirs]), factories.user(), factories.user(profiles=[mine, theirs])):
            with pytest.raises(NotFound):
                user_set_active(user_id=stranger.pk, active=False, actor=actor, now=NOW)

    def test_clients_are_not_managed_here(self) -> None:
        client = factories.user(Role.CLIENT)
        with pytest.raises(NotFound):
            user_update(user_id=client.pk, person=as_person(client, role=Role.ADMIN), actor=factories.actor(), now=NOW)


@pytest.mark.django_db
class TestChanging:
    def test_a_change_is_recorded_with_its_fields(self) -> None:
        user = factories.user(Role.CSM)
        for _ in range(2):
            user_update(user_id=user.pk, person=as_person(user, role=Role.ADMIN), actor=factories.actor(), now=NOW)
            user.refresh_from_db()
        assert [event.data["changed"] for event in Event.objects.all()] == [["role"]]
        assert user.is_superuser

    def test_a_new_address_ends_signing_in_by_the_old_one(self) -> None:
        user = factories.user(Role.CSM)
        EmailAddress.objects.create(user=user, email=user.email, verified=True)
        user_update(user_id=user.pk, person=as_person(user, last_name="X"), actor=factories.actor(), now=NOW)
        assert EmailAddress.objects.exists()
        user_update(user_id=user.pk, person=as_person(user, email="new@example.com"), actor=factories.actor(), now=NOW)
        assert not EmailAddress.objects.exists()

    def test_nobody_changes_their_own_role_or_limits_or_locks_themselves_out(self) -> None:
        me = factories.user()
        actor = Actor.of_user(me)
        for change in ({"role": Role.CSM}, {"profile_ids": frozenset({factories.profile().pk})}):
            with pytest.raises(NotYourself):
                user_update(user_id=me.pk, person=as_person(me, **change), actor=actor, now=NOW)
        with pytest.raises(NotYourself):
            user_set_active(user_id=me.pk, active=False, actor=actor, now=NOW)
        assert (
            user_update(user_id=me.pk, person=as_person(me, first_name="Me"), actor=actor, now=NOW).first_name == "Me"
        )

    def test_the_last_administrator_of_everything_stays(self) -> None:
        last = factories.user()
        limited = factories.user(profiles=[factories.profile()])
        gone = factories.actor()
        User.objects.filter(pk=str(gone.user_id)).update(is_active=False)
        assert limited.role == Role.ADMIN
        with pytest.raises(LastAdministrator):
            user_set_active(user_id=last.pk, active=False, actor=gone, now=NOW)
        with pytest.raises(LastAdministrator):
            user_update(user_id=last.pk, person=as_person(last, role=Role.CSM), actor=gone, now=NOW)

    def test_deactivating_and_letting_in_again(self) -> None:
        user = factories.user(Role.CSM)
        for active in (False, False, True):
            user_set_active(user_id=user.pk, active=active, actor=factories.actor(), now=NOW)
        assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
            "user.deactivated",
            "user.activated",
        ]

    def test_a_lost_second_factor_is_forgotten(self) -> None:
        user = factories.user(Role.CSM)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
        user_reset_second_factor(user_id=user.pk, actor=factories.actor(), now=NOW)
        assert not Authenticator.objects.exists()
        assert Event.objects.get().name == "user.second_factor_reset"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_do_not_both_succeed() -> None:
    first, second = factories.user(), factories.user()
    barrier = threading.Barrier(2)

    def remove(by: User, whom: User) -> str:
        actor = Actor.of_user(by)
        try:
            barrier.wait(10)
            user_set_active(user_id=whom.pk, active=False, actor=actor, now=NOW)
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(remove, first, second), pool.submit(remove, second, first)]
        assert sorted(outcome.result() for outcome in outcomes) == ["done", "last_administrator"]
    assert User.objects.filter(is_active=True).count() == 1
