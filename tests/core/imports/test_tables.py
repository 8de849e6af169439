"""Files as tables: encodings, delimiters, headings, workbooks, and what is refused before it is opened."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.imports import workbooks
from billing_assistant.core.imports.tables import MAX_COLUMNS, content_of, table_of
from tests.support.imports import workbook


def _read(given: bytes) -> tuple[tuple[str, ...], list[list[object]]]:
    table = table_of(content_of(given))
    return table.heads, [list(cells) for _line, cells in table.lines()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encoding_that_it_has(encoding: str) -> None:
    assert _read("Jina,Mji\nCafé Zoë,Mombasa\n".encode(encoding)) == (("Jina", "Mji"), [["Café Zoë", "Mombasa"]])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_sign_between_columns_is_found_out(delimiter: str) -> None:
    text = f'Name{delimiter}Note\nA{delimiter}"x, y; z"\nB{delimiter}"b,c"\n'
    assert _read(text.encode()) == (("Name", "Note"), [["A", "x, y; z"], ["B", "b,c"]])


def test_one_column_is_a_table_too() -> None:
    assert _read(b"Name\nA\nB\n") == (("Name",), [["A"], ["B"]])


def test_every_column_has_a_name_of_its_own() -> None:
    heads, _ = _read(b"Name,Name,,Name\n1,2,3,4\n")
    assert heads == ("Name", "Name (2)", "Column 3", "Name (3)")


def test_empty_rows_are_passed_over_and_lines_keep_their_numbers() -> None:
    table = table_of(content_of(b'\n\nName\nA\n\n"B\nC"\n'))
    assert list(table.lines()) == [(4, ["A"]), (7, ["B\nC"])]


def test_what_keeps_a_spreadsheet_from_running_a_cell_is_taken_off() -> None:
    assert _read(b"Phone\n'+254722\n'quoted'\n")[1] == [["+254722"], ["'quoted'"]]


def test_two_hundred_columns_are_read_and_too_many_refused() -> None:
    assert len(_read(",".join(f"c{n}" for n in range(200)).encode())[0]) == 200
    with pytest.raises(ValidationFailed, match="columns"):
        _read(",".join(f"c{n}" for n in range(MAX_COLUMNS + 1)).encode())


@pytest.mark.parametrize("given", [b"", b" \n\n", b"a\x00b", b"\xd0\xcf\x11\xe0old", b"PK\x03\x04broken"])
def test_what_is_no_table_is_refused(given: bytes) -> None:
    with pytest.raises(ValidationFailed):
        _read(given)


def test_a_workbook_gives_values_not_formulas() -> None:
    data = workbook(
        ["Name", "Amount", "When", "Paid"],
        ["Ann", 0.1 + 0.2, datetime(2026, 3, 2, 8, 30), True],  # noqa: DTZ001 -- workbooks know no zones
        ["Bob", 7, None, None],
    )
    assert _read(data) == (
        ("Name", "Amount", "When", "Paid"),
        [["Ann", Decimal("0.3"), date(2026, 3, 2), True], ["Bob", Decimal(7)]],
    )
    assert _read(workbook(["A"], ["=1+1"], ["x"]))[1] == [["x"]]  # a formula that was never calculated has no value


def test_another_sheet_can_be_chosen() -> None:
    content = content_of(workbook(["A"], ["1"], title="First", Second=[["B"], ["2"]]))
    first, second = table_of(content), table_of(content, sheet="Second")
    assert (first.sheets, first.sheet, second.sheet) == (("First", "Second"), "First", "Second")
    assert second.heads == ("B",)
    assert table_of(content, sheet="gone").sheet == "First"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO(workbook(["A"], ["1"]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(workbooks.MAX_UNPACKED // 2**20 + 1):
            part.write(b"0" * 2**20)
    assert len(file.getvalue()) < 2**20
    monkeypatch.setattr(workbooks, "load_workbook", None)
    with pytest.raises(ValidationFailed, match="too large"):
        content_of(file.getvalue())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"%PDF-1.7\n1 0 obj", "This is a PDF"),
        (b"\n<HTML><table><tr><td>Date</td></tr></table>", "This is a web page"),
    ],
)
def test_what_only_looks_like_a_table_is_refused_with_what_to_choose(given: bytes, said: str) -> None:
    with pytest.raises(ValidationFailed, match=said):
        content_of(given)
