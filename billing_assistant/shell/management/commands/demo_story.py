"""The whole story of an invoice on the running engines, step by step, with timings."""

from __future__ import annotations

from typing import Any, Final

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from billing_assistant.core.errors import DomainError
from billing_assistant.shell.story import steps
from billing_assistant.shell.story.browser import StoryBroken
from billing_assistant.shell.story.report import Report

PARTS: Final = (("20,000.00", "partially_paid"), ("32,200.00", "paid"))


class Command(BaseCommand):
    help = "Imports books, drafts from a sentence, issues, sends, is viewed, is paid in parts, and shows that all ties."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The story pays at the demo gateway, which is there only with DEMO=1.")
        folder = settings.VAR_DIR / "demo"
        try:
            self._tell(folder)
        except (StoryBroken, DomainError, httpx.HTTPError) as error:
            raise CommandError(f"The story broke: {error}") from error
        self.stdout.write(f"PDFs and messages are in {folder}")

    def _tell(self, folder: Any) -> None:
        report = Report(self.stdout)
        story = steps.begin(report, folder)
        steps.import_the_books(story)
        steps.draft_from_words(story)
        steps.issue(story)
        steps.send(story)
        steps.view(story)
        steps.pay(story, PARTS)
        steps.show_the_books(story)
        report.end()
