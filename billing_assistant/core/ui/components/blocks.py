"""Components that have something in them: sections, tables, dialogs, notices, facts, feet of forms."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext

from billing_assistant.core.ui import formats, tones

register = template.Library()


def _block(name: str, content: str, /, **values: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", {"content": SafeString(content), **values})


@register.simple_block_tag
def card(content: str, *, title: str = "", hint: str = "", flush: bool = False, id: str = "") -> SafeString:
    """A section with a hairline around it; flush for tables and lists."""
    return _block(
        "card", content, title=title, hint=hint, flush=flush, id=id, heading_id=f"{id or slugify(title)}-title"
    )


@register.simple_block_tag
def table(content: str, *, label: str, cards: bool = True, id: str = "", sticky: bool = True) -> SafeString:
    """A table that becomes cards on a phone (cells with data-label)."""
    return _block("table", content, label=label, cards=cards, id=id, sticky=sticky)


@register.simple_block_tag
def modal(content: str, id: str, *, title: str, size: str = "") -> SafeString:
    """A dialog, opened by dialog_button."""
    return _block("modal", content, id=id, title=title, size=size)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    id: str,
    *,
    title: str,
    action: str,
    verb: str,
    tone: str = "danger",
    size: str = "sm",
) -> SafeString:
    """Asks before something dangerous. The title says what, in numbers; the button repeats the verb."""
    values = {"id": id, "title": title, "action": action, "verb": verb, "tone": tone, "size": size}
    return _block("confirm", content, csrf_token=context.get("csrf_token"), **values)


@register.simple_block_tag
def notice(content: str, *, tone: str = "info", title: str = "", icon: str = "") -> SafeString:
    """Something to know, in the page."""
    colour = tones.tone_of(tone)
    return _block("notice", content, tone=colour, title=title, icon=icon or tones.TONE_ICONS[colour])


@register.simple_block_tag
def facts(content: str, *, css: str = "") -> SafeString:
    """A list of facts: name and value."""
    return format_html('<dl class="facts {}">{}</dl>', css, SafeString(content))


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    """One fact. Nothing in it shows a dash."""
    value = SafeString(content.strip()) or formats.NONE
    return format_html('<div class="fact"><dt>{}</dt><dd>{}</dd></div>', label, value)


@register.simple_block_tag
def form_foot(
    content: str, *, verb: str, cancel_url: str = "", tone: str = "primary", name: str = "", value: str = ""
) -> SafeString:
    """The foot of a form that stays in sight: save, cancel, and what else is put into it."""
    return _block("form_foot", content, verb=verb, cancel_url=cancel_url, tone=tone, name=name, value=value)


@register.simple_block_tag
def filter_form(content: str, *, target: str = "", label: str = "", action: str = "") -> SafeString:
    """A GET form that submits itself when it changes."""
    return _block("filter_form", content, target=target, label=label or gettext("Filter"), action=action)


@register.inclusion_tag("components/messages_list.html", takes_context=True)
def messages_list(context: Context) -> dict[str, Any]:
    """Django's messages as toasts. base.html has it."""
    return {"messages": context.get("messages")}
