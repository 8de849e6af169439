"""Forms of the import pages: the file, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.files import MAX_BYTES
from billing_assistant.core.imports.importers import Importer
from billing_assistant.core.imports.reading import ReadAs
from billing_assistant.core.imports.tables import Table, samples_of
from billing_assistant.core.imports.values import DateOrder, NumberStyle, as_text
from billing_assistant.core.services.imports import Columns
from billing_assistant.core.ui.forms import SearchSelect

SHOWN: Final = 3
LONGEST_SHOWN: Final = 60


class UploadForm(forms.Form):
    """What is imported, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What is in the file"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or Excel (.xlsx), at most 25 MB, with headings in the first row."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def __init__(self, data: QueryDict | None, files: object, *, kinds: Sequence[Importer], kind: str) -> None:
        super().__init__(data, files, initial={"kind": kind})  # type: ignore[arg-type]
        self.fields["kind"].choices = [(each.kind, each.label) for each in kinds]  # type: ignore[attr-defined]

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than %(n)s MB. Split it.") % {"n": MAX_BYTES // 2**20})
        return file


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the file on the page: its heading, what stands in it, and the box that says what it means."""

    head: str
    samples: Sequence[str]
    box: forms.BoundField


class ColumnsForm(forms.Form):
    """What each column means, and how to read what has two meanings."""

    numbers = forms.ChoiceField(
        label=gettext_lazy("Numbers in the file"),
        required=False,
        choices=[
            ("", gettext_lazy("Find out from the file")),
            (NumberStyle.POINT, gettext_lazy("Point before the decimals (1,234.50)")),
            (NumberStyle.COMMA, gettext_lazy("Comma before the decimals (1.234,50)")),
        ],
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Dates in the file"),
        required=False,
        choices=[
            ("", gettext_lazy("Find out from the file")),
            (DateOrder.DAY_FIRST, gettext_lazy("Day first (31/12/2026)")),
            (DateOrder.MONTH_FIRST, gettext_lazy("Month first (12/31/2026)")),
        ],
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency of the amounts"),
        help_text=gettext_lazy("For rows that name none."),
        widget=SearchSelect,
    )

    def __init__(
        self, data: QueryDict | None, *, importer: Importer, table: Table, mapping: Mapping[str, int], currency: str
    ) -> None:
        super().__init__(data, initial={"currency": currency})
        self.table = table
        self._samples = samples_of(table, SHOWN)
        self.fields["currency"].choices = [(code, code) for code in sorted(CURRENCIES)]  # type: ignore[attr-defined]
        if not importer.asks_currency:
            del self.fields["currency"]
        meanings = [
            ("", _("Not imported")),
            *((each.name, f"{each.label} *" if each.required else str(each.label)) for each in importer.fields),
        ]
        by_column = {at: name for name, at in mapping.items()}
        for at, head in enumerate(table.heads):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=_("Meaning of %(column)s") % {"column": head},
                required=False,
                choices=meanings,
                initial=by_column.get(at, ""),
            )

    def rows(self) -> Iterator[ColumnRow]:
        """The columns in their order."""
        for at, head in enumerate(self.table.heads):
            texts = [as_text(cells[at])[:LONGEST_SHOWN] for cells in self._samples if at < len(cells)]
            yield ColumnRow(head, [text for text in texts if text], self[f"column_{at}"])

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        chosen = [name for at in range(len(self.table.heads)) if (name := values.get(f"column_{at}"))]
        for at in range(len(self.table.heads)):
            name = values.get(f"column_{at}")
            if name and chosen.count(name) > 1:
                self.add_error(f"column_{at}", _("Two columns have this meaning."))
        return values

    def columns(self) -> Columns:
        """What was said, for the service."""
        values = self.cleaned_data
        return Columns(
            mapping={name: at for at in range(len(self.table.heads)) if (name := values[f"column_{at}"])},
            read_as=ReadAs(
                numbers=NumberStyle(values["numbers"]) if values["numbers"] else None,
                dates=DateOrder(values["dates"]) if values["dates"] else None,
            ),
            currency=values.get("currency", ""),
            sheet=self.table.sheet,
        )
