from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from billing_assistant.core.models import Notice, User
from billing_assistant.core.rights import Role
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|<script(?![^>]*\ssrc=)|javascript:""", re.IGNORECASE)
ENTRANCE = ["/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/", "/accounts/password/reset/done/"]
SIGNED_IN = ["/accounts/logout/", "/accounts/password/change/", "/accounts/email/", "/accounts/2fa/"]


@pytest.fixture
def staff(client: Client) -> User:
    person = factories.user(Role.ADMIN, username="amina", email="amina@example.com", is_staff=True, is_superuser=True)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client.force_login(person)
    return person


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    html = response.content.decode()
    assert not INLINE.search(html), INLINE.search(html)
    assert html.count("<h1") == 1
    return html


@pytest.mark.parametrize("path", ENTRANCE)
def test_strangers_meet_plain_pages(client: Client, path: str) -> None:
    html = page(client, path)
    assert 'class="entrance"' in html
    assert "rail" not in html


@pytest.mark.parametrize("path", SIGNED_IN)
def test_people_manage_their_own_sign_in(client: Client, staff: User, path: str) -> None:
    assert 'class="entrance"' in page(client, path)


def test_signing_in_with_a_wrong_password_says_so_and_keeps_the_name(client: Client) -> None:
    factories.user(Role.ADMIN, username="amina")
    response = client.post("/accounts/login/", {"login": "amina", "password": "wrong"})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert 'value="amina"' in response.content.decode()


def test_signing_in_by_an_e_mailed_code(client: Client) -> None:
    person = factories.user(Role.CLIENT, username="buyer", email="buyer@example.com")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    response = client.post("/accounts/login/code/", {"email": person.email})
    assert response.status_code == 302
    html = page(client, response["Location"])
    assert person.email in html
    code = re.search(r"^ {4}(\S+)$", str(mail.outbox[0].body), re.MULTILINE)
    assert code is not None
    assert code[1] in str(mail.outbox[0].subject)
    client.post(response["Location"], {"code": code[1]})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_setting_up_the_second_step_shows_a_picture_and_the_secret(client: Client) -> None:
    factories.user(Role.ADMIN, username="amina")
    client.post("/accounts/login/", {"login": "amina", "password": PASSWORD})
    assert 'class="entrance"' in page(client, "/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    html = page(client, "/accounts/2fa/totp/activate/")
    assert 'src="data:image/svg+xml;base64,' in html
    assert "data-copy=" in html


def test_the_style_guide_shows_every_component(client: Client, staff: User) -> None:
    html = page(client, "/styleguide/")
    for trace in ("state-danger", "money-xl", "story-entry", "empty-state", "error-summary", "skeleton", "dialog-foot"):
        assert trace in html


def test_the_style_guide_is_for_staff(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 302
    client.force_login(factories.user(Role.CLIENT))
    assert client.get("/styleguide/").status_code == 403


def test_the_portal_wears_the_colours_of_the_profile(client: Client, staff: User) -> None:
    profile = factories.profile(name="Kilimo", slug="kilimo")
    html = page(client, "/styleguide/portal/")
    assert f'href="/brand/{profile.slug}.css"' in html
    assert "Kilimo" in html


def test_the_bell_counts_what_is_unread(client: Client, staff: User) -> None:
    Notice.objects.create(user=staff, key="a", text="One")
    Notice.objects.create(user=staff, key="b", text="Two")
    response = client.get("/styleguide/")
    assert response.context["unread_notices"] == 2


def test_a_missing_page_says_so_in_our_own_words(client: Client, staff: User) -> None:
    html = page(client, "/nowhere/", status=404)
    assert "Not found" in html
    assert 'class="entrance"' in html


def test_a_language_is_kept_in_the_account(client: Client, staff: User) -> None:
    response = client.post("/language/", {"language": "sw", "next": "/styleguide/"})
    assert response.status_code == 302
    assert response["Location"] == "/styleguide/"
    staff.refresh_from_db()
    assert staff.language == "sw"
    assert 'lang="sw"' in client.get("/styleguide/").content.decode()


def test_an_unknown_language_and_another_site_are_ignored(client: Client, staff: User) -> None:
    response = client.post("/language/", {"language": "xx", "next": "https://evil.example/"})
    assert response["Location"] == "/"
    staff.refresh_from_db()
    assert staff.language == "en"


def test_a_stranger_chooses_a_language_by_cookie(client: Client) -> None:
    client.post("/language/", {"language": "sw"})
    assert 'lang="sw"' in client.get("/accounts/login/").content.decode()


def test_the_admin_wears_our_colours(client: Client, staff: User) -> None:
    html = client.get("/admin/").content.decode()
    assert "css/admin.css" in html
    assert "Administration" in html


def test_a_page_costs_few_queries(client: Client, staff: User, django_assert_max_num_queries: object) -> None:
    factories.profile()
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get("/styleguide/")
