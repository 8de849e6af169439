"""Messages to a merged customer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.merging import register_mover

register_mover("reminders.Message", _("Messages"))
