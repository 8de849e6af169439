"""What a bank's text is taken to say: numbers of invoices, and names of customers."""

from __future__ import annotations

import pytest

from payments.services.match_mentions import mentions_of
from payments.services.match_names import likeness, name_of, payer_of
from payments.services.match_sums import subsets_of
from payments.services.match_texts import Named, another_number, forms_of, named, nearly_named, turned


@pytest.mark.parametrize(
    ("text", "number", "is_turned"),
    [
        ("TRF INV-2501 services", "INV-2510", True),
        ("INV-2026-0021", "INV-2026-0012", True),
        ("INV 21", "INV-0012", True),
        ("TRF INV-2501 services", "INV-2511", False),
        ("INV-2510", "INV-2510", False),
        ("INV 1258", "INV-2185", False),
        ("INV 125", "INV-1258", False),
    ],
)
def test_digits_that_are_turned_are_told_from_other_errors(text: str, number: str, is_turned: bool) -> None:
    assert turned(mentions_of(text), forms_of(number)) is is_turned


@pytest.mark.parametrize(
    ("text", "number", "level"),
    [
        ("INV 1258", "INV-1258", Named.FULL),
        ("PAYINV-2026-0012", "INV-2026-0012", Named.FULL),
        ("inv-2025/001", "INV-2025-0001", Named.TAIL),
        ("IVN-2026-0012", "INV-2026-0012", Named.FULL),
        ("20260012 thanks", "INV-2026-0012", Named.FULL),
        ("2026-12", "INV-2026-0012", Named.TAIL),
        ("INV12", "INV-2026-0012", Named.TAIL),
        ("INV-2026-012", "INV-2026-0012", Named.TAIL),
        ("invoice number 77", "77", Named.TAIL),
        ("PAYMENT FOR INVOICE 1258 & 1259", "INV-1259", Named.TAIL),
        ("invoices 0012, 13, 14", "INV-2026-0014", Named.TAIL),
        ("INV 1258-1260", "INV-1259", Named.BARE),
        ("INV 1258/59", "INV-1259", Named.BARE),
        ("0012", "INV-2026-0012", Named.TAIL),
        ("1258", "INV-1258", Named.BARE),
        ("536365", "536365", Named.FULL),
        ("12 ACME", "INV-2026-0012", Named.NOT),
        ("INV-2025-0012", "INV-2026-0012", Named.TYPO),
        ("INV 12l8", "INV-1218", Named.TYPO),
        ("paid 1,258.00 for rent", "INV-1258", Named.NOT),
        ("254712345678", "INV-5678", Named.NOT),
        ("INV-ZOZ6-OOIZ", "INV-2026-0012", Named.TYPO),
        ("I N V - 2 0 2 6 - 0 0 1 2", "INV-2026-0012", Named.FULL),
        ("INV 00 835", "INV-00835", Named.FULL),
        ("INV-2026-0969 - INV-2026-0971", "INV-2026-0970", Named.BARE),
        ("invoices 0969 to 0971", "INV-2026-0970", Named.BARE),
        ("INV-2026-0969 & 0971", "INV-2026-0971", Named.TAIL),
        ("INV 101,102,103", "INV-102", Named.TAIL),
        ("INV-2026-0012 USD 96.62 @129.00", "INV-0129", Named.NOT),
        ("SI-26-0012", "SI-26-0026", Named.NOT),
        ("A0012/26", "A0012/26", Named.FULL),
        ("invoice 12", "A0012/26", Named.TAIL),
        ("A0012/26", "A0013/26", Named.NOT),
        ("INV 1285", "INV-1258", Named.NOT),
        ("RTGS 880495402 VALUE 28/02/26", "INV/2026/2802", Named.NOT),
        ("INV 28/02/26", "INV-28", Named.FULL),
    ],
)
def test_a_number_is_named_as_people_write_it(text: str, number: str, level: Named) -> None:
    assert named(mentions_of(text), forms_of(number)) is level


@pytest.mark.parametrize(
    ("text", "number", "level"),
    [
        ("INV 1285", "INV-1258", Named.TYPO),
        ("INV-2062-0012", "INV-2026-0012", Named.TYPO),
        ("INV-2026-00122", "INV-2026-0012", Named.TYPO),
        ("INV 125", "INV-1258", Named.TYPO),
        ("INV-2026-001", "INV-2026-0012", Named.TYPO),
        ("INV-2026-00", "INV-2026-0012", Named.DOUBT),
        ("INV-2025-0013", "INV-2026-0012", Named.DOUBT),
        ("INV 2158", "INV-1285", Named.NOT),
        ("INV-2026-273", "INV-2026-2126", Named.NOT),
        ("INV 2026", "INV-2026-2126", Named.TYPO),
        ("no number at all", "INV-1258", Named.NOT),
    ],
)
def test_typing_errors_are_seen_through(text: str, number: str, level: Named) -> None:
    assert nearly_named(mentions_of(text), forms_of(number)) is level


