from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "billing_assistant.shell"
    label = "shell"
