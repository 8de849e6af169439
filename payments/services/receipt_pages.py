"""Where a person decides about a receipt."""

from __future__ import annotations

from uuid import UUID

from django.urls import NoReverseMatch, reverse


def receipt_page(receipt_id: UUID) -> str:
    """The address of the page; empty where there are no pages."""
    try:
        return reverse("payments:receipt", args=[receipt_id])
    except NoReverseMatch:
        return ""
