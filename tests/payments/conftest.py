"""Fixtures of everything that pays online, and of what stands on statements."""

import pytest

from customers.models import Customer
from payments.models import BankAccount
from tests.fakes.fixtures import fake_gateway, live_demo, tasks
from tests.fakes.stripe.fixtures import stripe_gateway, stripe_service
from tests.payments.builders import customer
from tests.payments.statement_files import bank_account

__all__ = ["fake_gateway", "live_demo", "stripe_gateway", "stripe_service", "tasks"]


@pytest.fixture
def payer() -> Customer:
    return customer()


@pytest.fixture
def account(payer: Customer) -> BankAccount:
    return bank_account(payer.profile)
