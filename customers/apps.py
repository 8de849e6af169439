from importlib import import_module

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    label = "customers"

    def ready(self) -> None:
        for module in ("stories", "merging", "privacy", "services.importing", "web.filtered"):
            import_module(f"customers.{module}")
