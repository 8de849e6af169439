from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "billing_assistant.ledger"
    label = "ledger"
