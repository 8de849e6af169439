from importlib import import_module

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"
    label = "reminders"

    def ready(self) -> None:
        import_module("reminders.books")
        import_module("reminders.merging")
        import_module("reminders.privacy")
        import_module("reminders.stories")
        import_module("reminders.subscriptions")
