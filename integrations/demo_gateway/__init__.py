"""A payment gateway for trying things out: no real money. Both sides of the counter live here, and they speak HTTP.

The provider's side: `provider.py` (its services), `cards.py`, `delivery.py`, `web.py` (hosted page), `api.py`.
Our side: `adapter.py` with `client.py` and `payloads.py`, which never touch the provider's tables.
"""
