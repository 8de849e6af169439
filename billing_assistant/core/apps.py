from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "billing_assistant.core"
    label = "core"
