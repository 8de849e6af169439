"""Import of customers: found again, changed where the file says more, refused row by row."""

from __future__ import annotations

import pytest

from billing_assistant.core.models import BusinessProfile, Event
from customers.models import Customer
from customers.services.merging import customers_merge
from tests import factories
from tests.support.imports import counts, imported, reasons, uploaded, workbook
from tests.support.imports import guessed as columns_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.profile()


def test_columns_are_known_by_their_headings_in_both_languages_and_by_what_stands_in_them(
    profile: BusinessProfile,
) -> None:
    run = uploaded(
        "Nambari,JINA,Barua pepe,Simu,Masharti ya malipo\n1,A,a@example.com,0722123456,net 7\n", "customers", profile
    )
    assert columns_of(run).mapping == {"number": 0, "name": 1, "email": 2, "phone": 3, "payment_terms": 4}
    run = uploaded("Customer,Where to write\nA,a@example.com\nB,b@example.com\n", "customers", profile)
    assert columns_of(run).mapping == {"name": 0, "email": 1}


def test_headings_with_units_in_brackets_and_terms_in_days_are_understood(profile: BusinessProfile) -> None:
    text = "Jina la Kampuni;Credit limit (KES);Terms [days];Lebo\nDuka la Mama;1250000;30 days;rejareja\n"
    assert columns_of(uploaded(text, "customers", profile)).mapping == {
        "name": 0,
        "credit_limit": 1,
        "payment_terms": 2,
        "tags": 3,
    }
    text += "Kiwanda;;NET 45;\nMtu;;0;\nMwingine;;31 days;\n"
    run = imported(text, "customers", profile)
    assert dict(Customer.objects.values_list("name", "payment_terms")) == {
        "Duka la Mama": "net_30",
        "Kiwanda": "net_45",
        "Mtu": "due_on_receipt",
    }
    assert [told[1] for told in reasons(run)] == ["payment_terms"]


def test_an_exact_heading_counts_before_another_that_may_mean_it(profile: BusinessProfile) -> None:
    run = uploaded("Name,Currency,Customer currency\nA,USD,KES\n", "customers", profile)
    assert columns_of(run).mapping == {"name": 0, "currency": 2}


def test_words_that_read_alike_change_nothing(profile: BusinessProfile) -> None:
    known = factories.customer(profile, number="C-1", name="Acme", preferred_payment_method="bank")
    run = imported("Number,Name,Pays by\nC-1,Acme,Bank transfer\n", "customers", profile)
    assert counts(run) == (0, 1, 0, 0)
    run = imported("Number,Name,Pays by\nC-1,Acme,M-Pesa\n", "customers", profile)
    assert counts(run) == (0, 0, 1, 0)
    known.refresh_from_db()
    assert known.preferred_payment_method == "mpesa"


def test_a_row_becomes_a_customer(profile: BusinessProfile) -> None:
    run = imported(
        "Number,Name,Phone,Country,Payment terms,Credit limit,Tags,Charge tax,Status\n"
        'C-7,Acme  Ltd,0722 123456,Kenya,Net 7 days,"15,000.50",vip; big,no,Suspended\n',
        "customers",
        profile,
    )
    assert counts(run) == (1, 0, 0, 0)
    made = Customer.objects.get(profile=profile, number="C-7")
    assert (made.name, made.phone, made.payment_terms, str(made.credit_limit)) == (
        "Acme Ltd",
        "254722123456",
        "net_7",
        "15000.5000",
    )
    assert (made.tags, made.include_tax, made.status, made.currency) == (["vip", "big"], False, "suspended", "KES")
    assert Event.objects.filter(name="customer.created", subject_id=made.pk, customer_id=made.pk).count() == 1


def test_who_is_there_is_changed_where_the_file_says_more(profile: BusinessProfile) -> None:
    known = factories.customer(profile, number="C-1", name="Acme", email="old@example.com", phone="254722123456")
    run = imported("Number,Name,Email,Phone\nC-1,Acme,new@example.com,\n", "customers", profile)
    assert counts(run) == (0, 0, 1, 0)
    known.refresh_from_db()
    assert (known.email, known.phone) == ("new@example.com", "254722123456")


def test_without_numbers_name_and_mail_say_who_it_is(profile: BusinessProfile) -> None:
    factories.customer(profile, name="Acme", email="a@example.com")
    run = imported("Name,Email,City\nACME,A@example.com,Nairobi\nAcme,b@example.com,\n", "customers", profile)
    assert counts(run) == (1, 0, 1, 0)
    assert Customer.objects.filter(profile=profile).count() == 2


def test_who_was_merged_is_not_changed_and_the_row_says_into_whom(profile: BusinessProfile) -> None:
    kept = factories.customer(profile, number="C-1", name="Acme", email="a@example.com")
    other = factories.customer(profile, number="C-2", name="Acme Ltd", email="b@example.com")
    customers_merge(keep_id=kept.pk, merge_id=other.pk, actor=factories.SYSTEM, now=factories.NOW)
    same = imported("Number,Name,Email\nC-1,Acme,a@example.com\nC-2,Acme Ltd,b@example.com\n", "customers", profile)
    assert counts(same) == (0, 2, 0, 0)
    for file in ("Number,Name,City\nC-2,Acme Ltd,Thika\n", "Name,Email,City\nAcme Ltd,b@example.com,Thika\n"):
        run = imported(file, "customers", profile)
        assert counts(run) == (0, 0, 0, 1)
        assert [reason for _line, _field, reason in reasons(run)] == ["C-2 was merged into C-1."]
    again = factories.customer(profile, number="C-3", name="Acme Ltd", email="b@example.com")
    assert counts(imported("Name,Email,City\nAcme Ltd,b@example.com,Thika\n", "customers", profile)) == (0, 0, 1, 0)
    assert list(Customer.objects.filter(city="Thika")) == [again]


def test_a_customer_of_an_import_of_invoices_is_known_by_its_reference(profile: BusinessProfile) -> None:
    made = factories.customer(profile, name="Customer 17850", source_ref="import:17850")
    assert counts(imported("Number,Name\n17850,Mugs Ltd\n", "customers", profile)) == (0, 0, 1, 0)
    made.refresh_from_db()
    assert made.name == "Mugs Ltd"


def test_rows_that_repeat_or_contradict_and_rows_that_are_wrong(profile: BusinessProfile) -> None:
    run = imported(
        "Number,Name,Payment terms\n1,A,net 7\n1,A,net 7\n1,B,net 7\n,C,\n3,,\n4,D,never\n5/6,E,\n",
        "customers",
        profile,
    )
    assert counts(run) == (1, 1, 0, 5)
    told = reasons(run)
    assert [(line, field) for line, field, _ in told] == [
        (4, "number"),
        (5, "number"),
        (6, "name"),
        (7, "payment_terms"),
        (8, "number"),
    ]
    assert told[3][2].startswith("“never” is not known here. Known are: Due on receipt, Net 7 days")


def test_numbers_that_are_taken_are_passed_over(profile: BusinessProfile) -> None:
    factories.customer(profile, name="Old", number=profile.customer_number_format.format(number=2))
    imported("Name\nA\nB\nC\n", "customers", profile)
    assert Customer.objects.filter(profile=profile).values("number").distinct().count() == 4


def test_a_workbook_is_imported_with_numbers_as_text(profile: BusinessProfile) -> None:
    run = imported(workbook(["Number", "Name", "Credit limit"], [1001, "Acme", 2500.5]), "customers", profile)
    assert counts(run) == (1, 0, 0, 0)
    assert str(Customer.objects.get(number="1001").credit_limit) == "2500.5000"
