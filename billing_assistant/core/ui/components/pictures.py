"""Icons, states, initials and bars."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from billing_assistant.core.states import Status
from billing_assistant.core.ui import formats, tones

register = template.Library()
SPRITE: Final = "vendor/icons.svg"


@register.simple_tag
def icon(name: str, *, size: int = 20, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite. Silent for screen readers unless it has a label."""
    if label:
        return _drawn(name, size, css, format_html('role="img" aria-label="{}"', label))
    return _silent(name, size, css)


def _drawn(name: str, size: int, css: str, role: SafeString) -> SafeString:
    return format_html(
        '<svg class="icon icon-{}{}" width="{}" height="{}" {}><use href="{}#{}"></use></svg>',
        size,
        f" {css}" if css else "",
        size,
        size,
        role,
        static(SPRITE),
        name,
    )


@lru_cache(maxsize=512)
def _silent(name: str, size: int, css: str) -> SafeString:
    """A list draws the same few icons in each of its rows."""
    return _drawn(name, size, css, SafeString('aria-hidden="true"'))


@register.simple_tag
def badge(status: Any = None, *, label: str = "", tone: str = "", icon: str = "", size: str = "") -> SafeString:
    """A state as a word, a colour and an icon. `status` carries label, tone and icon; each can be given instead."""
    if isinstance(status, Status) and not (label or tone or icon):
        return _word(status, size, get_language() or "en")
    return _state_of(status, label, tone, icon, size)


@lru_cache(maxsize=512, typed=True)
def _word(status: Status, size: str, _language: str) -> SafeString:
    """The rows of a list have few different states."""
    return _state_of(status, "", "", "", size)


def _state_of(status: Any, label: str, tone: str, icon: str, size: str) -> SafeString:
    word = label or getattr(status, "label", None) or (str(status) if status else formats.NONE)
    colour = tones.tone_of(tone or getattr(status, "tone", ""))
    picture = icon or getattr(status, "icon", "") or tones.TONE_ICONS[colour]
    return format_html(
        '<span class="state state-{}{}">{}<span>{}</span></span>',
        colour,
        f" state-{size}" if size else "",
        _silent(picture, 14, ""),
        conditional_escape(word),
    )


@register.simple_tag
def avatar(name: Any, *, size: str = "") -> SafeString:
    """Initials of a person or company, in a colour that stays with the name."""
    text = str(name or "").strip()
    words = [word for word in text.replace(".", " ").split() if word[0].isalnum()]
    initials = (words[0][0] + words[-1][0] if len(words) > 1 else text[:2]).upper() or "?"
    css = f"who who-{sum(text.encode()) % 6}" + (f" who-{size}" if size else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, initials)


@register.inclusion_tag("components/progress.html")
def progress(value: Any, maximum: Any, *, label: str, tone: str = "info") -> dict[str, Any]:
    """A bar with its words: how much of a whole."""
    return {"value": value, "maximum": maximum, "label": label, "tone": tones.tone_of(tone)}
