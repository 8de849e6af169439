from importlib import import_module

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    label = "integrations"

    def ready(self) -> None:
        import_module("integrations.books")
        import_module("integrations.privacy")
        import_module("integrations.stories")
