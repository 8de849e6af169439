"""Stripe on a socket of this machine, for tests: it speaks Stripe's HTTP and knows nothing of our code."""

from tests.fakes.stripe.billing import Billing
from tests.fakes.stripe.books import Account, Books
from tests.fakes.stripe.server import Fault, StripeServer, running

__all__ = ["Account", "Billing", "Books", "Fault", "StripeServer", "running"]
