"""The rule of every address."""

from __future__ import annotations

from typing import Any

import pytest

from billing_assistant.core import routes
from billing_assistant.core.access import ACCOUNT, ADMIN, PUBLIC, Access, Kind, api, staff
from billing_assistant.core.rights import Right


def test_writing_falls_back_to_the_right_to_read() -> None:
    assert staff(Right.REPORTS_VIEW).right_for("POST") is Right.REPORTS_VIEW
    rule = staff(Right.CUSTOMERS_VIEW, Right.CUSTOMERS_EDIT)
    assert [rule.right_for(method) for method in ("GET", "HEAD", "POST", "DELETE")] == [
        Right.CUSTOMERS_VIEW,
        Right.CUSTOMERS_VIEW,
        Right.CUSTOMERS_EDIT,
        Right.CUSTOMERS_EDIT,
    ]


def test_the_api_names_a_right_for_each_method() -> None:
    rule = api({"GET": Right.CUSTOMERS_VIEW, "POST": Right.CUSTOMERS_EDIT})
    assert rule.right_for("HEAD") is Right.CUSTOMERS_VIEW
    assert rule.right_for("POST") is Right.CUSTOMERS_EDIT


class TestRoutes:
    @pytest.fixture(autouse=True)
    def _urls(self, settings: Any) -> None:
        settings.ROOT_URLCONF = "tests.core.web.views"

    def rule(self, address: str) -> Access | None:
        return next(route.rule for route in routes.walk() if route.route == address)

    def test_the_rule_stands_on_the_view(self) -> None:
        assert self.rule("staff/") == staff()
        assert self.rule("staff/invoices/") == staff(Right.INVOICES_VIEW, Right.INVOICES_ISSUE)
        assert self.rule("public/") == PUBLIC
        assert self.rule("client/class/") == Access(Kind.CLIENT)

    def test_views_of_other_packages_are_known_by_name(self) -> None:
        assert self.rule("accounts/login/") == ACCOUNT
        assert self.rule("admin/login/") == ADMIN

    def test_a_view_without_a_rule_is_an_error_at_start(self) -> None:
        errors = routes.check_every_route_has_a_rule()
        assert [error.id for error in errors] == ["core.E020"]
        assert "/forgotten/" in errors[0].msg

    def test_the_parameters_of_a_path_are_listed(self) -> None:
        route = next(one for one in routes.walk() if one.route.startswith("staff/customers/"))
        assert route.parameters == ("customer_id",)


def test_every_address_of_the_product_has_a_rule() -> None:
    assert [str(route) for route in routes.walk() if route.rule is None] == []


def test_a_decorated_view_keeps_its_rule(settings: Any) -> None:
    settings.ROOT_URLCONF = "billing_assistant.urls"
    docs = next(route for route in routes.walk() if route.name == "api-docs")
    assert docs.rule == staff()
