"""Tax rates with dates: kept without overlap, checked at issue, their reasons printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.rights import Role
from invoices.errors import TaxRateNotValid
from invoices.models import Invoice, TaxRate
from invoices.services.credit_notes import credit_note_issue
from invoices.services.issue import invoice_issue
from invoices.services.issue_taxes import usual_reason
from invoices.services.rules import rules_change
from invoices.services.taxes import (
    TaxRateInput,
    default_rate_follow,
    tax_rate_add,
    tax_rate_change,
    tax_rate_make_default,
    tax_rate_reason,
    tax_rate_retire,
)
from invoices.states import TaxCategory
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def _standard(profile) -> TaxRate:
    return TaxRate.objects.get(profile=profile, category="standard")


def test_a_rate_that_changes_ends_the_old_one_the_day_before() -> None:
    profile = factories.seller()
    old = _standard(profile)
    data = TaxRateInput("VAT 14 %", TaxCategory.STANDARD, Decimal(14), valid_from=date(2026, 4, 1))
    new = tax_rate_change(rate_id=old.pk, data=data, actor=SYSTEM, now=NOW)
    old.refresh_from_db()
    assert old.valid_until == date(2026, 3, 31)
    assert (new.valid_from, new.valid_until, new.is_default, old.is_default) == (date(2026, 4, 1), None, True, True)


def test_a_rate_may_come_back_later_but_not_stand_twice_on_a_day() -> None:
    profile = factories.seller()
    tax_rate_retire(rate_id=_standard(profile).pk, last_day=date(2026, 3, 31), actor=SYSTEM, now=NOW)
    again = TaxRateInput("VAT 16 % again", TaxCategory.STANDARD, Decimal(16), valid_from=date(2026, 3, 31))
    with pytest.raises(ValidationFailed) as refused:
        tax_rate_add(profile_id=profile.pk, data=again, actor=SYSTEM, now=NOW)
    assert "valid_from" in refused.value.errors
    later = TaxRateInput("VAT 16 % again", TaxCategory.STANDARD, Decimal(16), valid_from=date(2027, 1, 1))
    assert tax_rate_add(profile_id=profile.pk, data=later, actor=SYSTEM, now=NOW).pk


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (TaxRateInput("", TaxCategory.REDUCED, Decimal(8)), "name"),
        (TaxRateInput("High", TaxCategory.REDUCED, Decimal(101)), "rate"),
        (TaxRateInput("Free", TaxCategory.EXEMPT, Decimal(1)), "rate"),
        (TaxRateInput("Fuel", TaxCategory.REDUCED, Decimal(8), reason="because"), "reason"),
        (TaxRateInput("Fuel", TaxCategory.REDUCED, Decimal(8), date(2026, 2, 1), date(2026, 1, 1)), "valid_until"),
    ],
)
def test_refuses_what_is_no_rate(data: TaxRateInput, field: str) -> None:
    profile = factories.seller()
    with pytest.raises(ValidationFailed) as refused:
        tax_rate_add(profile_id=profile.pk, data=data, actor=SYSTEM, now=NOW)
    assert field in refused.value.errors
    assert TaxRate.objects.filter(profile=profile).count() == 4


def test_another_default_replaces_the_one_of_the_same_days() -> None:
    profile = factories.seller()
    data = TaxRateInput("Fuel", TaxCategory.REDUCED, Decimal(8), is_default=True)
    fuel = tax_rate_add(profile_id=profile.pk, data=data, actor=SYSTEM, now=NOW)
    assert list(TaxRate.objects.filter(profile=profile, is_default=True)) == [fuel]
    tax_rate_make_default(rate_id=_standard(profile).pk, actor=SYSTEM, now=NOW)
    assert TaxRate.objects.get(profile=profile, is_default=True).rate == 16


def test_only_administrators_keep_rates() -> None:
    profile = factories.seller()
    finance = factories.actor(Role.FINANCE)
    with pytest.raises(PermissionRefused):
        tax_rate_retire(rate_id=_standard(profile).pk, last_day=TODAY, actor=finance, now=NOW)


def test_a_line_with_a_rate_of_other_days_is_refused_and_the_valid_one_named() -> None:
    profile = factories.seller()
    data = TaxRateInput("VAT 14 %", TaxCategory.STANDARD, Decimal(14), valid_from=TODAY)
    tax_rate_change(rate_id=_standard(profile).pk, data=data, actor=SYSTEM, now=NOW)
    draft = factories.draft(factories.customer(profile))
    with pytest.raises(TaxRateNotValid, match=r"Standard rate 16 %.*not valid on 2026-03-02.*VAT 14 %"):
        invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW)
    assert not Invoice.objects.exists()
    assert invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW, issued_on=date(2026, 3, 1)).total == 52_200


def test_a_rate_that_is_not_listed_is_refused_only_where_the_rules_say_so() -> None:
    customer = factories.customer(factories.seller())
    odd = factories.line(tax_rate=Decimal("13.7"))
    assert factories.issued_invoice(customer, odd).tax_total == Decimal("6165")
    rules_change(profile_id=customer.profile_id, listed_taxes_only=True, actor=SYSTEM, now=NOW)
    draft = factories.draft(customer, odd)
    with pytest.raises(TaxRateNotValid):
        invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW)


def test_what_is_not_taxed_says_why_also_on_the_credit_note() -> None:
    customer = factories.customer(factories.seller())
    lines = (
        factories.line(),
        factories.line("Export", tax_category=TaxCategory.ZERO, tax_rate=Decimal(0)),
        factories.line("Advice", tax_category=TaxCategory.REVERSE_CHARGE, tax_rate=Decimal(0)),
    )
    export = TaxRate.objects.get(profile=customer.profile, category="zero")
    tax_rate_reason(rate_id=export.pk, reason="Export of services, s. 2 VAT Act", actor=SYSTEM, now=NOW)
    invoice = factories.issued_invoice(customer, *lines)
    expected = {
        "standard": "",
        "zero": "Export of services, s. 2 VAT Act",
        "reverse_charge": "Reverse charge: VAT to be accounted for by the recipient.",
    }
    assert dict(invoice.taxes.values_list("category", "reason")) == expected
    note = credit_note_issue(invoice_id=invoice.pk, lines=None, reason="wrong", actor=SYSTEM, now=NOW)
    assert dict(note.taxes.values_list("category", "reason")) == expected


def test_the_usual_reason_names_the_tax_of_the_country() -> None:
    assert usual_reason(TaxCategory.EXEMPT, tax_name="GST", language="en") == "Exempt supply: no GST is charged."
    assert usual_reason(TaxCategory.ZERO, tax_name="VAT", language="en") == "Zero rated supply: VAT at 0 %."


def test_the_list_follows_the_default_rate_of_the_profile() -> None:
    profile = factories.seller()
    profile.default_tax_rate = Decimal(18)
    profile.save()
    default_rate_follow(profile_id=profile.pk, actor=SYSTEM, now=NOW)
    default = TaxRate.objects.get(profile=profile, is_default=True)
    assert (default.rate, default.valid_from) == (18, TODAY)
