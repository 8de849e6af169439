from __future__ import annotations

import re

import pytest
from django.test import Client

from billing_assistant.core import brand, files
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n"
COLOURS = ["#1f6feb", "#f2c200", "#0f7b6c", "#ffffff", "#000000", "#ff00ff", "#808080", "#777777"]


@pytest.mark.parametrize("color", COLOURS)
def test_words_on_the_brand_colour_can_be_read(color: str) -> None:
    sheet = brand.sheet_for(color)
    ground, ink = (brand.parse_hex(found) for found in re.findall(r"--brand(?:-ink)?:(#[0-9a-f]{6})", sheet)[:2])
    assert brand.contrast(ground, ink) >= 4.5


@pytest.mark.parametrize("color", COLOURS)
def test_the_brand_colour_as_words_can_be_read_in_light_and_dark(color: str) -> None:
    light, dark = re.findall(r"#[0-9a-f]{6}", brand.sheet_for(color).split("light-dark")[1])
    assert brand.contrast(brand.parse_hex(light), brand.WHITE) >= 4.5
    assert brand.contrast(brand.parse_hex(dark), brand.DARK_SURFACE) >= 4.5


@pytest.mark.parametrize("color", ["red", "#12", "}body{display:none}", "#1f6feb;x", ""])
def test_what_is_no_colour_never_reaches_the_sheet(color: str) -> None:
    assert brand.sheet_for(color) == brand.sheet_for(brand.FALLBACK)


@pytest.mark.django_db
def test_the_sheet_is_public_and_cached(client: Client) -> None:
    profile = factories.profile(accent_color="#0F7B6C")
    response = client.get(f"/brand/{profile.slug}.css")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age=300" in response["Cache-Control"]
    assert b"--brand:#0f7b6c" in response.content


@pytest.mark.django_db
def test_an_unknown_profile_has_no_sheet(client: Client) -> None:
    assert client.get("/brand/nobody.css").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_logo_is_served_only_as_a_picture(client: Client) -> None:
    profile = factories.profile()
    path = f"/brand/{profile.slug}/logo"
    assert client.get(path).status_code == 404
    for content, content_type, status in ((PNG, "image/png", 200), (b"%PDF-1.7", "application/pdf", 404)):
        profile.logo = files.store(content=content, name="logo", content_type=content_type, profile_id=profile.pk)
        profile.save()
        assert client.get(path).status_code == status
