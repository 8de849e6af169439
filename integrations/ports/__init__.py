"""Ports: what we ask of each kind of outside service, in our own words.

Payment gateways differ in what they can do, so each ability is a port of its own: hosted pages, payment links, prompts
on the phone,
saved methods, refunds, disputes, payouts, fees, money that comes without being asked for, invoices that
the gateway makes itself, subscriptions that it charges by itself. What a gateway can do stands
in its `Capabilities`, which are data. `refunds_of(gateway)` and its like give the port, or raise `Unsupported`: nobody
calls a method that a gateway does not have.
"""
