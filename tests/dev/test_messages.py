"""Texts are found in code and templates, and a language that lacks one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from scripts import messages

PAGE = """{% load i18n %}
  {% if due %}
 <p title="{% translate "Due date" context "invoice" %}">{% blocktranslate trimmed count n=total with who=name %}
    One invoice of {{ who }}
  {% plural %}
    {{ n }} invoices of {{ who }}
  {% endblocktranslate %}</p>
{% endif %}"""


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*messages.APPS, "templates"):
        (tmp_path / name).mkdir()
    (tmp_path / "invoices" / "states.py").write_text('LABEL = _("Paid")\nOTHER = pgettext_lazy("verb", "Void")\n')
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    return tmp_path


def _translate(product: Path, **texts: str | tuple[str, str]) -> None:
    catalog = Catalog(locale="sw")
    for message in messages.wanted():
        if message.id:
            catalog.add(message.id, texts.get(messages._key(message).split()[0], ""), context=message.context)
    path = product / "locale" / "sw" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog)


def test_finds_every_text_with_its_context_and_plural(product: Path) -> None:
    found = {(message.context, message.id) for message in messages.wanted() if message.id}
    assert found == {
        (None, "Paid"),
        ("verb", "Void"),
        ("invoice", "Due date"),
        (None, ("One invoice of %(who)s", "%(n)s invoices of %(who)s")),
    }


def test_tells_what_a_language_lacks(product: Path) -> None:
    assert len(messages.faults()) == 4
    _translate(product, Paid="Imelipwa", Void="Batilisha", One=("Ankara ya %(who)s", "Ankara %(n)s za %(who)s"))
    assert messages.faults() == ["templates/page.html:3: no sw translation of 'Due date'"]


def test_tells_a_plural_form_that_lacks_and_a_placeholder_that_differs(product: Path) -> None:
    rest = {"Paid": "Imelipwa", "Void": "Batilisha", "Due": "Tarehe"}
    _translate(product, One=("Ankara ya %(who)s", ""), **rest)
    assert [fault.split(": ", 1)[1] for fault in messages.faults()] == ["no sw translation of 'One invoice of %(who)s'"]
    _translate(product, One=("Ankara ya %(nani)s", "Ankara %(n)s"), **rest)
    assert [fault.split(": ", 1)[1] for fault in messages.faults()] == [
        "other placeholders in the sw translation of 'One invoice of %(who)s'"
    ]


def test_keeps_translations_adds_new_texts_and_drops_old_ones(product: Path) -> None:
    _translate(product, Paid="Imelipwa")
    (product / "templates" / "page.html").write_text('{% load i18n %}{% translate "Overdue" %}')
    messages.update_all()
    kept = messages._read(product / "locale" / "sw" / "LC_MESSAGES" / "django.po")
    assert {message.id: message.string for message in kept if message.id} == {
        "Paid": "Imelipwa",
        "Void": "",
        "Overdue": "",
    }


def test_compiles_only_what_is_newer(product: Path) -> None:
    _translate(product, Paid="Imelipwa")
    compiled = product / "locale" / "sw" / "LC_MESSAGES" / "django.mo"
    messages.compile_all()
    first = compiled.stat().st_mtime_ns
    messages.compile_all()
    assert compiled.stat().st_mtime_ns == first
