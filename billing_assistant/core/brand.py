"""What clients see of a business profile: its colours as a style sheet (no page has an inline style) and its logo."""

from __future__ import annotations

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from billing_assistant.core import files
from billing_assistant.core.access import PUBLIC, accessible
from billing_assistant.core.models import BusinessProfile

HEX: Final = re.compile(r"^#[0-9a-f]{6}$")
FALLBACK: Final = "#4549c9"
LINEAR_BELOW: Final = 0.04045  # sRGB is linear up to here
READABLE: Final = 4.5  # the contrast that WCAG AA asks of text
WHITE: Final = (255, 255, 255)
BLACK: Final = (0, 0, 0)
DARK_SURFACE: Final = (24, 27, 33)
PICTURES: Final = frozenset({"image/png", "image/jpeg"})
Rgb = tuple[int, int, int]


def parse_hex(color: str) -> Rgb:
    """The three parts of "#1f6feb". Anything else gives the product's own accent."""
    text = color.lower() if HEX.match(color.lower()) else FALLBACK
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def as_hex(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= LINEAR_BELOW else ((share + 0.055) / 1.055) ** 2.4


def luminance(color: Rgb) -> float:
    """Relative luminance by WCAG 2: 0 is black, 1 is white."""
    red, green, blue = (_linear(part) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours by WCAG 2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _towards(color: Rgb, goal: Rgb, percent: int) -> Rgb:
    red, green, blue = (
        (part * (100 - percent) + wanted * percent) // 100 for part, wanted in zip(color, goal, strict=True)
    )
    return (red, green, blue)


def readable_on(color: Rgb, ground: Rgb) -> Rgb:
    """The colour itself where it can be read on the ground, else the nearest shade of it that can."""
    goal = max((BLACK, WHITE), key=lambda end: contrast(end, ground))
    for percent in range(0, 101, 4):
        shade = _towards(color, goal, percent)
        if contrast(shade, ground) >= READABLE:
            return shade
    return goal


def sheet_for(color: str) -> str:
    """The variables that portal.css uses. The ground of a button is the brand colour, its words are legible on it."""
    brand = parse_hex(color)
    ink = WHITE if contrast(brand, WHITE) >= READABLE else BLACK
    on_light, on_dark = as_hex(readable_on(brand, WHITE)), as_hex(readable_on(brand, DARK_SURFACE))
    return f":root{{--brand:{as_hex(brand)};--brand-ink:{as_hex(ink)};--brand-text:light-dark({on_light},{on_dark})}}\n"


@accessible(PUBLIC)
@require_safe
@cache_control(public=True, max_age=300)
def brand_css(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /brand/<slug>.css. Public: a brand colour is on every invoice."""
    profile = get_object_or_404(BusinessProfile.objects.only("accent_color"), slug=slug)
    return HttpResponse(sheet_for(profile.accent_color), content_type="text/css; charset=utf-8")


@accessible(PUBLIC)
@require_safe
@cache_control(public=True, max_age=300)
def brand_logo(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /brand/<slug>/logo. Public: a logo is on every invoice. Nothing but a picture is served."""
    profile = get_object_or_404(BusinessProfile.objects.select_related("logo"), slug=slug)
    if profile.logo is None or profile.logo.content_type not in PICTURES:
        raise Http404
    return files.file_response(profile.logo, inline=True)
