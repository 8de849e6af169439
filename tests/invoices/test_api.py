"""The API about drafts and invoices: figures that cannot be billed, fields that nobody knows, names of the body."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import exact_json
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import InvoiceDraft
from reminders.services import waiting
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture
def of() -> Customer:
    return factories.customer(factories.seller())


@pytest.fixture
def api(client: Client, of: Customer) -> Client:
    """Signed in as finance, in the browser's way."""
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(api: Client, path: str, body: Any, *, method: str = "post") -> Any:
    text = body if isinstance(body, str) else exact_json.dumps(body)
    return getattr(api, method)(f"/api/{path}", text, content_type="application/json")


def draft_of(api: Client, of: Customer, *items: dict[str, Any], **other: Any) -> Any:
    lines = [{"description": "Hosting", "quantity": 1, "rate": 100} | item for item in items or ({},)]
    return send(api, f"customers/{of.number}/invoices/drafts", {"items": lines} | other)


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 400, response.content
    found: dict[str, list[str]] = response.json()["errors"]
    return found


class TestFigures:
    @pytest.mark.parametrize(
        ("item", "field"),
        [
            ({"quantity": 10**14, "rate": 10**14}, "items.0.quantity"),
            ({"quantity": 10**13}, "items.0.quantity"),
            ({"rate": 10**13}, "items.0.rate"),
            ({"quantity": 9 * 10**12, "rate": 9 * 10**12}, "items.0.quantity"),
            ({"quantity": 0}, "items.0.quantity"),
            ({"rate": "NaN"}, "items.0.rate"),
            ({"rate": "Infinity"}, "items.0.rate"),
            ({"rate": "1e400"}, "items.0.rate"),
            ({"discount_percent": 101}, "items.0.discount_percent"),
            ({"discount_percent": "NaN"}, "items.0.discount_percent"),
        ],
    )
    def test_a_line_that_cannot_be_billed_is_refused_by_the_name_in_the_body(
        self, api: Client, of: Customer, item: dict[str, Any], field: str
    ) -> None:
        assert field in errors(draft_of(api, of, item))
        assert not InvoiceDraft.objects.exists()

    @pytest.mark.parametrize(
        "raw", ["1e400", "1e14", "NaN", "9" * 30, "9" * 5000, "1e99999999999999999999", "-1", "1e-400", '"1e5000"']
    )
    @pytest.mark.parametrize(
        "body",
        [
            '{"items": [{"description": "x", "rate": RAW, "quantity": RAW}]}',
            '{"items": [{"description": "x", "rate": 1}], "discount_amount": RAW}',
            '{"items": [{"description": "x", "rate": 1}], "discount_percent": RAW}',
            '{"items": [{"description": "x", "rate": 1}], "instalments": [{"due_date": "2026-05-01", "amount": RAW}]}',
        ],
    )
    def test_no_number_breaks_it(self, api: Client, of: Customer, body: str, raw: str) -> None:
        answer = send(api, f"customers/{of.number}/invoices/drafts", body.replace("RAW", raw))
        assert answer.status_code in {201, 400}, answer.content
        assert answer.status_code == 201 or answer.json()["detail"]

    def test_many_lines_that_are_too_much_together_are_refused(self, api: Client, of: Customer) -> None:
        answer = draft_of(api, of, *[{"rate": 9 * 10**12, "quantity": 11}] * 20)
        assert errors(answer) == {"items": ["The total is larger than this product can bill."]}

    @pytest.mark.parametrize("category", ["exempt", "zero", "reverse_charge"])
    def test_a_category_without_tax_contradicts_a_rate(self, api: Client, of: Customer, category: str) -> None:
        assert "items.0.tax_rate" in errors(draft_of(api, of, {"tax_category": category, "tax_rate": 16}))
        for fine in ({"tax_rate": 0}, {}):
            answer = draft_of(api, of, {"tax_category": category} | fine)
            assert answer.status_code == 201, answer.content
            assert exact_json.loads(answer.content)["tax"] == 0


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"items": [{"description": "x", "unit_price": 100}]}, "items.0.unit_price"),
            ({"items": [{"description": "x", "rate": 100, "discount": 10}]}, "items.0.discount"),
            ({"items": [{"description": "x", "rate": 100}], "discount": 10}, "discount"),
            ({"items": [{"description": "x", "rate": 100}], "lines": []}, "lines"),
            (
                {
                    "items": [{"description": "x", "rate": 100}],
                    "instalments": [{"due_date": "2026-05-01", "amount": 100, "due_on": "2026-05-01"}],
                },
                "instalments.0.due_on",
            ),
        ],
    )
    def test_an_unknown_field_is_refused_by_name(
        self, api: Client, of: Customer, body: dict[str, Any], field: str
    ) -> None:
        assert errors(send(api, f"customers/{of.number}/invoices/drafts", body)) == {
            field: ["This field cannot be set."]
        }
        draft = factories.draft(of)
        path = f"customers/{of.number}/invoices/drafts/{draft.number}"
        assert field in errors(send(api, path, body, method="put"))

    def test_an_unknown_field_of_other_writes_is_refused_too(self, api: Client, of: Customer) -> None:
        invoice, draft = factories.issued_invoice(of), factories.draft(of)
        for path, body in (
            (f"invoices/{invoice.number}/void", {"reason": "x"}),
            (f"drafts/{draft.number}/issue", {}),
            (f"drafts/{draft.number}/review", {}),
            (f"invoices/{invoice.number}/send", {"send_via": "email"}),
            (f"customers/{of.number}/invoices/drafts/{draft.number}/send", {"send_via": "email"}),
            (f"customers/{of.number}/invoices/generate", {"prompt": "Hosting 100"}),
        ):
            assert errors(send(api, path, body | {"zzz": 1})) == {"zzz": ["This field cannot be set."]}, path
        assert "recipients.fax" in errors(send(api, f"invoices/{invoice.number}/send", {"recipients": {"fax": ["1"]}}))

    def test_the_examples_of_the_plan_are_taken(self, api: Client, of: Customer) -> None:
        generated = send(
            api,
            f"customers/{of.number}/invoices/generate",
            {
                "prompt": "Create an invoice for 3 months of web hosting service at KES 15,000 per month",
                "template": "standard",
                "auto_calculate_tax": True,
                "include_previous_context": True,
            },
        )
        assert generated.status_code == 201, generated.content
        data = exact_json.loads(generated.content)
        path = f"customers/{of.number}/invoices/drafts/{data['draft_id']}"
        plan = {
            "description": "Web Hosting Service",
            "quantity": 3,
            "unit": "months",
            "rate": 15000.00,
            "amount": 45000,
        }
        for items in ([plan], data["invoice_data"]["items"]):
            answer = send(api, path, {"items": items, "notes": "Updated payment terms"}, method="put")
            assert answer.status_code == 200, answer.content
            assert exact_json.loads(answer.content)["subtotal"] == Decimal(45000)

    def test_an_amount_does_not_stand_for_a_rate(self, api: Client, of: Customer) -> None:
        assert "items.0.rate" in errors(draft_of(api, of, {"amount": 101, "rate": None}))
        assert draft_of(api, of, {"amount": 100}).status_code == 201
        assert draft_of(api, of, {"amount": None}).status_code == 201


