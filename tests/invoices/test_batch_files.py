"""The files of a batch: a ZIP with a PDF each or one PDF of all, gone on with after a crash, deleted in time."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from pypdf import PdfReader

from billing_assistant.core import files
from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.failpoints import forget_hits
from billing_assistant.core.rights import Role
from invoices.batch_states import BatchFormat
from invoices.models import BatchFile, Invoice, InvoiceBatch
from invoices.services import batch_files_make
from invoices.services.batch_files_make import KEPT, batch_files_forget
from invoices.services.batch_starts import batch_files
from invoices.services.batch_steps import batch_advance
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.support.batches import advance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def invoices() -> list[Invoice]:
    of = factories.customer(factories.seller())
    return [factories.issued_invoice(of) for _ in range(3)]


def ordered(invoices: list[Invoice], file_format: BatchFormat) -> InvoiceBatch:
    batch = batch_files(
        profile_id=invoices[0].profile_id,
        invoice_ids=[one.pk for one in reversed(invoices)],
        file_format=file_format,
        actor=SYSTEM,
        now=NOW,
    )
    advance(batch)
    return batch


def contents(batch: InvoiceBatch) -> list[bytes]:
    rows = BatchFile.objects.filter(batch=batch).select_related("file").order_by("part")
    return [files.read(one.file) for one in rows]


def test_a_zip_has_the_pdf_of_each_in_order(invoices: list[Invoice]) -> None:
    batch = ordered(invoices, BatchFormat.ZIP)
    (content,) = contents(batch)
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.namelist() == [f"{one.number}.pdf" for one in invoices]
    assert archive.read(archive.namelist()[0]).startswith(b"%PDF-")
    assert BatchFile.objects.get().file.name == f"{batch.number}.zip"


def test_one_pdf_has_the_pages_of_all_with_a_bookmark_each(invoices: list[Invoice]) -> None:
    (content,) = contents(ordered(invoices, BatchFormat.MERGED))
    reader = PdfReader(io.BytesIO(content))
    assert [entry.title for entry in reader.outline] == [one.number for one in invoices]  # type: ignore[union-attr]
    assert len(reader.pages) == 3
    text = "".join(page.extract_text() for page in reader.pages)
    assert all(one.number in text for one in invoices)


def test_much_is_put_into_parts(invoices: list[Invoice], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_files_make, "MOST_BYTES", 1)
    batch = ordered(invoices, BatchFormat.ZIP)
    assert [one.documents for one in BatchFile.objects.filter(batch=batch)] == [1, 1, 1]
    names = BatchFile.objects.filter(batch=batch).order_by("part").values_list("file__name", flat=True)
    assert list(names) == [f"{batch.number}-{part}.zip" for part in (1, 2, 3)]


@pytest.mark.parametrize("point", ["batch.before_commit:raise@1", "batch.before_files:raise@2"])
def test_what_broke_off_goes_on(
    invoices: list[Invoice], settings: Any, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_files_make, "MOST_BYTES", 1)
    settings.FAIL_POINTS = point
    forget_hits()
    with pytest.raises(RuntimeError, match=point.partition(":")[0]):
        ordered(invoices, BatchFormat.MERGED)
    assert BatchFile.objects.count() == (1 if "files" in point else 0)
    settings.FAIL_POINTS = ""
    batch = InvoiceBatch.objects.get()
    advance(batch)
    assert (batch.state, BatchFile.objects.count()) == ("done", 3)
    assert not batch_advance(batch_id=batch.pk)


def test_files_are_deleted_when_their_time_is_up(invoices: list[Invoice]) -> None:
    batch = ordered(invoices, BatchFormat.ZIP)
    key = BatchFile.objects.get().file.key
    assert batch_files_forget(now=NOW + KEPT - timedelta(seconds=1)) == 0
    assert storages["documents"].exists(key)
    assert batch_files_forget(now=NOW + KEPT) == 1
    assert not BatchFile.objects.filter(batch=batch).exists()
    assert Invoice.objects.filter(pdf__isnull=False).count() == 3


def test_only_for_those_who_see_the_invoices(invoices: list[Invoice]) -> None:
    profile = invoices[0].profile
    given = {"profile_id": profile.pk, "invoice_ids": [invoices[0].pk], "file_format": BatchFormat.ZIP, "now": NOW}
    with pytest.raises(NotFound):
        batch_files(**given, actor=factories.actor(Role.ADMIN, profiles=[factories.seller()]))  # type: ignore[arg-type]
    assert batch_files(**given, actor=factories.actor(Role.READ_ONLY, profiles=[profile]))  # type: ignore[arg-type]
    with pytest.raises(PermissionRefused):
        batch_files(**given, actor=factories.Actor.contact(contact_id="c", label="c", profile_id=profile.pk))  # type: ignore[arg-type]
