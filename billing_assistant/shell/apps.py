from importlib import import_module

from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "billing_assistant.shell"
    label = "shell"

    def ready(self) -> None:
        import_module("billing_assistant.shell.stories")
