"""Links, buttons and menus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext

from billing_assistant.core.ui import links
from billing_assistant.core.ui.components.pictures import icon as _icon

register = template.Library()


@register.simple_tag
def address(name: str, pk: UUID) -> str:
    """The path of a page about one thing: as `{% url %}`, for the rows of a list."""
    return links.address(name, pk)


@register.inclusion_tag("components/back.html")
def back(*, url: str, label: str) -> dict[str, Any]:
    """The one way back to the list as it was filtered."""
    return {"url": url, "label": label}


@register.inclusion_tag("components/dialog_button.html")
def dialog_button(id: str, label: str, *, css: str = "btn", icon: str = "") -> dict[str, Any]:
    """Opens the modal or confirm of that id."""
    return {"id": id, "label": label, "css": css, "icon": icon}


@register.inclusion_tag("components/copy_button.html")
def copy_button(text: Any, *, label: str = "") -> dict[str, Any]:
    """Copies a text and says so."""
    return {"text": text, "label": label or gettext("Copy"), "bare": not label}


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


_ANYTHING: Final = UUID(int=0)
_ANYBODY: Final = "\x00"


def row_menus(entries: Iterable[tuple[str, str, str]]) -> str:
    """What the menus of all rows of a list have in common: pages about the thing by their names, with an icon and a
    word each. They are drawn once; drawn for each row they would take as long as all the rest of the list.
    """
    items = (
        f'<a class="menu-item" href="{links.address(page, _ANYTHING)}">{_icon(icon)}{escape(word)}</a>'
        for page, icon, word in entries
    )
    return menu(
        "".join(items),
        label=gettext("Actions for %(name)s") % {"name": _ANYBODY},
        id=f"menu-{_ANYTHING.hex}",
        icon="dots",
        css="btn btn-quiet btn-small on-hover",
        hide_label=True,
    )


@register.simple_tag
def row_menu(drawn: str, pk: UUID, name: str) -> SafeString:
    """The menu of one row, from `row_menus`."""
    text = drawn.replace(str(_ANYTHING), str(pk)).replace(_ANYTHING.hex, pk.hex)
    return SafeString(text.replace(_ANYBODY, escape(name)))
