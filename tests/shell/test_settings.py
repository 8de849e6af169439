"""The settings pages."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing_assistant.core import clock
from billing_assistant.core.models import ApiKey, BusinessProfile, User
from billing_assistant.core.rights import Role
from billing_assistant.core.services.api_keys import api_key_find
from invoices.models import Invoice, NumberSeries, SeriesCounter, TaxRate
from invoices.services.setup import profile_prepare
from tests import factories
from tests.core.test_business_profiles import picture
from tests.shell.people import browser, browser_of

pytestmark = pytest.mark.django_db
PAGES = [
    "/settings/profile/",
    "/settings/profile/new/",
    "/settings/users/",
    "/settings/users/new/",
    "/settings/api-keys/",
    "/settings/api-keys/new/",
]


@pytest.fixture
def profile() -> BusinessProfile:
    made = factories.profile(name="Acme", slug="acme")
    profile_prepare(profile_id=made.pk)
    return made


@pytest.fixture
def admin(profile: BusinessProfile) -> Client:
    return browser()


def typed(client: Client, url: str) -> dict[str, Any]:
    """What the form on a page would send unchanged."""
    form = client.get(url).context["form"]
    given = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in given.items() if value is not None and value is not False}


@pytest.mark.parametrize("url", ["/settings/", *PAGES])
def test_an_administrator_sees_every_page(admin: Client, url: str) -> None:
    page = admin.get(url)
    assert page.status_code == 200
    assert "style=" not in page.content.decode()


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("role", [Role.FINANCE, Role.CSM, Role.READ_ONLY])
def test_others_see_only_what_is_theirs(profile: BusinessProfile, url: str, role: Role) -> None:
    assert profile
    someone = browser(role)
    assert someone.get(url).status_code == 403
    index = someone.get("/settings/").content.decode()
    assert url not in index
    assert "/accounts/2fa/" in index


class TestBusinessProfile:
    URL = "/settings/profile/"

    def test_a_change_is_saved(self, admin: Client, profile: BusinessProfile) -> None:
        answer = admin.post(self.URL, {**typed(admin, self.URL), "city": "Mombasa"})
        assert answer.status_code == 302, answer.context["form"].errors
        profile.refresh_from_db()
        assert profile.city == "Mombasa"

    @pytest.mark.parametrize("url", ["/settings/profile/", "/settings/profile/new/"])
    def test_every_field_of_the_form_stands_on_the_page(
        self, admin: Client, profile: BusinessProfile, url: str
    ) -> None:
        page = admin.get(url)
        fields = page.context["form"].fields
        assert [name for name in fields if f'name="{name}"' not in page.content.decode()] == []

    def test_what_cannot_be_stands_at_its_field_and_nothing_typed_is_lost(
        self, admin: Client, profile: BusinessProfile
    ) -> None:
        given = {**typed(admin, self.URL), "city": "Mombasa", "invoice_number_format": "X-{number}"}
        answer = admin.post(self.URL, given)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["invoice_number_format"]
        assert "Mombasa" in answer.content.decode()
        profile.refresh_from_db()
        assert profile.city == ""

    def test_a_new_number_format_counts_from_the_next_invoice(self, admin: Client, profile: BusinessProfile) -> None:
        admin.post(self.URL, {**typed(admin, self.URL), "invoice_number_format": "A{year}.{number:05}"})
        series = NumberSeries.objects.get(profile=profile, code="INV")
        assert series.number(year=2026, sequence=7) == "A2026.00007"
        assert not Invoice.objects.exists()

    def test_a_series_in_use_does_not_begin_to_count_another_way(self, admin: Client, profile: BusinessProfile) -> None:
        series = NumberSeries.objects.get(profile=profile, code="INV")
        SeriesCounter.objects.create(series=series, year=2026, last_number=3)
        given = typed(admin, self.URL)
        del given["numbers_restart_yearly"]
        answer = admin.post(self.URL, {**given, "city": "Mombasa"})
        assert list(answer.context["form"].errors) == ["numbers_restart_yearly"]
        profile.refresh_from_db()
        assert (profile.numbers_restart_yearly, profile.city) == (True, "")

    def test_bank_details_need_a_fresh_sign_in(self, profile: BusinessProfile) -> None:
        stale = browser(fresh=False)
        answer = stale.post(self.URL, {**typed(stale, self.URL), "bank_account_number": "666"})
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
        profile.refresh_from_db()
        assert profile.bank_account_number == "0123456789"
        assert stale.post(self.URL, {**typed(stale, self.URL), "city": "Mombasa"}).headers["Location"] == self.URL

    def test_another_profile_is_added_ready_to_bill(self, admin: Client) -> None:
        url = "/settings/profile/new/"
        given = {**typed(admin, url), "name": "Zebra", "slug": "zebra", "email": "z@zebra.example"}
        answer = admin.post(url, given)
        assert answer.status_code == 302, answer.context["form"].errors
        made = BusinessProfile.objects.get(slug="zebra")
        assert NumberSeries.objects.filter(profile=made).count() == 2
        assert TaxRate.objects.filter(profile=made, is_default=True).exists()
        assert admin.session["profile_id"] == str(made.pk)

    def test_a_logo_is_taken_shown_and_taken_away(self, admin: Client, profile: BusinessProfile) -> None:
        upload = SimpleUploadedFile("logo.svg", picture(), "image/svg+xml")
        assert admin.post(f"{self.URL}logo/", {"logo": upload}).status_code == 302
        profile.refresh_from_db()
        assert profile.logo is not None
        assert profile.logo.content_type == "image/png"
        assert "/brand/acme/logo" in admin.get(self.URL).content.decode()
        assert admin.post(f"{self.URL}logo/", {"remove": "1"}).status_code == 302
        profile.refresh_from_db()
        assert profile.logo is None

    def test_what_is_no_picture_is_told(self, admin: Client, profile: BusinessProfile) -> None:
        answer = admin.post(f"{self.URL}logo/", {"logo": SimpleUploadedFile("logo.png", b"MZ", "image/png")})
        assert answer.status_code == 422
        assert "This is not a PNG, JPEG or WebP picture." in answer.content.decode()
        profile.refresh_from_db()
        assert profile.logo is None


class TestPeople:
    NEW = "/settings/users/new/"
    AMINA = {
        "first_name": "Amina",
        "last_name": "Otieno",
        "email": "amina@example.com",
        "username": "amina",
        "role": "csm",
        "language": "sw",
    }

    def test_a_colleague_is_added_and_invited_in_their_language(self, admin: Client) -> None:
        assert admin.post(self.NEW, self.AMINA).status_code == 302
        person = User.objects.get(username="amina")
        assert person.role == Role.CSM
        letter = mail.outbox[0]
        assert letter.to == ["amina@example.com"]
        assert "http://testserver/accounts/login/code/" in letter.body
        assert "amina@example.com" in admin.get("/settings/users/").content.decode()

    def test_a_mail_server_that_is_away_loses_nothing(self, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(*_args: Any, **_kwargs: Any) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr("django.core.mail.message.EmailMessage.send", away)
        answer = admin.post(self.NEW, self.AMINA, follow=True)
        assert "the invitation could not be mailed" in answer.content.decode()
        assert User.objects.filter(username="amina").exists()

    def test_what_is_taken_stands_at_its_field(self, admin: Client) -> None:
        factories.user(username="amina", email="amina@example.com")
        answer = admin.post(self.NEW, self.AMINA)
        assert set(answer.context["form"].errors) == {"username", "email"}

    def test_a_role_that_is_none_is_refused(self, admin: Client) -> None:
        for role in ("client", "owner", ""):
            assert list(admin.post(self.NEW, {**self.AMINA, "role": role}).context["form"].errors) == ["role"]

    def test_a_colleague_is_changed(self, admin: Client, profile: BusinessProfile) -> None:
        person = factories.user(Role.CSM)
        url = f"/settings/users/{person.pk}/"
        given = {**typed(admin, url), "role": "finance", "profiles": [str(profile.pk)]}
        assert admin.post(url, given).status_code == 302
        person.refresh_from_db()
        assert (person.role, list(person.profiles.all())) == (Role.FINANCE, [profile])

    def test_fields_that_no_form_has_are_not_taken(self, admin: Client) -> None:
        person = factories.user(Role.CSM)
        url = f"/settings/users/{person.pk}/"
        extra = {"is_superuser": "1", "is_staff": "1", "password": "x", "is_active": "", "id": "1"}
        admin.post(url, {**typed(admin, url), **extra})
        person.refresh_from_db()
        assert not person.is_superuser
        assert person.is_active

    def test_keeping_out_and_letting_in(self, admin: Client) -> None:
        person = factories.user(Role.CSM)
        theirs = browser_of(person)
        assert theirs.get("/notices/").status_code == 200
        admin.post(f"/settings/users/{person.pk}/active/", {})
        assert theirs.get("/notices/").status_code == 302
        admin.post(f"/settings/users/{person.pk}/active/", {"active": "1"})
        person.refresh_from_db()
        assert person.is_active

    def test_nobody_locks_themselves_out(self, profile: BusinessProfile) -> None:
        assert profile
        me = factories.user()
        answer = browser_of(me).post(f"/settings/users/{me.pk}/active/", {})
        assert answer.status_code == 409
        me.refresh_from_db()
        assert me.is_active

    def test_a_lost_second_factor_is_reset(self, admin: Client) -> None:
        person = factories.user(Role.CSM)
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
        assert "Reset second factor" in admin.get(f"/settings/users/{person.pk}/").content.decode()
        admin.post(f"/settings/users/{person.pk}/second-factor/")
        assert not Authenticator.objects.exists()

    def test_the_invitation_can_be_sent_again(self, admin: Client) -> None:
        admin.post(f"/settings/users/{factories.user(Role.CSM).pk}/invite/")
        assert len(mail.outbox) == 1

    def test_clients_and_people_of_other_profiles_are_not_listed(self, profile: BusinessProfile) -> None:
        client, stranger = factories.user(Role.CLIENT), factories.user(profiles=[factories.profile()])
        limited = browser(profiles=[profile])
        listed = limited.get("/settings/users/").content.decode()
        for person in (client, stranger, factories.user()):
            assert person.email not in listed
            assert limited.get(f"/settings/users/{person.pk}/").status_code == 404


class TestApiKeys:
    NEW = "/settings/api-keys/new/"

    def test_a_key_is_shown_once_and_works(self, admin: Client, profile: BusinessProfile) -> None:
        page = admin.post(self.NEW, {"name": "Shop", "scopes": ["invoices.view"], "expires_on": "2099-12-31"})
        plain = page.context["issued"].plain
        assert plain in page.content.decode()
        assert page.headers["Cache-Control"] == "no-store, private"
        key = api_key_find(plain=plain, now=clock.now())
        assert key is not None
        assert (key.profile, key.expires_at.isoformat()) == (profile, "2099-12-31T21:00:00+00:00")  # type: ignore[union-attr]
        listed = admin.get("/settings/api-keys/").content.decode()
        assert key.prefix in listed
        assert plain not in listed

    def test_a_key_needs_a_fresh_sign_in(self, profile: BusinessProfile) -> None:
        assert profile
        answer = browser(fresh=False).post(self.NEW, {"name": "Shop", "scopes": ["invoices.view"]})
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
        assert not ApiKey.objects.exists()

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"name": "", "scopes": ["invoices.view"]}, "name"),
            ({"name": "x", "scopes": []}, "scopes"),
            ({"name": "x", "scopes": ["invoices.fly"]}, "scopes"),
            ({"name": "x", "scopes": ["invoices.view"], "expires_on": "soon"}, "expires_on"),
        ],
    )
    def test_bad_input_stands_at_its_field(self, admin: Client, given: dict[str, Any], field: str) -> None:
        answer = admin.post(self.NEW, given)
        assert list(answer.context["form"].errors) == [field]
        assert not ApiKey.objects.exists()

    def test_a_day_that_is_over_is_refused(self, admin: Client) -> None:
        answer = admin.post(self.NEW, {"name": "x", "scopes": ["invoices.view"], "expires_on": "2020-01-01"})
        assert answer.status_code == 422
        assert "expired already" in answer.content.decode()

    def test_a_key_is_revoked(self, admin: Client) -> None:
        plain = admin.post(self.NEW, {"name": "Shop", "scopes": ["invoices.view"]}).context["issued"].plain
        key = ApiKey.objects.get()
        assert admin.post(f"/settings/api-keys/{key.pk}/revoke/").status_code == 302
        assert api_key_find(plain=plain, now=clock.now()) is None
        assert "Revoked" in admin.get("/settings/api-keys/").content.decode()

    def test_an_empty_list_says_what_keys_are_for(self, admin: Client) -> None:
        assert "No API keys yet" in admin.get("/settings/api-keys/").content.decode()
