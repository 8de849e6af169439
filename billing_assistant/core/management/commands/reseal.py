"""`reseal`: brings sealed texts under the active key of FIELD_ENCRYPTION_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing_assistant.core.crypto import SealError
from billing_assistant.core.services.resealing import sealed_rows_reseal


class Command(BaseCommand):
    help = "Seals again, under the first key of FIELD_ENCRYPTION_KEYS, what an older key of it sealed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            total = sealed_rows_reseal(report=lambda table, count: self.stdout.write(f"{table}: {count}"))
        except SealError as error:
            raise CommandError(f"A text could not be opened, and stays as it is: {error}") from error
        self.stdout.write(f"{total} sealed again. Second factors of people are sealed again when they are set anew.")