@pytest.mark.parametrize(
    ("text", "number", "another"),
    [
        ("INV 1709", "INV-1952", True),
        ("pay bill 00798", "INV00504", True),
        ("PESALINK 01416", "INV00308", True),
        ("INV-2026-0044", "INV-2026-0012", True),
        ("INV 1285", "INV-1258", False),
        ("INV-2026-0012", "INV-2026-0012", False),
        ("2547123456", "INV-1258", False),
        ("LPO 8389", "INV-1258", False),
        ("MARCH 2026", "INV-1258", False),
        ("thanks", "INV-1258", False),
    ],
)
def test_a_number_that_is_another_is_noticed(text: str, number: str, another: bool) -> None:
    assert another_number(mentions_of(text), [forms_of(number)]) is another


@pytest.mark.parametrize(
    ("name", "field", "text"),
    [
        ("Acme Ltd", "ACME LIMITED", ""),
        ("International Business Machines", "INTERNATIONAL BUSIN", ""),
        ("John Kamau Mwangi", "MWANGI JOHN KAMAU", ""),
        ("Jambo Traders & Sons", "JAMBO TRADERS AND SO", ""),
        ("O'Brien Foods", "OBRIEN FOODS LTD", ""),
        ("Tech Solutions", "TECHSOLUTIONS LTD", ""),
        ("Twiga Foods Ltd", "TWIGGA FOODS", ""),
        ("Acme Ltd", "", "ACME LTD JAN RETAINER"),
        ("Savanna Logistics Ltd", "", "TRF FROM SAVANNA LOGISTICS REF 88120"),
        ("Customer 17850", "CUSTOMER 17850", ""),
        ("Café Zürich", "CAFE ZURICH", ""),
        ("Flamingo Manufacturing Ltd", "FLAMINGO MFG", ""),
        ("Hillcrest Wholesalers & Brothers", "HILLCREST W/SALERS & BROS", ""),
        ("Lakeview Transporters International (K) Ltd", "LAKEVIEW TRANSP INTL LTD", ""),
        ("Collins Mutiso Kimani", "C M KIMANI", ""),
        ("Collins Mutiso Kimani", "", "THANKS FROM C M KIMANI"),
        ("Sunset Consultants", "", "B/O SUNSET CONSULT SUPPLY"),
        ("Kagwe Khadija Okello", "", "/ OKELLO KAGWE KHADI"),
        ("Meridian Millers & Brothers", "", "MERIDIAN MILLERS BRO / MARCH"),
    ],
)
def test_a_name_is_known_cut_turned_and_without_its_legal_form(name: str, field: str, text: str) -> None:
    assert likeness(name_of(name), payer_of(field, f"{field} {text}")) >= 85


@pytest.mark.parametrize(
    ("name", "field", "text"),
    [
        ("Acme Ltd", "ACME HOLDINGS", ""),
        ("Customer 17850", "CUSTOMER 17851", ""),
        ("John Kamau Mwangi", "JOHN KAMAU", ""),
        ("Simba Motors", "SIMBA DAIRIES", ""),
        ("Acme Ltd", "", "ACMEX HOLDINGS RENT"),
        ("Collins Mutiso Kimani", "C K KIMANI", ""),
        ("Collins Mutiso Kimani", "C KIMANI", ""),
        ("Flamingo Manufacturing", "F MFG", ""),
        ("Sunset Consultants", "SUNSET CONTRACTORS", ""),
        ("", "ANYBODY", ""),
        ("Acme Ltd", "", ""),
    ],
)
def test_another_name_is_another_name(name: str, field: str, text: str) -> None:
    assert likeness(name_of(name), payer_of(field, f"{field} {text}")) < 85


def test_a_few_amounts_that_come_to_a_sum_are_found() -> None:
    amounts = [500, 300, 200, 700, 1100]
    assert subsets_of(amounts, 1000, most=4) == [(1, 3), (0, 1, 2)]
    assert subsets_of(amounts, 1000, most=2) == [(1, 3)]
    assert subsets_of(amounts, 1700, most=4) == [(0, 1, 2, 3)]
    assert subsets_of(amounts, 99, most=4) == []
    assert len(subsets_of([100] * 30, 200, most=4)) == 40
