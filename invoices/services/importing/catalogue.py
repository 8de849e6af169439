"""Import of the catalogue: items known by code, else by name; a row sets the price in its currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError
from billing_assistant.core.imports.importers import (
    FieldKind,
    ImportContext,
    Importer,
    ImportField,
    Row,
    Tally,
    importer_register,
    readable,
)
from billing_assistant.core.imports.words import word_of
from billing_assistant.core.rights import Right
from invoices.models import CatalogueItem
from invoices.selectors import catalogue_for, catalogue_item_get, prices_of
from invoices.services.catalogue import (
    CatalogueInput,
    catalogue_item_create,
    catalogue_item_offer,
    catalogue_item_update,
)
from invoices.states import UNTAXED, CatalogueKind, TaxCategory

TEXTS = ("name", "code", "description", "unit")


class CatalogueImporter(Importer):
    """A row an item and currency. An empty cell changes nothing; prices in other currencies stay."""

    kind = "catalogue"
    label = gettext_lazy("Catalogue items")
    text = gettext_lazy("One row an item and currency. Items that are there already, by code or name, are updated.")
    icon = "package"
    right = Right.CATALOGUE_EDIT
    asks_currency = True
    about = ("name", "code")
    fields = (
        ImportField(
            "name",
            gettext_lazy("Name"),
            "item name, item, product, product name, service, jina, bidhaa, huduma",
            required=True,
        ),
        ImportField("code", gettext_lazy("Code"), "item code, sku, product code, stock code, msimbo"),
        ImportField("kind", gettext_lazy("Kind"), "type, item type, aina"),
        ImportField("description", gettext_lazy("Text on invoices"), "description, details, maelezo"),
        ImportField("unit", gettext_lazy("Unit"), "unit of measure, uom, kipimo"),
        ImportField("price", gettext_lazy("Price"), "unit price, rate, amount, selling price, bei", FieldKind.NUMBER),
        ImportField("currency", gettext_lazy("Currency"), "price currency, sarafu", FieldKind.CURRENCY),
        ImportField("tax_category", gettext_lazy("Tax category"), "tax, tax type, vat category"),
        ImportField(
            "tax_rate", gettext_lazy("Tax rate in per cent"), "tax rate, vat rate, vat, tax percent", FieldKind.NUMBER
        ),
        ImportField("offered", gettext_lazy("Offered"), "active, is active", FieldKind.YES_NO),
    )

    def write(self, work: Sequence[Row], context: ImportContext) -> Tally:
        tally = Tally()
        rows = readable(work, tally)
        known = _known(rows, context)
        for row in rows:
            try:
                self._take(row, known, tally, context)
            except DomainError as error:
                tally.refuse_for(row, error)
        return tally

    def _take(self, row: Row, known: dict[str, CatalogueItem], tally: Tally, context: ImportContext) -> None:
        item = _find(row, known)
        if item is None:
            data = _input(row, CatalogueInput(name="", tax_rate=context.profile.default_tax_rate), context)
            item = catalogue_item_create(profile_id=context.profile.pk, data=data, actor=context.actor, now=context.now)
            tally.new += 1
            _offer(item, row, context)
        else:
            before = _said(item)
            data = _input(row, before, context)
            changed = data != before
            if changed:
                item = catalogue_item_update(item_id=item.pk, data=data, actor=context.actor, now=context.now)
            changed = _offer(item, row, context) or changed
            tally.changed += changed
            tally.same += not changed
        known |= _names(catalogue_item_get(context.actor, item.pk))


def _known(rows: Sequence[Row], context: ImportContext) -> dict[str, CatalogueItem]:
    codes = {row.text("code").upper() for row in rows if row.text("code")}
    names = {" ".join(row.text("name").split()).upper() for row in rows}
    mine = catalogue_for(context.actor, profile_id=context.profile.pk)
    items = mine.annotate(upper_name=Upper("name"), upper_code=Upper("code"))
    found: dict[str, CatalogueItem] = {}
    for item in items.filter(Q(upper_name__in=names) | Q(upper_code__in=codes)):
        found |= _names(item)
    return found


def _names(item: CatalogueItem) -> dict[str, CatalogueItem]:
    named = {f"name:{item.name.casefold()}": item}
    return named | {f"code:{item.code.casefold()}": item} if item.code else named


def _find(row: Row, known: Mapping[str, CatalogueItem]) -> CatalogueItem | None:
    """By code where the row has one; an item of that name without a code is meant too."""
    code, name = row.text("code").casefold(), " ".join(row.text("name").split()).casefold()
    by_name = known.get(f"name:{name}")
    if not code:
        return by_name
    return known.get(f"code:{code}") or (by_name if by_name is not None and not by_name.code else None)


def _said(item: CatalogueItem) -> CatalogueInput:
    return CatalogueInput(
        name=item.name,
        kind=CatalogueKind(item.kind),
        code=item.code,
        description=item.description,
        unit=item.unit,
        tax_category=TaxCategory(item.tax_category),
        tax_rate=item.tax_rate,
        prices=prices_of(item),
    )


def _input(row: Row, before: CatalogueInput, context: ImportContext) -> CatalogueInput:
    """What the item is to be: as before, with what the row says."""
    said: dict[str, Any] = {name: " ".join(row.text(name).split()) for name in TEXTS if row.text(name)}
    data = replace(before, **said)
    if row.text("kind"):
        data = replace(data, kind=CatalogueKind(word_of(CatalogueKind, row.text("kind"), field="kind")))
    if row.text("tax_category"):
        word = TaxCategory(word_of(TaxCategory, row.text("tax_category"), field="tax_category"))
        data = replace(data, tax_category=word, tax_rate=Decimal(0) if word in UNTAXED else data.tax_rate)
    rate, price = row.number("tax_rate"), row.number("price")
    if rate is not None:
        data = replace(data, tax_rate=rate)
    if price is not None:
        currency = row.text("currency").upper() or context.currency
        data = replace(data, prices={**data.prices, currency: price})
    return data


def _offer(item: CatalogueItem, row: Row, context: ImportContext) -> bool:
    """Offers or withdraws the item as the row says; whether that changed anything."""
    offered = row.values.get("offered")
    if offered is None or offered == item.is_active:
        return False
    catalogue_item_offer(item_id=item.pk, offered=offered, actor=context.actor, now=context.now)
    return True


importer_register(CatalogueImporter())
