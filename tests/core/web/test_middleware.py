"""What happens around every page."""

from __future__ import annotations

import json

import pytest
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from billing_assistant.core.web.requests import client_ip, is_fragment, safe_next
from tests import factories
from tests.core.web.conftest import SignIn

pytestmark = pytest.mark.django_db


def test_a_page_without_a_rule_is_closed_and_told(client: Client) -> None:
    with capture_logs() as logs:
        response = client.get("/forgotten/")
    assert response.status_code == 404
    assert b"secret" not in response.content
    assert [line["view"] for line in logs if line["event"] == "access.no_rule"] == ["tests.core.web.views.forgotten"]


class TestHeaders:
    def test_private_pages_are_kept_nowhere(self, sign_in: SignIn) -> None:
        headers = sign_in().get("/staff/").headers
        assert headers["Cache-Control"] == "no-store, private"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"

    @pytest.mark.parametrize("path", ["/link/t0ken/", "/client/"])
    def test_the_portal_tells_no_other_site_where_one_was(self, sign_in: SignIn, path: str) -> None:
        headers = sign_in(Role.CLIENT).get(path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store, private"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"

    def test_public_pages_may_be_kept(self, client: Client) -> None:
        headers = client.get("/public/").headers
        assert "Cache-Control" not in headers
        assert "X-Robots-Tag" not in headers

    def test_every_answer_carries_the_number_of_its_request(self, client: Client) -> None:
        assert len(client.get("/public/").headers["X-Request-ID"]) >= 32


class TestErrors:
    def test_a_refusal_is_a_page_in_words(self, sign_in: SignIn) -> None:
        response = sign_in().get("/refuses/")
        assert response.status_code == 409
        assert "The invoice is &lt;b&gt;paid&lt;/b&gt;." in response.content.decode()

    def test_a_refusal_is_a_toast_for_htmx(self, sign_in: SignIn) -> None:
        response = sign_in().get("/refuses/", headers={"HX-Request": "true"})
        assert response.status_code == 409
        assert response.headers["HX-Reswap"] == "none"
        assert json.loads(response.headers["HX-Trigger"])["toast"] == {
            "text": "The invoice is <b>paid</b>.",
            "tone": "danger",
            "undo_url": "",
        }

    def test_a_value_the_database_cannot_keep_is_the_callers_fault(self, sign_in: SignIn) -> None:
        response = sign_in().get("/bad-data/")
        assert response.status_code == 400
        assert b"canary" not in response.content

    @pytest.mark.parametrize("path", ["/public/?q=%00", "/link/a%00b/", "/staff/?a=b%00"])
    def test_nul_is_refused_everywhere(self, sign_in: SignIn, path: str) -> None:
        assert sign_in().get(path).status_code == 400

    def test_a_failure_of_ours_shows_nothing_of_the_inside(self, sign_in: SignIn) -> None:
        response = sign_in().get("/breaks/")
        assert response.status_code == 500
        assert b"canary" not in response.content
        assert b"<html" in response.content

    def test_an_unknown_address_is_a_page(self, client: Client) -> None:
        response = client.get("/nowhere-at-all/")
        assert response.status_code == 404
        assert b"<html" in response.content

    def test_a_forged_form_is_refused_in_words(self, sign_in: SignIn) -> None:
        browser = sign_in()
        browser.handler.enforce_csrf_checks = True
        response = browser.post("/staff/invoices/")
        assert response.status_code == 403
        assert b"reload it and try again" in response.content


class TestLanguage:
    def test_a_person_reads_in_the_language_of_the_account(self, sign_in: SignIn) -> None:
        swahili = sign_in(Role.ADMIN, language="sw")
        page = swahili.get("/staff/", headers={"Accept-Language": "en"})
        assert page.content.decode().endswith(" sw")
        assert page.headers["Content-Language"] == "sw"

    def test_the_next_request_is_not_in_the_language_of_the_last(self, sign_in: SignIn) -> None:
        sign_in(Role.ADMIN, language="sw").get("/staff/")
        assert sign_in(Role.ADMIN, language="en").get("/staff/").content.decode().endswith(" en")


class TestProfile:
    def test_the_chosen_profile_is_used_if_it_is_visible(self, sign_in: SignIn, profile: BusinessProfile) -> None:
        other = factories.profile(name="Zebra")
        browser = sign_in()
        assert profile.slug in browser.get("/staff/").content.decode()
        session = browser.session
        session["profile_id"] = str(other.pk)
        session.save()
        assert other.slug in browser.get("/staff/").content.decode()

    @pytest.mark.parametrize("chosen", ["nonsense", "", None, 5, "00000000-0000-0000-0000-000000000000", "\x00"])
    def test_a_choice_that_cannot_be_is_the_first_profile(
        self, sign_in: SignIn, profile: BusinessProfile, chosen: object
    ) -> None:
        browser = sign_in()
        session = browser.session
        session["profile_id"] = chosen
        session.save()
        assert profile.slug in browser.get("/staff/").content.decode()

    def test_a_profile_outside_the_limits_cannot_be_chosen(self, sign_in: SignIn, profile: BusinessProfile) -> None:
        other = factories.profile(name="Zebra")
        browser = sign_in(Role.FINANCE, profiles=[profile])
        session = browser.session
        session["profile_id"] = str(other.pk)
        session.save()
        assert profile.slug in browser.get("/staff/").content.decode()


def test_a_redirect_works_for_htmx_too(sign_in: SignIn) -> None:
    browser = sign_in()
    assert browser.get("/moves/").headers["Location"] == "/staff/"
    fragment = browser.get("/moves/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, "/staff/")


def test_a_toast_is_carried_in_a_header_that_any_server_passes_on(sign_in: SignIn) -> None:
    response = sign_in().get("/tells/")
    assert response.content == b"True"
    assert response.headers["HX-Trigger"].isascii()
    assert json.loads(response.headers["HX-Trigger"])["toast"]["text"] == "Saved “it”"


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/invoices/?page=2", "/invoices/?page=2"),
        ("", "/home/"),
        ("//evil.example", "/home/"),
        ("/\\evil.example", "/home/"),
        ("\\\\evil.example", "/home/"),
        ("https:evil.example", "/home/"),
        ("https://evil.example", "/home/"),
        ("http:///evil.example", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("/a\r\nSet-Cookie: x=1", "/home/"),
        ("/\t/evil.example", "/home/"),
        ("invoices/", "/home/"),
        ("///evil.example", "/home/"),
        ("/%0d%0aX: 1", "/%0d%0aX: 1"),
    ],
)
def test_the_way_on_never_leaves_this_site(wanted: str, goes: str) -> None:
    assert safe_next(RequestFactory().get("/", {"next": wanted}), "/home/") == goes
    assert safe_next(RequestFactory().post("/", {"next": wanted}), "/home/") == goes


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "8.8.8.8", "127.0.0.1"),
        (1, "8.8.8.8", "8.8.8.8"),
        (1, "6.6.6.6, 8.8.8.8", "8.8.8.8"),
        (2, "6.6.6.6, 8.8.8.8, 10.0.0.1", "8.8.8.8"),
        (2, "8.8.8.8", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_say_where_a_call_came_from(
    settings: object, proxies: int, forwarded: str, found: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies  # type: ignore[attr-defined]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_ip(RequestFactory(headers=headers).get("/")) == found


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_a_boosted_link_and_the_way_back_want_the_whole_page(headers: dict[str, str], fragment: bool) -> None:
    assert is_fragment(RequestFactory(headers=headers).get("/")) is fragment
