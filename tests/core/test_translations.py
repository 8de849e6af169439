"""The product speaks Swahili: nothing is missing, nothing is guessed, and pages and documents come out in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils.translation import trans_real

from billing_assistant.core.models import User
from scripts import messages
from tests import factories
from tests.invoices.pdf.reading import root, text
from tests.invoices.pdf.samples import invoice

EAGER = frozenset({"gettext", "ngettext", "pgettext", "npgettext"})


@pytest.fixture(scope="module")
def swahili() -> Catalog:
    with (messages.LOCALE / "sw" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale="sw", abort_invalid=True)


@pytest.fixture
def _compiled() -> None:
    """The catalogue as it stands, not as it was compiled last."""
    messages.compile_all()
    vars(trans_real)["_translations"].clear()


def test_every_text_has_a_swahili_translation() -> None:
    assert messages.faults() == []


def test_placeholders_are_kept(swahili: Catalog) -> None:
    faults = [(message.id, str(error)) for message in _filled(swahili) for error in message.check(swahili)]
    assert faults == []


def test_nothing_is_guessed_and_nothing_is_left_over(swahili: Catalog) -> None:
    assert [message.id for message in swahili if message.id and message.fuzzy] == []
    assert list(swahili.obsolete) == []


@pytest.mark.usefixtures("_compiled")
@pytest.mark.django_db
def test_a_page_speaks_the_language_of_its_reader(client: Client) -> None:
    factories.seller()
    _sign_in(client, factories.user(language="sw"))
    page = client.get(reverse("invoices:list"), headers={"accept-language": "en"}).content.decode()
    assert '<html lang="sw"' in page
    assert "Bado hakuna ankara" in page
    assert "No invoices yet" not in page


@pytest.mark.usefixtures("_compiled")
def test_a_printed_invoice_speaks_the_language_of_its_customer() -> None:
    words = text(invoice(language="sw"))
    assert "Ankara INV-2026-0001 Kiasi kinachodaiwa KES 85,521.00" in words
    assert "Mwisho wa kulipa 20 Desemba 2026" in words
    assert root(invoice(language="sw"))["/Lang"] == "sw"


def test_no_text_is_translated_before_anybody_asks() -> None:
    """What a module translates while it is loaded stays in the language of that moment."""
    found = [
        f"{path}:{call.lineno}"
        for path, source in messages._sources()
        if path.endswith(".py")
        for call in _calls_while_loading(ast.parse(source))
    ]
    assert found == []


def _filled(catalog: Catalog) -> Iterator[Message]:
    """Texts that are filled by `%`; one that is filled by `format` may well say "50 %"."""
    for message in catalog:
        if message.id and "{" not in messages._key(message):
            yield message


def _sign_in(client: Client, person: User) -> None:
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")


def _calls_while_loading(module: ast.Module) -> Iterator[ast.Call]:
    imported = (node for node in ast.walk(module) if isinstance(node, ast.ImportFrom))
    names = {name.asname or name.name for node in imported for name in node.names if name.name in EAGER}
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node
        waiting.extend(ast.iter_child_nodes(node))
