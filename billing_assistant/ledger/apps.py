from importlib import import_module

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "billing_assistant.ledger"
    label = "ledger"

    def ready(self) -> None:
        import_module("billing_assistant.ledger.books_kept")
        import_module("billing_assistant.ledger.merging")
        import_module("billing_assistant.ledger.privacy")
