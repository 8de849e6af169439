"""The page on which the money of a line is split by hand begins with what can be recorded."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from payments.models import StatementLine
from tests import factories
from tests.payments.builders import customer, due, invoice
from tests.payments.statement_files import bank_account, brought, ofx

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


def test_a_part_of_what_is_due_begins_with_the_part_and_can_be_recorded_as_it_stands(client: Client) -> None:
    client.force_login(factories.user(Role.FINANCE))
    payer = customer()
    bill, account = invoice(payer, "600.00"), bank_account(payer.profile)
    brought(account, ofx(("F1", "20260302", "400.00", payer.name.upper(), "")))
    url = f"/reconciliation/lines/{StatementLine.objects.get(bank_id='F1').pk}/split/"
    page = client.get(url).content.decode()
    box = re.search(rf'<input[^>]*name="invoice_{bill.pk}"[^>]*>', page)
    assert box is not None
    assert 'value="400.00"' in box[0]
    form = {"customer": str(payer.pk), f"invoice_{bill.pk}": "400.00", "fee": ""}
    assert client.post(url, form).status_code == 302
    assert due(bill) == 200
