"""Stripe behind the ports, through its own SDK over our own wire.

`wire.py` lets the SDK speak through `core.http`; `api.py` makes the calls and translates errors; `money.py` counts as
Stripe counts; `payloads.py` reads its objects; `adapter.py` with `pages.py`, `methods.py`, `refunds.py`, `books.py` and
`invoices.py` are the ports; `vendor.py` is what people fill in. No card data ever comes here: clients type it on
Stripe's pages.
"""
