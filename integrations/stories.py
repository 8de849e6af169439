"""How events about connections to payment providers read in a timeline."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import Event
from billing_assistant.core.ui.stories import story_register

CONNECTION = "shell:connection"


def outcome(event: Event) -> str:
    """Whether the test passed."""
    return gettext("The test passed.") if event.data.get("passed") else gettext("The test failed.")


story_register("connection.added", _("Connection to %(label)s added"), icon="plug", url_name=CONNECTION)
story_register("connection.changed", _("Keys of %(label)s changed"), icon="key", url_name=CONNECTION)
story_register(
    "connection.tested", _("Connection to %(label)s tested"), icon="checks", detail=outcome, url_name=CONNECTION
)
story_register("connection.enabled", _("%(label)s turned on"), icon="circle-check", tone="success", url_name=CONNECTION)
story_register(
    "connection.announced", _("%(label)s knows where to announce payments"), icon="webhook", url_name=CONNECTION
)
story_register("connection.disabled", _("%(label)s turned off"), icon="circle-off", url_name=CONNECTION)
story_register("connection.preferred", _("%(label)s is offered first"), icon="star", url_name=CONNECTION)
story_register("connection.retired", _("Connection to %(label)s taken away"), icon="trash", url_name=CONNECTION)