def test_a_draft_is_not_issued_twice_and_the_refusal_reads_well(api: Client, of: Customer) -> None:
    draft = factories.draft(of)
    assert send(api, f"drafts/{draft.number}/issue", {}).status_code == 201
    again = send(api, f"drafts/{draft.number}/issue", {})
    assert again.status_code == 409
    assert again.json()["detail"] == f"{draft.number} is already invoiced."


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("drafts?status=nonsense", "status"),
        ("invoices?status=nonsense", "status"),
        ("invoices?kind=nonsense", "kind"),
        ("invoices?currency=KESX", "currency"),
        ("invoices?since=2026-01-01", "since"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_by_name(api: Client, of: Customer, path: str, name: str) -> None:
    assert list(errors(api.get(f"/api/{path}"))) == [name]
    assert api.get("/api/invoices?status=paid&kind=invoice&currency=kes&search=1").status_code == 200
    assert api.get("/api/drafts?status=draft").status_code == 200


def test_a_draft_shows_the_discount_and_the_instalments_that_it_was_given(api: Client, of: Customer) -> None:
    parts = [{"due_date": "2027-01-01", "amount": 40}, {"due_date": "2027-02-01", "amount": 60}]
    shown = exact_json.loads(draft_of(api, of, discount_percent=7.5, instalments=parts).content)
    assert (shown["discount_percent"], shown["discount_amount"], shown["instalments"]) == (Decimal("7.5"), None, parts)
    shown = exact_json.loads(draft_of(api, of, discount_amount=12, currency="jpy").content)
    assert (shown["discount_percent"], shown["discount_amount"], shown["currency"]) == (None, 12, "JPY")
    shown = exact_json.loads(draft_of(api, of).content)
    assert (shown["discount_percent"], shown["discount_amount"], shown["instalments"]) == (None, None, [])


def test_invoices_are_found_by_the_name_of_their_customer(api: Client, of: Customer) -> None:
    invoice = factories.issued_invoice(of)
    other = factories.issued_invoice(factories.customer(of.profile, name="Duka la Wanjikũ"))
    found = api.get("/api/invoices?search=wanjik").json()
    assert ([row["invoice_id"] for row in found["invoices"]], found["total"]) == ([other.number], 1)
    assert invoice.number in {row["invoice_id"] for row in api.get("/api/invoices").json()["invoices"]}


def test_language_and_moments_read_alike_on_a_draft_and_its_invoice(
    api: Client, of: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "WAIT_SECONDS", 0.0)  # no worker sends it while somebody waits
    draft = draft_of(api, of, language="swahili").json()
    root = f"customers/{of.number}/invoices/drafts/{draft['draft_id']}"
    sent = send(api, f"{root}/send", {"send_via": "email", "recipients": {"email": ["a@example.com"]}})
    assert sent.status_code in {200, 202}, sent.content
    invoice = api.get(f"/api/invoices/{sent.json()['id']}").json()
    draft = api.get(f"/api/{root}").json()
    assert (draft["language"], invoice["language"]) == ("swahili", "swahili")
    assert draft["sent_at"] == invoice["sent_at"]


def test_a_discount_for_paying_early_ends_when_the_invoice_is_due_at_the_latest(api: Client, of: Customer) -> None:
    late = draft_of(api, of, payment_terms_days=15, early_payment_discount={"percent": 2, "days": 16})
    assert list(errors(late)) == ["early_payment_discount.days"]
    for fine in ({"payment_terms_days": 15}, {"payment_terms_days": 5, "due_date": "2027-01-01"}):
        answer = draft_of(api, of, early_payment_discount={"percent": 2, "days": 15}, **fine)
        assert answer.status_code == 201, answer.content


def test_a_list_shows_the_lines_of_each_draft_in_its_own_currency(api: Client, of: Customer) -> None:
    for currency in ("KES", "JPY", "KWD", "JPY"):
        assert draft_of(api, of, {"rate": 1000}, {"rate": 250}, currency=currency).status_code == 201
    text = api.get("/api/drafts").content.decode()
    shown = exact_json.loads(text)["drafts"]
    assert [draft["currency"] for draft in shown] == ["JPY", "KWD", "JPY", "KES"]
    assert [str(line["rate"]) for draft in shown for line in draft["items"]] == [
        *("1000", "250"),
        *("1000.000", "250.000"),
        *("1000", "250"),
        *("1000.00", "250.00"),
    ]
    assert [line["amount"] for line in shown[1]["items"]] == [Decimal("1000.000"), Decimal("250.000")]
