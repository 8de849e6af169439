"""Who is let in to the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import clock
from billing_assistant.core.models import ApiKey, BusinessProfile
from billing_assistant.core.rights import Role
from tests import factories

WHOAMI = "/api/whoami"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "TOKEN"])
def test_a_key_is_taken_with_both_words(make_key: Callable[..., str], scheme: str) -> None:
    response = Client().get(WHOAMI, headers={"Authorization": f"{scheme} {make_key()}"})
    assert response.status_code == 200
    assert response.json()["kind"] == "api_key"


def test_without_a_key_the_answer_asks_for_one() -> None:
    response = Client().get(WHOAMI)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "given", ["", "x", "bak000000000_x", "a b c", "é", "\x00", "x" * 5000, "null", "undefined", "{}", "' OR 1=1 --"]
)
def test_every_key_that_does_not_work_gets_the_same_answer(given: str) -> None:
    response = Client().get(WHOAMI, headers={"Authorization": f"Bearer {given}"})
    assert response.status_code == 401
    assert response.json() == {
        "type": "urn:problem:authentication_failed",
        "title": "Unauthorized",
        "status": 401,
        "code": "authentication_failed",
        "detail": "This API key is not valid.",
        "errors": {},
    }


def test_the_first_half_of_a_key_is_not_enough(make_key: Callable[..., str]) -> None:
    prefix = make_key().partition("_")[0]
    for given in (prefix, f"{prefix}_", f"{prefix}_x"):
        assert Client().get(WHOAMI, headers={"Authorization": f"Bearer {given}"}).status_code == 401


def test_a_key_that_ran_out_or_was_ended_is_refused(make_key: Callable[..., str]) -> None:
    plain = make_key()
    for change in ({"expires_at": clock.now()}, {"expires_at": None, "revoked_at": clock.now()}):
        ApiKey.objects.update(**change)
        assert Client().get(WHOAMI, headers={"Authorization": f"Bearer {plain}"}).status_code == 401


def test_the_key_of_somebody_who_left_is_refused_at_once(make_key: Callable[..., str]) -> None:
    person = factories.user()
    plain = make_key(user=person)
    person.is_active = False
    person.save()
    assert Client().get(WHOAMI, headers={"Authorization": f"Bearer {plain}"}).status_code == 401


def test_a_bad_key_is_not_covered_by_a_good_session(client: Client) -> None:
    client.force_login(factories.user())
    assert client.get(WHOAMI, headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_use_of_a_key_is_noted(api: Client) -> None:
    api.get(WHOAMI)
    assert ApiKey.objects.get().last_used_at is not None


def test_a_signed_in_person_reads_without_a_key(client: Client, profile: BusinessProfile) -> None:
    client.force_login(factories.user(Role.FINANCE))
    body = client.get(WHOAMI).json()
    assert (body["kind"], body["profile"]) == ("user", profile.slug)


def test_a_write_from_the_browser_needs_the_csrf_token(profile: BusinessProfile) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.user())
    refused = browser.post("/api/effects", {"text": "x"}, content_type="application/json")
    assert refused.status_code == 403
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_write_with_a_key_needs_no_csrf_token(make_key: Callable[..., str]) -> None:
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {make_key()}"})
    assert program.post("/api/effects", {"text": "x"}, content_type="application/json").status_code == 201


@pytest.mark.parametrize("role", [Role.CLIENT])
def test_a_client_of_the_portal_has_no_api(client: Client, role: Role) -> None:
    client.force_login(factories.user(role))
    assert client.get(WHOAMI).status_code == 403
    assert client.get("/api/customers").status_code == 403


def test_staff_without_their_second_factor_are_refused_when_it_is_required(client: Client, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True
    client.force_login(factories.user())
    response = client.get(WHOAMI)
    assert response.status_code == 403
    assert response.json()["code"] == "second_factor_needed"


@pytest.mark.parametrize(
    ("role", "method", "status"),
    [
        (Role.ADMIN, "post", 201),
        (Role.FINANCE, "post", 201),
        (Role.CSM, "post", 201),
        (Role.READ_ONLY, "post", 403),
        (Role.READ_ONLY, "get", 405),
    ],
)
def test_the_role_decides_what_a_key_may_do(
    caller: Callable[..., Client], role: Role, method: str, status: int
) -> None:
    call = getattr(caller(role), method)
    assert call("/api/effects", {"text": "x"}, content_type="application/json").status_code == status


def test_a_key_may_do_only_what_its_scopes_say(caller: Callable[..., Client]) -> None:
    reader = caller(Role.ADMIN, scopes=["customers.view"])
    refusal = reader.post("/api/effects", {"text": "x"}, content_type="application/json")
    assert refusal.status_code == 403
    assert refusal.json()["code"] == "permission_refused"
    assert "customers.edit" in refusal.json()["detail"]
    assert reader.get("/api/customers").status_code == 200


def test_a_key_sees_its_own_profile_only(caller: Callable[..., Client], profile: BusinessProfile) -> None:
    mine, theirs = factories.customer(profile), factories.customer(factories.profile())
    api = caller()
    assert [row["customer_id"] for row in api.get("/api/customers").json()["customers"]] == [mine.number]
    assert api.get(f"/api/customers/{mine.pk}").status_code == 200
    hidden, missing = api.get(f"/api/customers/{theirs.pk}"), api.get(f"/api/customers/{profile.pk}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content


def test_the_header_chooses_the_profile_of_a_person(client: Client, profile: BusinessProfile) -> None:
    other = factories.profile()
    client.force_login(factories.user(Role.ADMIN))
    assert client.get(WHOAMI, headers={"X-Profile": other.slug}).json()["profile"] == other.slug
    assert client.get(WHOAMI, headers={"X-Profile": str(profile.pk)}).json()["profile"] == profile.slug
    client.force_login(factories.user(Role.ADMIN, profiles=[profile]))
    assert client.get(WHOAMI, headers={"X-Profile": other.slug}).status_code == 404


def test_a_key_cannot_choose_another_profile(api: Client, profile: BusinessProfile) -> None:
    other = factories.profile()
    assert api.get(WHOAMI, headers={"X-Profile": other.slug}).json()["profile"] == profile.slug


def test_a_hidden_method_stays_what_it_is(api: Client) -> None:
    for header in ("X-HTTP-Method-Override", "X-Method-Override"):
        assert api.get("/api/customers", headers={header: "DELETE"}).status_code == 200
    assert api.post("/api/customers", {"_method": "GET"}).status_code == 405


def test_a_key_that_expires_later_works_now(make_key: Callable[..., str]) -> None:
    plain = make_key(expires_at=clock.now() + timedelta(days=1))
    assert Client().get(WHOAMI, headers={"Authorization": f"Bearer {plain}"}).status_code == 200
