"""The door of the pages."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.rights import Role
from tests import factories
from tests.core.web.conftest import SignIn

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/staff/?tab=late")
    assert response.status_code == 302
    assert response.headers["Location"] == "/accounts/login/?next=%2Fstaff%2F%3Ftab%3Dlate"


def test_a_strangers_post_is_not_sent_back_to_it(client: Client) -> None:
    assert client.post("/staff/invoices/").headers["Location"] == "/accounts/login/?next=%2F"


def test_htmx_is_told_to_go_to_sign_in_as_a_page(client: Client) -> None:
    response = client.get("/staff/", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response.headers["HX-Redirect"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE, Role.CSM, Role.READ_ONLY])
def test_staff_of_every_role_see_a_page_for_staff(sign_in: SignIn, role: Role) -> None:
    assert sign_in(role).get("/staff/").status_code == 200


@pytest.mark.parametrize("path", ["/staff/", "/staff/invoices/", "/admin/"])
def test_a_client_sees_no_page_of_staff(sign_in: SignIn, path: str) -> None:
    response = sign_in(Role.CLIENT).get(path)
    assert response.status_code == 403
    assert "<!doctype html>" in response.content.decode().lower()


@pytest.mark.parametrize(
    ("role", "get", "post"),
    [(Role.ADMIN, 200, 200), (Role.FINANCE, 200, 200), (Role.CSM, 200, 403), (Role.READ_ONLY, 200, 403)],
)
def test_writing_may_need_another_right_than_reading(sign_in: SignIn, role: Role, get: int, post: int) -> None:
    browser = sign_in(role)
    assert browser.get("/staff/invoices/").status_code == get
    assert browser.post("/staff/invoices/").status_code == post


@pytest.mark.parametrize("path", ["/client/", "/client/class/"])
def test_the_portal_is_for_clients(sign_in: SignIn, client: Client, path: str) -> None:
    assert sign_in(Role.CLIENT).get(path).status_code == 200
    assert sign_in(Role.ADMIN).get(path).status_code == 404
    assert client.get(path).status_code == 302


def test_somebody_who_was_deactivated_is_a_stranger_at_once(sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMIN, username="leaver")
    person = User.objects.get(username="leaver")
    person.is_active = False
    person.save()
    assert browser.get("/staff/").status_code == 302


def test_a_changed_role_counts_at_once(sign_in: SignIn) -> None:
    browser = sign_in(Role.ADMIN, username="demoted")
    User.objects.filter(username="demoted").update(role=Role.READ_ONLY)
    assert browser.post("/staff/invoices/").status_code == 403


class TestRowsOfOthers:
    def test_a_row_of_another_profile_is_not_there(self, sign_in: SignIn, profile: BusinessProfile) -> None:
        mine, theirs = factories.customer(profile), factories.customer(factories.profile())
        browser = sign_in(Role.CSM, profiles=[profile])
        assert browser.get(f"/staff/customers/{mine.pk}/").status_code == 200
        hidden = browser.get(f"/staff/customers/{theirs.pk}/")
        missing = browser.get(f"/staff/customers/{profile.pk}/")
        assert hidden.status_code == missing.status_code == 404
        assert len(hidden.content) == len(missing.content)

    def test_a_person_without_limits_sees_every_profile(self, sign_in: SignIn) -> None:
        theirs = factories.customer(factories.profile())
        assert sign_in(Role.CSM).get(f"/staff/customers/{theirs.pk}/").status_code == 200

    def test_rows_without_a_profile_cannot_be_scoped_by_mistake(
        self, sign_in: SignIn, profile: BusinessProfile
    ) -> None:
        assert sign_in(Role.ADMIN, profiles=[profile]).get("/notices/x-not-there").status_code == 404
        assert sign_in(Role.ADMIN, profiles=[profile]).get("/notices/").status_code == 500


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def _required(self, settings: Any) -> None:
        settings.STAFF_MFA_REQUIRED = True

    @pytest.mark.parametrize("path", ["/staff/", "/staff/invoices/", "/admin/", "/admin/core/"])
    def test_staff_without_one_are_sent_to_set_it_up(self, sign_in: SignIn, path: str) -> None:
        response = sign_in().get(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/2fa/totp/activate/?next=%2F")

    def test_staff_who_have_one_and_did_not_show_it_are_asked(self, sign_in: SignIn) -> None:
        browser = sign_in(username="has-one")
        person = User.objects.get(username="has-one")
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
        response = browser.get("/staff/")
        assert response.headers["Location"].startswith("/accounts/2fa/reauthenticate/?next=%2Fstaff%2F")

    def test_staff_who_showed_it_come_in(self, sign_in: SignIn) -> None:
        browser = sign_in(username="showed")
        person = User.objects.get(username="showed")
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
        session = browser.session
        session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
        assert browser.get("/staff/").status_code == 200

    def test_a_factor_shown_by_somebody_else_in_this_browser_does_not_count(self, sign_in: SignIn) -> None:
        browser = sign_in()
        session = browser.session
        session["account_authentication_methods"] = [{"method": "mfa"}]
        session["account_authentication_methods_user"] = str(factories.user().pk)
        session.save()
        assert browser.get("/staff/").status_code == 302

    def test_clients_need_none(self, sign_in: SignIn) -> None:
        assert sign_in(Role.CLIENT).get("/client/").status_code == 200
