"""The components that every page is made of. `/styleguide/` shows each in every state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django import template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language, gettext

from billing_assistant.core import clock
from billing_assistant.core.money import Money
from billing_assistant.core.ui import fields, formats, links, tones

register = template.Library()
SPRITE = "vendor/icons.svg"
LONG_FIGURE: Final = 11
"""Signs of an amount that fit beside its currency in a narrow box: 999,999.99 does, 1,234,567.89 does not."""


# Words and values


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
    word = label or getattr(status, "label", None) or (str(status) if status else formats.NONE)
    colour = tones.tone_of(tone or getattr(status, "tone", ""))
    picture = icon or getattr(status, "icon", "") or tones.TONE_ICONS[colour]
    return _state(colour, size, picture, conditional_escape(word))


@lru_cache(maxsize=512)
def _state(colour: str, size: str, picture: str, word: SafeString) -> SafeString:
    """The rows of a list have few different states."""
    return format_html(
        '<span class="state state-{}{}">{}<span>{}</span></span>',
        colour,
        f" state-{size}" if size else "",
        _icon(picture, size=14),
        word,
    )


_icon = icon


def _pair(amount: Any, currency: str) -> tuple[Decimal | None, str]:
    if isinstance(amount, Money):
        return amount.amount, amount.currency
    return (Decimal(amount) if isinstance(amount, int) else amount), currency


@register.simple_tag
def money(amount: Any, currency: str = "", *, signed: bool = False, tone: str = "", size: str = "") -> SafeString:
    """An amount with its currency code small before it, in figures of equal width. None is a dash."""
    value, code = _pair(amount, currency)
    if value is None or not code:
        return format_html('<span class="money money-none">{}</span>', formats.NONE)
    figure = formats.amount_text(value, code, signed=signed)
    before = _before_amount(code, tone, size, is_long=len(figure) > LONG_FIGURE)
    return SafeString(f"{before}{escape(figure)}</span>")


@lru_cache(maxsize=512)
def _before_amount(code: str, tone: str, size: str, *, is_long: bool) -> SafeString:
    """A list shows a hundred amounts in few currencies."""
    css = "money" + (f" text-tone-{tones.tone_of(tone)}" if tone else "") + (f" money-{size}" if size else "")
    css += " money-long" if is_long else ""
    return format_html('<span class="{}"><span class="money-code">{}</span> ', css, code)


@register.filter
def known_words(text: str) -> str:
    """A text that was kept in English, in the reader's language where it is one of ours."""
    return gettext(text) if text else ""


@register.simple_tag
def money_value(amount: Any, currency: str = "", *, signed: bool = False) -> str:
    """An amount as plain text without its code: "52,200.00"."""
    value, code = _pair(amount, currency)
    return formats.amount_text(value, code, signed=signed) if code else formats.NONE


@register.simple_tag
def number(value: Any) -> str:
    """A count or a quantity, grouped: "1,250"."""
    return formats.NONE if value is None else formats.number_text(value)


def _zone(context: Context, zone: str) -> str:
    profile = context.get("profile") or context.get("current_profile")
    return zone or getattr(profile, "time_zone", "") or settings.TIME_ZONE


@register.simple_tag(takes_context=True)
def date_of(context: Context, value: Any, *, relative: bool = False, time: bool = False, zone: str = "") -> SafeString:
    """A date or moment in the profile's zone; everything that is known is in its title."""
    if not isinstance(value, date):
        return format_html('<span class="money-none">{}</span>', formats.NONE)
    if not isinstance(value, datetime) and not relative:
        return _day(value, get_language() or "en")
    place, now = _zone(context, zone), clock.now()
    if isinstance(value, datetime):
        day = formats.local(value, place).date()
        told = formats.relative_moment(value, now, place) if relative else formats.day_text(day)
        text = formats.moment_text(value, place) if time and not relative else told
    else:
        text = formats.relative_day(value, clock.local_date(now, place))
    return _when(value, formats.full_text(value, place), text)


@lru_cache(maxsize=2_048)
def _day(day: date, language: str) -> SafeString:
    """The rows of a list have few different days."""
    return _when(day, formats.full_text(day, settings.TIME_ZONE, language), formats.day_text(day, language))


def _when(value: date | datetime, title: str, text: str) -> SafeString:
    return format_html('<time class="when" datetime="{}" title="{}">{}</time>', value.isoformat(), title, text)


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


@register.inclusion_tag("components/copy_button.html")
def copy_button(text: Any, *, label: str = "") -> dict[str, Any]:
    """Copies a text and says so."""
    return {"text": text, "label": label or gettext("Copy"), "bare": not label}


# Lists


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str,
    *,
    text: str = "",
    url: str = "",
    label: str = "",
    icon: str = "inbox",
    other_url: str = "",
    other_label: str = "",
) -> dict[str, Any]:
    """Nothing here yet, or nothing found: what this is for, one button, one more link."""
    return {
        "title": title,
        "text": text,
        "url": url,
        "label": label,
        "icon": icon,
        "other_url": other_url,
        "other_label": other_label,
    }


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Any, *, target: str = "") -> dict[str, Any]:
    """Previous and next by cursor, and "1–50 of many". The rest of the query stays."""
    query = links.query_of(context)
    before, after = getattr(page, "previous_cursor", None), getattr(page, "next_cursor", None)
    return {
        "page": page,
        "previous_url": links.with_query(query, before=before, after=None) if before else "",
        "next_url": links.with_query(query, after=after, before=None) if after else "",
        "target": target,
    }


