"""A letter as plain values, and its two forms. Every text is cleaned; the HTML template escapes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date
from django.template.loader import render_to_string
from django.utils import translation

from billing_assistant.core.ui.formats import locale_of
from invoices.pdf.colours import readable_accent
from invoices.pdf.text import clean, clean_all

PORTAL_LINK: Final = "https://portal-link.invalid/"
"""Stands for the client's own link in stored texts; the real one is put in when the message is sent."""


@dataclass(frozen=True, slots=True)
class Content:
    """The texts of a message in its language. A portal link stands in them as `PORTAL_LINK`."""

    subject: str
    text: str
    html: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str

    @property
    def line(self) -> str:
        return f"{self.label}: {self.value}"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with rows under it: a way to pay."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """Whom the letter is from."""

    name: str
    accent: str
    contact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message. `figures` are its first two lines: how much, and by or on which day.

    The button leads to the client's link, or to a `page` under it ("method/").
    """

    language: str
    subject: str
    company: Company
    greeting: str
    paragraphs: tuple[str, ...]
    figures: tuple[Fact, ...] = ()
    facts: tuple[Fact, ...] = ()
    button: str = ""
    page: str = ""
    blocks: tuple[Block, ...] = ()
    closing: str = ""

    @property
    def preheader(self) -> str:
        """What a mail program shows beside the subject."""
        lines = [figure.line for figure in self.figures] or list(self.paragraphs[:1])
        return " · ".join(lines)[:140]


def content_of(letter: Letter) -> Content:
    """The letter's subject, plain text and HTML. The active language must be the letter's."""
    written = clean_all(letter)
    return Content(
        subject=written.subject,
        text=_text(written),
        html=render_to_string("email/letter.html", {"letter": written, "link": PORTAL_LINK + written.page}),
        language=written.language,
    )


def paragraphs_of(text: str) -> tuple[str, ...]:
    """A text that a person typed, split at empty lines."""
    parts = clean(text).strip().split("\n\n")
    return tuple(part.strip("\n") for part in parts if part.strip())


def company_of(name: str, accent: str, contact: Iterable[str]) -> Company:
    """The sender; its colour is darkened until white text can be read on it."""
    return Company(name=name, accent=readable_accent(accent), contact=tuple(row for row in contact if row))


def day(value: date, language: str) -> str:
    """ "20 November 2026"."""
    return format_date(value, "d MMMM y", locale=locale_of(language))


def _text(letter: Letter) -> str:
    sections = [
        "\n".join(figure.line for figure in letter.figures),
        letter.greeting,
        *letter.paragraphs,
        "\n".join(fact.line for fact in letter.facts),
        f"{letter.button}:\n{PORTAL_LINK}{letter.page}" if letter.button else "",
        *("\n".join([block.title, *(fact.line for fact in block.facts)]) for block in letter.blocks),
        letter.closing,
        "\n".join([letter.company.name, *letter.company.contact]),
    ]
    return "\n\n".join(section for section in sections if section).replace("\N{NO-BREAK SPACE}", " ") + "\n"


def speaking(language: str) -> translation.override:
    """The block in which a letter of a language is written."""
    return translation.override(language if translation.check_for_language(language) else "en")
