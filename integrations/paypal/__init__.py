"""PayPal: a client approves an order on PayPal's page, and we capture it.

Approving moves no money: only our capture does, and it is made when the order is read (`checkout_fetch`), never for a
page that is to be closed. Events are hints: payee, reference, amount and status are read again.
"""
