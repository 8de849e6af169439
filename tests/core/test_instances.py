"""Rows made without `__init__` are what the model itself would have made."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.instances import row_new, row_stored
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.related import parents_known
from customers.models import Customer
from invoices.models import Invoice
from tests import factories

pytestmark = pytest.mark.django_db
OWN = {"id", "created_at", "amount_due"}


def test_a_new_row_has_the_defaults_of_its_model() -> None:
    customer = factories.customer(factories.seller())
    values = {"number": "INV-1", "currency": "KES"}
    related = {"customer": customer, "profile": customer.profile}
    made, usual = row_new(Invoice, values, related), Invoice(**values, **related)
    columns = [field.attname for field in Invoice._meta.concrete_fields if field.attname not in OWN]
    assert {name: getattr(made, name) for name in columns} == {name: getattr(usual, name) for name in columns}
    assert made.pk != usual.pk
    assert made._state.adding
    assert made.template is not row_new(Invoice, values, related).template
    with CaptureQueriesContext(connection) as asked:
        assert (made.customer, made.profile) == (customer, customer.profile)
    assert not asked.captured_queries


def test_a_new_row_can_be_saved() -> None:
    made = row_new(BusinessProfile, {"name": "Acacia", "slug": "acacia"}, {})
    made.save(force_insert=True)
    assert BusinessProfile.objects.get(slug="acacia") == made


def test_a_stored_row_reads_what_it_was_not_given() -> None:
    customer = factories.customer(factories.seller())
    found = row_stored(Customer, [("id", customer.pk), ("name", "Given")])
    assert (found.name, found._state.adding) == ("Given", False)
    with CaptureQueriesContext(connection) as asked:
        assert found.number == customer.number
    assert len(asked.captured_queries) == 1


def test_a_parent_at_hand_is_not_read_again() -> None:
    customer = Customer.objects.get(pk=factories.customer(factories.seller()).pk)
    profile = BusinessProfile.objects.get(pk=customer.profile_id)
    parents_known(customer, profile=profile)
    with CaptureQueriesContext(connection) as asked:
        assert customer.profile is profile
    assert not asked.captured_queries
