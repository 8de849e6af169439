"""M-Pesa through Safaricom's Daraja: prompts on phones, money at the Paybill, reversals.

Daraja signs nothing and knows no idempotency, so three things stand in their place: an address with a secret of its own
for each attempt (`doors`), a journal written before each call (`journal`), and a question back before anything is
believed (`adapter`). Amounts are whole shillings.
"""
