from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"

    def ready(self) -> None:
        for module in (
            "subscriptions",
            "connection_use",
            "services.webhook_notices",
            "services.external_invoice_reading",
            "services.collection_reading",
            "books",
            "books_lines",
            "books_waiting",
            "merging",
            "privacy",
            "stories",
            "services.importing",
            "services.statement_importing",
            "services.provider_days",
            "statement_stories",
            "selectors.receipts",
            "web.filtered",
            "web.plan_notes",
        ):
            import_module(f"payments.{module}")
