from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "billing_assistant.core"
    label = "core"

    def ready(self) -> None:
        from billing_assistant.core import checks, history_context, holding  # noqa: F401, PLC0415

        history_context.install()
