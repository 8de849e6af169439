"""Pages and endpoints of the invoice templates, and the assistant that uses them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ai_agent.drafting.prompt import variables
from ai_agent.services.generate import draft_generate
from billing_assistant.core import exact_json
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from invoices.models import InvoiceTemplate
from invoices.services.templates import TemplateInput, template_create
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Retainers",
    "design": "simple",
    "columns": ["quantity", "rate"],
    "include_logo": "on",
    "show_subtotal": "on",
    "bank_details": "on",
}
BODY = {
    "name": "Standard Service Invoice",
    "description": "Default template for service-based invoices",
    "header": {"include_logo": True, "include_company_details": True, "title": "INVOICE"},
    "body": {
        "columns": ["Item", "Description", "Quantity", "Rate", "Amount"],
        "show_subtotal": True,
        "show_tax": True,
        "tax_rate": 16,
        "show_discount": False,
    },
    "footer": {
        "payment_terms": "Payment due within 30 days",
        "bank_details": True,
        "mpesa_details": True,
        "notes_section": True,
    },
    "ai_prompt": "Generate a professional service invoice...",
    "is_default": True,
    "status": "active",
}


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def signed_in(client: Client, seller: BusinessProfile) -> Client:
    user = factories.user(Role.FINANCE, profiles=[seller])
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(api: Client, path: str, body: Any, *, method: str = "post") -> Any:
    return getattr(api, method)(f"/api/{path}", exact_json.dumps(body), content_type="application/json")


def made(seller: BusinessProfile, name: str = "Retainers", **fields: Any) -> InvoiceTemplate:
    return template_create(profile_id=seller.pk, data=TemplateInput(name=name, **fields), actor=SYSTEM, now=NOW)


class TestPages:
    def test_the_list_has_what_is_in_use_and_what_was_put_away(
        self, signed_in: Client, seller: BusinessProfile
    ) -> None:
        page = signed_in.get(reverse("invoices:templates"))
        assert b"TMPL-001" in page.content
        assert b"Nothing put away" in signed_in.get(reverse("invoices:templates"), {"status": "archived"}).content

    def test_a_template_is_added_and_changed(self, signed_in: Client, seller: BusinessProfile) -> None:
        assert signed_in.post(reverse("invoices:template_new"), FORM).status_code == 302
        template = InvoiceTemplate.objects.get(name="Retainers")
        assert template.columns == ["description", "quantity", "rate", "amount"]
        assert not template.show_tax
        signed_in.post(reverse("invoices:template", args=[template.pk]), FORM | {"name": "Monthly", "title": "Bill"})
        template.refresh_from_db()
        assert (template.name, template.title) == ("Monthly", "Bill")

    def test_a_name_that_is_taken_is_told_at_the_field(self, signed_in: Client) -> None:
        page = signed_in.post(reverse("invoices:template_new"), FORM | {"name": "standard"})
        assert page.status_code == 422
        assert b"There is a template of this name already." in page.content

    def test_the_preview_shows_what_stands_in_the_form(self, signed_in: Client) -> None:
        page = signed_in.post(reverse("invoices:template_preview"), FORM | {"name": "", "title": "Tax invoice"})
        assert b"Tax invoice" in page.content
        assert b"pdf/simple.css" in page.content
        assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]

    def test_the_preview_has_its_colour(self, signed_in: Client) -> None:
        page = signed_in.post(reverse("invoices:template_preview"), FORM | {"accent_color": "#0f766e"})
        assert b'href="/accent/0f766e.css"' in page.content
        assert b"--doc-accent: #0f766e" in signed_in.get("/accent/0f766e.css").content
        assert signed_in.get("/accent/red;}.css").status_code == 404

    def test_the_preview_says_what_it_cannot_read(self, signed_in: Client) -> None:
        page = signed_in.post(reverse("invoices:template_preview"), FORM | {"accent_color": "red"})
        assert (page.status_code, page.content) == (422, b"Write a colour like #1f6feb.")

    @pytest.mark.parametrize(
        ("acts", "status", "default"),
        [
            (["archive"], "archived", False),
            (["archive", "restore"], "active", False),
            (["default"], "active", True),
            (["default", "archive"], "active", True),
            (["nonsense"], "active", False),
        ],
    )
    def test_what_can_be_done_in_the_list(
        self, signed_in: Client, seller: BusinessProfile, acts: list[str], status: str, default: bool
    ) -> None:
        template = made(seller)
        for act in acts:
            signed_in.post(reverse("invoices:template_act", args=[template.pk]), {"act": act})
        template.refresh_from_db()
        assert (template.status, template.is_default) == (status, default)

    def test_a_copy_is_opened(self, signed_in: Client, seller: BusinessProfile) -> None:
        answer = signed_in.post(reverse("invoices:template_act", args=[made(seller).pk]), {"act": "duplicate"})
        copy = InvoiceTemplate.objects.get(name="Retainers 2")
        assert answer.headers["Location"] == reverse("invoices:template", args=[copy.pk])


class TestApi:
    def test_the_document_of_the_requirement_goes_in_and_comes_out(
        self, signed_in: Client, seller: BusinessProfile
    ) -> None:
        answer = send(signed_in, "templates", BODY)
        assert answer.status_code == 201
        shown = answer.json()
        assert shown["template_id"] == "TMPL-002"
        assert shown["body"] == BODY["body"]
        assert shown["header"] == BODY["header"]
        assert shown["footer"] == BODY["footer"] | {"notes": ""}  # type: ignore[operator]
        assert shown["is_default"]
        assert signed_in.get("/api/templates").json()["templates"][0]["template_id"] == "TMPL-002"

    def test_what_is_left_out_stays(self, signed_in: Client, seller: BusinessProfile) -> None:
        template = made(seller, title="Bill")
        shown = send(signed_in, "templates/tmpl-002", {"body": {"show_tax": False}}, method="put").json()
        assert (shown["header"]["title"], shown["body"]["show_tax"]) == ("Bill", False)
        assert signed_in.get(f"/api/templates/{template.pk}").json() == shown

    def test_delete_puts_away_and_status_takes_back(self, signed_in: Client, seller: BusinessProfile) -> None:
        made(seller)
        assert signed_in.delete("/api/templates/TMPL-002").json()["status"] == "archived"
        assert send(signed_in, "templates/TMPL-002", {"status": "active"}, method="put").json()["status"] == "active"
        assert signed_in.delete("/api/templates/TMPL-001").status_code == 409

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "X", "colour": "red"},
            {"name": "X", "header": {"logo": True}},
            {"name": "X", "body": {"columns": ["Weight"]}},
            {"name": "X", "body": {"columns": ["Description"]}},
            {"name": "X", "body": {"tax_rate": 101}},
            {"name": "Standard"},
            {},
        ],
    )
    def test_what_cannot_be_kept_is_refused(self, signed_in: Client, body: dict[str, Any]) -> None:
        assert send(signed_in, "templates", body).status_code == 400
        assert InvoiceTemplate.objects.count() == 1

    def test_the_default_is_not_taken_away(self, signed_in: Client, seller: BusinessProfile) -> None:
        assert send(signed_in, "templates/TMPL-001", {"is_default": False}, method="put").status_code == 400


@pytest.mark.django_db(transaction=True)
class TestAssistant:
    def generate(self, seller: BusinessProfile, template: str, **fields: Any) -> Any:
        customer = factories.customer(seller)
        made = draft_generate(
            customer_id=customer.pk,
            prompt="3 months of hosting at KES 15,000 per month",
            use_history=False,
            add_tax=True,
            template=template,
            actor=SYSTEM,
            now=NOW,
        )
        return made.draft

    def test_a_template_is_kept_on_the_draft_and_gives_its_tax_rate(self, seller: BusinessProfile) -> None:
        template = made(seller, tax_rate=Decimal(8))
        draft = self.generate(seller, "retainers")
        assert draft.template_id == template.pk
        assert draft.tax_total == Decimal("3600.00")

    def test_standard_is_the_default(self, seller: BusinessProfile) -> None:
        assert self.generate(seller, "standard").template.number == "TMPL-001"
        assert self.generate(seller, "").template_id is None

    def test_the_words_of_a_template_are_data(self, seller: BusinessProfile, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[str] = []
        original = variables
        monkeypatch.setattr(
            "ai_agent.services.generate.draft_invoice",
            lambda request: seen.append(original(request)["data"]) or _rules(request),  # type: ignore[func-returns-value]
        )
        made(seller, ai_prompt="Say <b>which</b> month.")
        self.generate(seller, "TMPL-002")
        assert '"template_words": "Say \\u003cb\\u003ewhich\\u003c/b\\u003e month."' in seen[0]


def _rules(request: Any) -> Any:
    from ai_agent.drafting.chain import draft_invoice  # noqa: PLC0415

    return draft_invoice(request)
