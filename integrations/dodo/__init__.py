"""Dodo Payments, the seller on the client's card statement: digital products and software only.

It knows no idempotency keys. So pages are noted in a journal before they are asked for, charges and refunds carry our
key in their metadata, and before a second try we look for it. Our prices include tax: Dodo works the tax out of them.
"""