@register.inclusion_tag("components/filter_chips.html")
def filter_chips(chips: Iterable[Any], *, clear_url: str = "") -> dict[str, Any]:
    """The filters that are set, in words, each with a way to remove it."""
    return {"chips": list(chips), "clear_url": clear_url}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], *, label: str = "") -> dict[str, Any]:
    """Saved views, or the parts of a thing, as links."""
    return {"items": list(items), "label": label or gettext("Views")}


@register.inclusion_tag("components/stat.html")
def stat(
    label: str,
    *,
    value: Any = None,
    amount: Any = None,
    currency: str = "",
    hint: str = "",
    tone: str = "",
    icon: str = "",
    url: str = "",
) -> dict[str, Any]:
    """One number with its name."""
    return {
        "label": label,
        "value": value,
        "amount": amount,
        "currency": currency,
        "hint": hint,
        "tone": tones.tone_of(tone) if tone else "",
        "icon": icon,
        "url": url,
    }


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(context: Context, entries: Iterable[Any]) -> dict[str, Any]:
    """What happened, newest first as given."""
    return {
        "entries": list(entries),
        "current_profile": context.get("current_profile"),
        "profile": context.get("profile"),
    }


@register.inclusion_tag("components/skeleton.html")
def skeleton(*, rows: int = 6) -> dict[str, Any]:
    """Rows that shimmer after 300 ms while the real ones load."""
    return {"rows": range(rows)}


@register.inclusion_tag("components/sort_head.html", takes_context=True)
def sort_head(context: Context, label: str, key: str, *, numeric: bool = False, css: str = "") -> dict[str, Any]:
    """A column head that sorts by ?sort=key, and the other way round the second time."""
    query = links.query_of(context)
    current = query.get("sort", "")
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    wanted = f"-{key}" if order == "ascending" else key
    url = links.with_query(query, sort=wanted, after=None, before=None)
    return {"label": label, "order": order, "url": url, "numeric": numeric, "css": css}


@register.inclusion_tag("components/column_choice.html")
def column_choice(table_id: str, columns: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A menu of the columns (key, label) that a table may hide. Its cells carry data-col="key"."""
    return {"table_id": table_id, "columns": list(columns)}


# Forms


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """A form field: label above, control, help and errors under it.

    Options: label, help, currency, prefix, suffix, placeholder, autofocus, hide_label, hide_help, css,
    span (columns of a 12-column row).
    """
    span = options.pop("span", "")
    options["help_text"] = options.pop("help", "")
    return {"field": fields.view_of(bound, **options), "span": span}


@register.inclusion_tag("components/form_errors.html")
def form_errors(*forms: Any, focus: bool = True) -> dict[str, Any]:
    """A summary of every error of the forms and formsets, each with a link to its field. It takes the focus."""
    return {
        "entries": [entry for form in forms if form is not None for entry in fields.errors_of(form)],
        "focus": focus,
    }


@register.inclusion_tag("components/amount_input.html")
def amount_input(
    name: str, *, label: str, value: Any = "", currency: str = "", id: str = "", placeholder: str = "", css: str = ""
) -> dict[str, Any]:
    """A bare money box for tables of lines; the label is for screen readers."""
    return {
        "name": name,
        "label": label,
        "value": "" if value is None else value,
        "currency": currency,
        "id": id or f"id_{name}",
        "placeholder": placeholder,
        "css": css,
    }


# Links, buttons, notices


@register.inclusion_tag("components/back.html")
def back(*, url: str, label: str) -> dict[str, Any]:
    """The one way back to the list as it was filtered."""
    return {"url": url, "label": label}


@register.inclusion_tag("components/dialog_button.html")
def dialog_button(id: str, label: str, *, css: str = "btn", icon: str = "") -> dict[str, Any]:
    """Opens the modal or confirm of that id."""
    return {"id": id, "label": label, "css": css, "icon": icon}


@register.inclusion_tag("components/messages_list.html", takes_context=True)
def messages_list(context: Context) -> dict[str, Any]:
    """Django's messages as toasts. base.html has it."""
    return {"messages": context.get("messages")}


# Blocks


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


_MENU = (
    '<span class="menu{end}">'
    '<button type="button" class="{css}" popovertarget="{id}"{name}>{icon}{word}</button>'
    '<div class="menu-list" id="{id}" popover data-menu>{content}</div>'
    "</span>"
)


@register.simple_block_tag
def menu(
    content: str,
    *,
    label: str,
    id: str = "",
    icon: str = "",
    css: str = "btn",
    hide_label: bool = False,
    end: bool = True,
) -> SafeString:
    """A button that opens a list of links and buttons with class menu-item. `id` where a page has several alike.

    Put together here and not by a template: a list has one in each of its rows.
    """
    return format_html(
        _MENU,
        end=" menu-end" if end else "",
        css=f"{css} btn-square" if hide_label else css,
        id=id or f"{slugify(label)}-menu",
        name=format_html(' aria-label="{0}" title="{0}"', label) if hide_label else "",
        icon=_icon(icon) if icon else "",
        word="" if hide_label else format_html("<span>{}</span>{}", label, _icon("chevron-down", size=16)),
        content=SafeString(content),
    )


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
