"""The admin without the list of all tables at the side of each page.

To put that list together and to draw it costs three times what the page itself does, and it is the same on every page.
A walk through hundreds of pages meets it on the index and on the pages of people.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse


@pytest.fixture
def bare_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of tables come without the list at their side, except those of people."""
    whole, index, people = admin.site.get_app_list, reverse("admin:index"), reverse("admin:core_user_changelist")

    def app_list(request: HttpRequest, app_label: str | None = None) -> list[Any]:
        drawn = request.path == index or request.path.startswith(people)
        return whole(request, app_label) if drawn else []

    monkeypatch.setattr(admin.site, "get_app_list", app_list)
