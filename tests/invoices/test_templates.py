"""Invoice templates: keeping them, and which one a document is printed with."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from customers.states import InvoiceStyle
from invoices.errors import TemplateIsDefault
from invoices.models import Invoice, InvoiceTemplate
from invoices.services.credit_notes import credit_note_issue
from invoices.services.issue import invoice_issue
from invoices.services.templates import (
    TemplateInput,
    template_archive,
    template_create,
    template_duplicate,
    template_input_of,
    template_restore,
    template_set_default,
    template_update,
)
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.seller()


def made(profile: BusinessProfile, name: str = "Retainers", **fields: object) -> InvoiceTemplate:
    data = replace(TemplateInput(name=name), **fields)  # type: ignore[arg-type]
    return template_create(profile_id=profile.pk, data=data, actor=SYSTEM, now=NOW)


def standard(profile: BusinessProfile) -> InvoiceTemplate:
    return InvoiceTemplate.objects.get(profile=profile, is_default=True)


def test_a_profile_begins_with_a_standard_template(seller: BusinessProfile) -> None:
    assert (standard(seller).number, standard(seller).name) == ("TMPL-001", "Standard")


def test_numbers_follow_each_other(seller: BusinessProfile) -> None:
    assert made(seller).number == "TMPL-002"


def test_texts_are_trimmed_and_columns_stand_in_their_order(seller: BusinessProfile) -> None:
    template = made(seller, "  Long   name ", columns=("amount", "tax", "description"), notes=" Asante \n")
    assert (template.name, template.columns) == ("Long name", ["description", "tax", "amount"])
    assert template.notes == "Asante"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "standard"}, "name"),
        ({"title": "x" * 41}, "title"),
        ({"accent_color": "red"}, "accent_color"),
        ({"tax_rate": Decimal(101)}, "tax_rate"),
        ({"columns": ("description",)}, "columns"),
        ({"columns": ("description", "amount", "weight")}, "columns"),
    ],
)
def test_what_cannot_be_printed_is_refused(seller: BusinessProfile, fields: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        made(seller, **fields)  # type: ignore[arg-type]
    assert field in refused.value.errors


def test_a_change_is_told_with_its_fields(seller: BusinessProfile) -> None:
    template = made(seller)
    data = replace(template_input_of(template), title="Tax invoice", show_tax=False)
    template_update(template_id=template.pk, data=data, actor=SYSTEM, now=NOW)
    assert Event.objects.get(name="template.changed").data == {"fields": ["title", "show_tax"]}


def test_saving_without_a_change_tells_nothing(seller: BusinessProfile) -> None:
    template = made(seller)
    template_update(template_id=template.pk, data=template_input_of(template), actor=SYSTEM, now=NOW)
    assert not Event.objects.filter(name="template.changed").exists()


def test_one_template_is_the_default(seller: BusinessProfile) -> None:
    template = made(seller)
    template_set_default(template_id=template.pk, actor=SYSTEM, now=NOW)
    assert list(InvoiceTemplate.objects.filter(profile=seller, is_default=True)) == [template]


def test_the_default_cannot_be_put_away(seller: BusinessProfile) -> None:
    with pytest.raises(TemplateIsDefault):
        template_archive(template_id=standard(seller).pk, actor=SYSTEM, now=NOW)


def test_a_template_is_put_away_and_taken_back(seller: BusinessProfile) -> None:
    template = made(seller)
    assert template_archive(template_id=template.pk, actor=SYSTEM, now=NOW).status == "archived"
    assert template_restore(template_id=template.pk, actor=SYSTEM, now=NOW).status == "active"


def test_making_one_that_was_put_away_the_default_takes_it_back(seller: BusinessProfile) -> None:
    template = made(seller)
    template_archive(template_id=template.pk, actor=SYSTEM, now=NOW)
    assert template_set_default(template_id=template.pk, actor=SYSTEM, now=NOW).status == "active"


def test_a_copy_has_a_free_name(seller: BusinessProfile) -> None:
    made(seller, "Standard 2")
    copy = template_duplicate(template_id=standard(seller).pk, actor=SYSTEM, now=NOW)
    assert (copy.name, copy.is_default) == ("Standard 3", False)


def test_templates_need_their_right(seller: BusinessProfile) -> None:
    with pytest.raises(PermissionRefused):
        template_create(profile_id=seller.pk, data=TemplateInput(name="X"), actor=factories.actor(Role.CSM), now=NOW)
    assert template_create(
        profile_id=seller.pk, data=TemplateInput(name="X"), actor=factories.actor(Role.FINANCE), now=NOW
    )


def test_templates_of_other_profiles_are_not_there(seller: BusinessProfile) -> None:
    actor = factories.actor(Role.ADMIN, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        template_archive(template_id=standard(seller).pk, actor=actor, now=NOW)


class TestFreezing:
    def test_an_invoice_keeps_what_its_template_said(self, seller: BusinessProfile) -> None:
        template = made(seller, title="Tax invoice", design=InvoiceStyle.DETAILED)
        invoice = factories.issued_invoice(factories.customer(seller), template_id=template.pk)
        data = replace(template_input_of(template), title="Other", design=InvoiceStyle.SIMPLE)
        template_update(template_id=template.pk, data=data, actor=SYSTEM, now=NOW)
        frozen = Invoice.objects.get(pk=invoice.pk).template
        assert (frozen["number"], frozen["title"], frozen["design"]) == ("TMPL-002", "Tax invoice", "detailed")
        assert "ai_prompt" not in frozen

    def test_without_one_the_default_is_used_in_the_style_of_the_customer(self, seller: BusinessProfile) -> None:
        customer = factories.customer(seller, invoice_template="simple")
        frozen = factories.issued_invoice(customer).template
        assert (frozen["number"], frozen["design"]) == ("TMPL-001", "simple")

    def test_a_named_template_wins_over_the_style_of_the_customer(self, seller: BusinessProfile) -> None:
        customer = factories.customer(seller, invoice_template="simple")
        template = made(seller, design=InvoiceStyle.DETAILED)
        assert factories.issued_invoice(customer, template_id=template.pk).template["design"] == "detailed"

    def test_a_draft_keeps_a_template_that_was_put_away(self, seller: BusinessProfile) -> None:
        template = made(seller)
        draft = factories.draft(factories.customer(seller), template_id=template.pk)
        template_archive(template_id=template.pk, actor=SYSTEM, now=NOW)
        invoice = invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW)
        assert invoice.template["number"] == template.number

    @pytest.mark.parametrize(("own", "of_template", "printed"), [("A", "B", "A"), ("", "B", "B"), ("", "", "C")])
    def test_terms_are_the_nearest_ones(self, own: str, of_template: str, printed: str) -> None:
        seller = factories.seller(invoice_terms="C")
        template = made(seller, payment_terms=of_template)
        invoice = factories.issued_invoice(factories.customer(seller), terms=own, template_id=template.pk)
        assert invoice.terms == printed

    def test_the_language_is_the_nearest_one(self) -> None:
        seller = factories.seller(language="sw")
        assert factories.issued_invoice(factories.customer(seller, language="en")).language == "en"
        assert factories.issued_invoice(factories.customer(seller, language="")).language == "sw"
        assert factories.issued_invoice(factories.customer(seller, language="en"), language="sw").language == "sw"

    @pytest.mark.money
    def test_a_credit_note_looks_like_its_invoice(self, seller: BusinessProfile) -> None:
        template = made(seller, design=InvoiceStyle.SIMPLE)
        invoice = factories.issued_invoice(factories.customer(seller), template_id=template.pk)
        note = credit_note_issue(invoice_id=invoice.pk, lines=None, reason="Cancelled", actor=SYSTEM, now=NOW)
        assert note.template == invoice.template
