from importlib import import_module

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "invoices"

    def ready(self) -> None:
        import_module("invoices.attachment_stories")
        import_module("invoices.batch_stories")
        import_module("invoices.billable_stories")
        import_module("invoices.billing_metrics")
        import_module("invoices.books")
        import_module("invoices.merging")
        import_module("invoices.plan_stories")
        import_module("invoices.privacy")
        import_module("invoices.quote_stories")
        import_module("invoices.stories")
        import_module("invoices.subscriptions")
        import_module("invoices.services.importing.catalogue")
        import_module("invoices.services.importing.documents")
        import_module("invoices.services.importing.plans")
        import_module("invoices.web.filtered")
