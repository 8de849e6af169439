"""Words of an enum as files write them: as the program does, or as people read them, in either language."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.states import Status


def word_of(words: type[Status], text: str, *, field: str) -> str:
    """The value of an enum that a cell means, the case and signs aside. Raises ValidationFailed for the field."""
    wanted = _plain(text)
    for word in words:
        if wanted == _plain(word.value):
            return word.value
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for word in words:
                if wanted == _plain(str(word.label)):
                    return word.value
    known = ", ".join(str(word.label) for word in words)
    reason = _("“%(text)s” is not known here. Known are: %(known)s.") % {"text": text[:60], "known": known}
    raise ValidationFailed({field: [reason]})


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
