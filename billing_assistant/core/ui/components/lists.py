"""What lists are made of: heads, filters, views, pages, and what stands where there are no rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.translation import gettext

from billing_assistant.core.ui import links, tones

register = template.Library()


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
    """Previous and next by cursor, "1–25 of many", and how many rows to show. The rest of the query stays."""
    query = links.query_of(context)
    before, after = getattr(page, "previous_cursor", None), getattr(page, "next_cursor", None)
    sizes = getattr(page, "sizes", ())
    return {
        "page": page,
        "sizes": sizes if sizes and (before or after or len(page) > min(sizes)) else (),
        "first_url": links.path_of(context) + links.with_query(query, before=None, after=None).removesuffix("?"),
        "previous_url": links.with_query(query, before=before, after=None) if before else "",
        "next_url": links.with_query(query, after=after, before=None) if after else "",
        "target": target,
    }


@register.inclusion_tag("components/filter_chips.html")
def filter_chips(chips: Iterable[Any], *, clear_url: str = "") -> dict[str, Any]:
    """The filters that are set, in words, each with a way to remove it."""
    return {"chips": list(chips), "clear_url": clear_url}


@register.inclusion_tag("components/saved_filters.html")
def saved_filters(saved: Any) -> dict[str, Any]:
    """The menu of the filters that are kept for a list (`core.filters.menu.saved_menu`)."""
    return {"saved": saved}


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
