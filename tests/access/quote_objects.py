"""Quotes that an address can name."""

from __future__ import annotations

from datetime import timedelta

from billing_assistant.core import clock
from customers.models import PortalLink
from customers.portal_tokens import token_of
from invoices.models import Quote
from invoices.services.quotes import QuoteTerms, quote_offer
from tests import factories
from tests.access.objects import World, provides


def _quote(world: World) -> Quote:
    def make() -> Quote:
        draft = factories.draft(world.customer, now=clock.now())
        return quote_offer(draft_id=draft.pk, terms=QuoteTerms(), actor=factories.SYSTEM, now=clock.now())

    return world.keep("quote", make)


@provides("quote_id", "quote_ref")
def quote(world: World) -> object:
    return _quote(world).pk


@provides("token", under="portal/q/")
def quote_token(world: World) -> object:
    """A link that lives as long as the walk."""

    def make() -> PortalLink:
        return PortalLink.objects.create(
            customer=world.customer, invoice_id=_quote(world).pk, expires_at=clock.now() + timedelta(days=1)
        )

    return token_of(world.keep("quote link", make).pk)
