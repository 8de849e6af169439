"""How events of attachments read in a timeline."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.ui.stories import story_register

story_register("attachment.added", _("File %(file)s added to %(label)s"), icon="paperclip")
story_register("attachment.removed", _("File %(file)s removed from %(label)s"), icon="trash")
