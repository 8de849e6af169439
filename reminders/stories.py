"""How events about messages read in a timeline."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import Event
from billing_assistant.core.ui.stories import story_register

MESSAGE = "messages:detail"


def subject(event: Event) -> str:
    return str(event.data.get("subject", ""))


def error(event: Event) -> str:
    return str(event.data.get("error", "") or event.data.get("subject", ""))


def refused(event: Event) -> str:
    return str(event.data.get("refused", "") or event.data.get("subject", ""))


story_register("message.scheduled", _("Message %(label)s scheduled"), icon="clock", url_name=MESSAGE, detail=subject)
story_register(
    "message.rescheduled", _("Message %(label)s has another time"), icon="clock", url_name=MESSAGE, detail=subject
)
story_register("message.queued", _("Message %(label)s queued"), icon="clock", url_name=MESSAGE, detail=subject)
story_register(
    "message.retried", _("Message %(label)s waits for another try"), icon="clock", url_name=MESSAGE, detail=error
)
story_register(
    "message.sent", _("Message %(label)s sent"), icon="send", tone="success", url_name=MESSAGE, detail=refused
)
story_register(
    "message.failed", _("Message %(label)s failed"), icon="alert-circle", tone="danger", url_name=MESSAGE, detail=error
)
story_register(
    "message.unknown",
    _("Nobody knows whether message %(label)s was sent"),
    icon="help",
    tone="warning",
    url_name=MESSAGE,
    detail=error,
)
story_register("message.cancelled", _("Message %(label)s cancelled"), icon="x", url_name=MESSAGE, detail=error)
story_register("message.resent", _("Message %(label)s sent again as %(again)s"), icon="send", url_name=MESSAGE)
story_register(
    "message.confirmed",
    _("Message %(label)s did arrive"),
    icon="check",
    tone="success",
    url_name=MESSAGE,
    detail=subject,
)
