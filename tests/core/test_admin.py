"""The admin: everything can be read by those who may, nothing can be typed, use cases are actions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import ReadTable
from billing_assistant.core.admin.base import MOST_COUNTED, Guarded, ReadOnlyInline, ShortCount
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import (
    ApiKey,
    BusinessProfile,
    DataImport,
    ErasureRecord,
    Event,
    ImportMapping,
    ImportProblem,
    RetentionRules,
    User,
)
from billing_assistant.core.rights import Role
from billing_assistant.core.services.api_keys import api_key_create
from billing_assistant.ledger.kinds import Chain
from billing_assistant.ledger.models import BookSeal
from customers.models import Consent, Customer
from invoices.models import BillableTerms, BillingRules, DraftWorkingCopy, Invoice, PromoUse
from payments.models import ExchangeResult, PayingRules, Payment, PaymentFee, ProviderDay
from tests import factories
from tests.access import objects
from tests.access.walking import written
from tests.support.bare_admin import bare_admin
from tests.support.own_models import OURS

__all__ = ["bare_admin"]
pytestmark = pytest.mark.django_db


def enter(role: Role = Role.ADMIN, **fields: Any) -> Client:
    client = Client()
    client.force_login(factories.user(role, **fields))
    return client


def url_of(model: type[Model], page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[quote(arg) for arg in args])


def make_key(**fields: Any) -> ApiKey:
    owner = factories.user()
    given: dict[str, Any] = {
        "user_id": owner.pk,
        "profile_id": factories.profile().pk,
        "name": "Shop",
        "scopes": ["invoices.view"],
        "expires_at": None,
        "actor": Actor.of_user(owner),
        "now": clock.now(),
    }
    return api_key_create(**(given | fields)).key


@pytest.fixture
def everything(clock: Any) -> objects.World:
    """One row of nearly every table."""
    objects.load()
    world = objects.build_worlds().own
    for makers in list(objects._makers.values()):
        for maker in makers:
            maker.make(world)
    _without_address(world)
    return world


def _without_address(world: objects.World) -> None:
    """Rows of tables that no address names."""
    of, customer = world.profile, world.customer
    person = factories.user(profiles=[of])
    Consent.objects.create(contact=customer.contacts.first(), channel="email", allowed=True, set_by_label="x")
    DraftWorkingCopy.objects.create(profile=of, user=person, customer=customer, content={})
    ErasureRecord.objects.create(profile=of, customer_id=customer.pk, customer_number="CUST-1", requested_by_label="x")
    RetentionRules.objects.get_or_create(profile=of)
    PayingRules.objects.get_or_create(profile=of)
    BillingRules.objects.get_or_create(profile=of)
    BillableTerms.objects.create(customer=customer)
    ImportMapping.objects.create(profile=of, kind="customers", heads="x", columns={})
    run = DataImport.objects.filter(profile=of).first()
    ImportProblem.objects.create(profile=of, run=run, line=2, reason="x")
    promo = factories.promo_code(of, code="ADMIN")
    invoice = factories.issued_invoice(customer, now=clock.now())
    PromoUse.objects.create(
        profile=of, promo=promo, customer=customer, invoice=invoice, currency="KES", discount=Decimal(1)
    )
    _of_the_books(of, invoice)


def _of_the_books(of: BusinessProfile, invoice: Invoice) -> None:
    """What payments cost and gained, and the heads of the chains."""
    payment = Payment.objects.filter(profile=of).first()
    PaymentFee.objects.create(profile=of, payment=payment, state="booked", currency="KES", amount=3)
    ExchangeResult.objects.create(
        profile=of,
        payment=payment,
        invoice=invoice,
        currency="KES",
        invoice_rate=129,
        payment_rate=130,
        amount=1,
        result=1,
    )
    ProviderDay.objects.create(
        profile=of,
        provider="stripe",
        account="acct",
        day=clock.now().date(),
        currency="KES",
        amount=1,
        asked_at=clock.now(),
    )
    BookSeal.objects.create(chain=Chain.JOURNAL, through=uuid7(), count=1, digest="0" * 64, sealed_at=clock.now())


def test_every_model_of_ours_is_there() -> None:
    labels = {model._meta.app_label for model in OURS}
    assert {"core", "ledger", "integrations", "customers", "invoices", "payments", "reminders"} <= labels
    missing = [model._meta.label for model in OURS if not isinstance(admin.site._registry.get(model), ReadTable)]
    assert missing == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_table_can_be_searched_and_filtered_and_asks_for_joins(model: type[Model]) -> None:
    table = admin.site.get_model_admin(model)
    assert isinstance(table, Guarded)
    assert table.search_fields
    assert not table.show_full_result_count
    shown = [model._meta.get_field(name) for name in table.list_display if name in _relations(model)]
    joined = table.list_select_related or ()
    prefetched = {"pgh_obj"}
    assert {field.name for field in shown} - prefetched <= set(joined)


def _relations(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.fields if field.is_relation}


def test_inlines_are_guarded_and_read_what_they_show_with_a_join() -> None:
    for model in OURS:
        for inline in admin.site.get_model_admin(model).inlines:
            assert issubclass(inline, ReadOnlyInline), inline
            assert inline.view_right is not None, inline
            assert _relations(inline.model) & set(inline.fields) <= set(inline.select_related), inline


@pytest.mark.slow
@pytest.mark.usefixtures("bare_admin")
def test_an_administrator_lists_searches_and_reads_every_table(everything: objects.World) -> None:
    browser = enter()
    empty = []
    for model in OURS:
        for query in ("?o=1.-2&q=INV-2026-0001", "?q=%27%22&p=2"):
            answer = browser.get(url_of(model) + query)
            assert answer.status_code in ({200, 302} if "p=2" in query else {200}), (model, query)
        row = model._default_manager.first()
        if row is None:
            empty.append(model._meta.label)
            continue
        page = browser.get(url_of(model, "change", row.pk))
        assert page.status_code == 200, model
        content = page.content.decode().replace('name="_logout"', "").split("</header>")[-1]
        assert 'type="submit"' not in content, model
    unmade = {
        "ImportRun",
        "Note",
        "DemoDelivery",
        "HumanCounter",
        "IdempotencyRecord",
        "WriteOff",
        "Allocation",
        "EventDelivery",
        "DodoPage",
        "CollectedPayment",
        "MpesaBalance",
        "MpesaPush",
        "MpesaReceipt",
        "MpesaOrder",
        "MatchCandidate",
        "LineMatch",
        "LineGivenBack",
        "BalanceDifference",
        "DisputedPart",
    }
    assert {label for label in empty if not label.endswith("Event")} <= {
        model._meta.label for model in OURS if model.__name__ in unmade
    }


@pytest.mark.slow
@pytest.mark.usefixtures("bare_admin")
def test_nothing_is_added_changed_or_deleted_by_hand(everything: objects.World) -> None:
    browser = enter(is_superuser=True)
    for model in OURS:
        refused = browser.get(url_of(model, "add"))
        assert refused.status_code == 403, model
        assert "delete_selected" not in admin.site.get_model_admin(model).get_actions(refused.wsgi_request), model
        assert browser.post(url_of(model, "add"), {}).status_code == 403, model
        row = model._default_manager.first()
        if row is not None:
            assert browser.post(url_of(model, "change", row.pk), {}).status_code == 403, model
            assert browser.post(url_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403, model
    chosen = {"action": "delete_selected", "_selected_action": [str(everything.customer.pk)], "post": "yes"}
    browser.post(url_of(Customer), chosen)
    assert Customer.objects.filter(pk=everything.customer.pk).exists()


@pytest.mark.parametrize(
    "role",
    [Role.ADMIN, Role.READ_ONLY, *(pytest.param(role, marks=pytest.mark.deep) for role in (Role.FINANCE, Role.CSM))],
)
@pytest.mark.usefixtures("bare_admin")
def test_people_of_another_profile_find_no_row_that_belongs_to_one(role: Role, everything: objects.World) -> None:
    rows = {model: model._default_manager.first() for model in OURS}
    browser = enter(role, profiles=[factories.profile()])
    for model, row in rows.items():
        table: Any = admin.site.get_model_admin(model)
        with written() as changed:
            listed = browser.get(url_of(model))
        assert listed.status_code in {200, 403}, model
        assert not changed, model
        if row is not None and table.profile_path and listed.status_code == 200:
            assert not listed.context["cl"].result_list.filter(pk=row.pk).exists(), model
            assert browser.get(url_of(model, "change", row.pk)).status_code == 302, model


def test_history_opens_what_the_row_was() -> None:
    key = make_key()
    answer = enter().get(url_of(ApiKey, "history", key.pk))
    assert answer.status_code == 302
    assert enter().get(answer["Location"]).status_code == 200
    other = factories.user(Role.FINANCE)
    browser = Client()
    browser.force_login(other)
    assert browser.get(answer["Location"]).status_code == 403


def test_a_long_table_is_counted_no_further_than_people_page() -> None:
    pages = ShortCount(Event.objects.all(), 50)
    with CaptureQueriesContext(connection) as queries:
        assert pages.count == 0
    assert f"LIMIT {MOST_COUNTED + 1}" in queries[0]["sql"]
    assert not pages.has_more
    assert ShortCount(list(range(MOST_COUNTED + 1)), 50).has_more


@pytest.mark.parametrize(
    "label",
    [
        "mfa.Authenticator",
        "account.EmailAddress",
        "core.HumanCounter",
        "django_celery_beat.ClockedSchedule",
        "django_celery_beat.CrontabSchedule",
        "django_celery_beat.IntervalSchedule",
        "django_celery_beat.SolarSchedule",
    ],
)
def test_tables_of_other_packages_can_be_searched(label: str) -> None:
    page = enter(is_superuser=True).get(url_of(apps.get_model(label)), {"q": "x"})
    assert page.status_code == 200
    assert 'id="searchbar"' in page.content.decode()


@pytest.mark.parametrize(("role", "sees"), [(Role.FINANCE, False), (Role.CSM, False), (Role.ADMIN, True)])
def test_a_table_asks_for_its_own_right(role: Role, sees: bool) -> None:
    browser = enter(role)
    assert (browser.get(url_of(ApiKey)).status_code == 200) is sees
    assert (browser.get(url_of(User)).status_code == 200) is sees
    assert browser.get(reverse("admin:index")).status_code == 200


def test_rows_of_other_profiles_are_not_there() -> None:
    key = make_key()
    browser = enter(profiles=[factories.profile()])
    assert key.prefix not in browser.get(url_of(ApiKey)).content.decode()
    assert browser.get(url_of(ApiKey, "change", key.pk)).status_code == 302
    browser.post(url_of(ApiKey), {"action": "revoke", "_selected_action": [str(key.pk)], "confirmed": "yes"})
    key.refresh_from_db()
    assert key.revoked_at is None


def test_secrets_are_not_shown() -> None:
    key = make_key()
    browser = enter()
    assert key.key_hash not in browser.get(url_of(ApiKey, "change", key.pk)).content.decode()
    page = browser.get(url_of(User, "change", key.user_id)).content.decode()
    assert "md5$" not in page
    assert key.user.password not in page


@pytest.mark.parametrize("label", ["account.EmailAddress", "mfa.Authenticator", "auth.Group"])
def test_the_tables_of_signing_in_are_only_read_and_show_no_secret(label: str) -> None:
    model = apps.get_model(label)
    if label == "mfa.Authenticator":
        model._default_manager.create(user=factories.user(), type="totp", data={"secret": "canary"})
    browser = enter(is_superuser=True)
    assert browser.get(url_of(model)).status_code == 200
    assert browser.get(url_of(model, "add")).status_code == 403
    row = model._default_manager.first()
    if row is not None:
        page = browser.get(url_of(model, "change", row.pk))
        assert page.status_code == 200
        assert "canary" not in page.content.decode()
        assert browser.post(url_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert enter(Role.FINANCE).get(url_of(model)).status_code == 403


def test_the_secret_of_a_second_factor_is_sealed_in_the_database() -> None:
    person = factories.user()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    row = Authenticator.objects.get(user=person)
    assert "JBSWY3DPEHPK3PXP" not in str(row.data)
    assert row.data["secret"].startswith("v1.")
    counter = next(iter(yield_hotp_counters_from_time()))
    assert row.wrap().validate_code(format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", counter)))


class TestActions:
    def send(self, browser: Client, *rows: ApiKey, **extra: str) -> Any:
        given = {"action": "revoke", "_selected_action": [str(row.pk) for row in rows], **extra}
        return browser.post(url_of(ApiKey), given, follow=True)

    def test_it_asks_first_and_says_for_which_rows(self) -> None:
        key = make_key()
        page = self.send(enter(), key)
        assert str(key) in page.content.decode()
        key.refresh_from_db()
        assert key.revoked_at is None

    def test_then_it_calls_the_service_for_each_row(self) -> None:
        keys = [make_key(), make_key()]
        page = self.send(enter(), *keys, confirmed="yes")
        assert "2 rows done." in page.content.decode()
        assert ApiKey.objects.filter(revoked_at__isnull=True).count() == 0
        assert Event.objects.filter(name="api_key.revoked").count() == 2

    def test_what_is_refused_is_told_and_the_rest_is_done(self) -> None:
        me, other = factories.user(username="me"), factories.user(Role.CSM)
        browser = Client()
        browser.force_login(me)
        given = {"action": "keep_out", "_selected_action": [str(me.pk), str(other.pk)], "confirmed": "yes"}
        page = browser.post(url_of(User), given, follow=True).content.decode()
        assert "Another administrator has to deactivate you." in page
        assert "1 row done." in page
        other.refresh_from_db()
        assert not other.is_active

    def test_a_person_without_the_right_has_no_such_action(self) -> None:
        from billing_assistant.core.models import Approval  # noqa: PLC0415

        make_key()
        page = enter(Role.CSM).get(url_of(Approval))
        assert page.status_code == 200
        assert 'value="approve"' not in page.content.decode()
