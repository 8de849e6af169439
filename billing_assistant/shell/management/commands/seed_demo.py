"""Makes the demo company and prints who may sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from billing_assistant.core import clock
from billing_assistant.shell.demo import sign_ins
from billing_assistant.shell.seeding.seed import demo_seed


class Command(BaseCommand):
    help = "Makes the demo company Chromapages, once, and prints the demo sign-ins. Refused in production."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo company has passwords that everybody knows. It is not made in production.")
        demo_seed(now=clock.now())
        self.stdout.write(sign_ins())
