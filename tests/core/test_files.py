"""Stored files: kept once under their content, on the disk or in a bucket; served so that none of them runs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import pytest
from django.core.files.storage import storages
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from moto.server import ThreadedMotoServer

from billing_assistant.core import files
from billing_assistant.core.db import OutsideEffectInTransaction
from billing_assistant.core.models import StoredFile
from tests import factories

PDF = b"%PDF-1.7 a document"
PNG = b"\x89PNG\r\n\x1a\n picture"


def keep(profile_id: UUID, content: bytes = PDF, **fields: Any) -> StoredFile:
    given: dict[str, Any] = {"name": "INV-1.pdf", "content_type": "application/pdf"}
    return files.store(content=content, profile_id=profile_id, **(given | fields))


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, Any]]:
    """An S3-compatible server on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    options = {
        "bucket_name": f"documents-{port}",
        "endpoint_url": f"http://127.0.0.1:{port}",
        "region_name": "eu-west-1",
        "access_key": "test",
        "secret_key": "test",
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
    }
    s3 = boto3.client(
        "s3",
        endpoint_url=options["endpoint_url"],
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    s3.create_bucket(Bucket=f"documents-{port}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield options
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Any:
    """Both kinds of storage that production uses."""
    if request.param == "folder":
        backend, options = "billing_assistant.core.storage.DurableFileStorage", {"location": tmp_path}
    else:
        backend, options = "storages.backends.s3.S3Storage", request.getfixturevalue("bucket")
    settings.STORAGES = {**settings.STORAGES, "documents": {"BACKEND": backend, "OPTIONS": options}}
    return storages["documents"]


@pytest.mark.django_db
@pytest.mark.usefixtures("storage")
class TestBothStorages:
    def test_reads_back_what_was_stored(self) -> None:
        stored = keep(factories.profile().pk)
        assert files.read(stored) == PDF
        assert (stored.size, stored.content_type, stored.name) == (len(PDF), "application/pdf", "INV-1.pdf")

    def test_the_same_file_is_stored_once(self, storage: Any) -> None:
        profile = factories.profile().pk
        first, second = keep(profile), keep(profile)
        assert first == second
        assert storage.listdir(first.key.rpartition("/")[0])[1] == [first.sha256]

    def test_the_same_bytes_under_two_names_share_the_bytes(self) -> None:
        profile = factories.profile().pk
        first, second = keep(profile), keep(profile, name="copy.pdf")
        assert first != second
        assert first.key == second.key

    def test_the_files_of_two_profiles_are_apart(self) -> None:
        assert keep(factories.profile().pk).key != keep(factories.profile().pk).key

    def test_what_a_crash_left_half_written_is_mended(self, storage: Any) -> None:
        profile = factories.profile().pk
        stored = keep(profile)
        storage.delete(stored.key)
        from django.core.files.base import ContentFile  # noqa: PLC0415

        storage.save(stored.key, ContentFile(PDF[:5]))
        assert files.read(keep(profile)) == PDF

    def test_damaged_bytes_are_not_handed_out(self, storage: Any) -> None:
        stored = keep(factories.profile().pk)
        storage.delete(stored.key)
        from django.core.files.base import ContentFile  # noqa: PLC0415

        storage.save(stored.key, ContentFile(PDF + b"!"))
        with pytest.raises(files.FileDamaged):
            files.read(stored)

    def test_the_names_of_files_never_reach_the_storage(self) -> None:
        stored = keep(factories.profile().pk, name="../../etc/passwd")
        assert stored.name == "passwd"
        assert ".." not in stored.key


@pytest.mark.django_db(transaction=True)
def test_parallel_stores_of_the_same_file_make_one(storage: Any) -> None:
    profile = factories.profile().pk

    def run(_number: int) -> str:
        try:
            return str(keep(profile).pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(run, range(16)))) == 1
    stored = StoredFile.objects.get()
    assert files.read(stored) == PDF
    assert storage.listdir(stored.key.rpartition("/")[0])[1] == [stored.sha256]


@pytest.mark.django_db(transaction=True)
def test_refuses_to_store_inside_a_transaction() -> None:
    profile = factories.profile().pk
    with transaction.atomic(), pytest.raises(OutsideEffectInTransaction):
        keep(profile)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "application/pdf"),
        (b"<svg onload=alert(1)>", "image/svg+xml"),
        (b"<script>", "text/html"),
        (b"<script>", "application/pdf"),
        (PDF, "image/png"),
        (b"a\x00b", "text/csv"),
        (b"MZ", "application/x-msdownload"),
        (b"x" * (files.MAX_BYTES + 1), "text/plain"),
    ],
)
def test_refuses_what_is_not_kept(content: bytes, content_type: str) -> None:
    profile = factories.profile().pk
    with pytest.raises(files.FileRefused):
        keep(profile, content, content_type=content_type)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("INV-1.pdf", "INV-1.pdf"),
        ("../../x.pdf", "x.pdf"),
        ("C:\\windows\\x.pdf", "x.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert files.clean_name(given) == kept


@pytest.mark.django_db
class TestServing:
    def test_a_file_is_handed_out_as_a_download_that_cannot_run(self) -> None:
        stored = keep(factories.profile().pk, b"a,b", name='a"b.csv', content_type="text/csv")
        response = files.file_response(stored, inline=True)
        assert response.content == b"a,b"
        assert response["Content-Disposition"] == 'attachment; filename="a\\"b.csv"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"

    def test_a_pdf_may_be_shown_in_the_page(self) -> None:
        stored = keep(factories.profile().pk)
        response = files.file_response(stored, inline=True)
        assert response["Content-Disposition"] == 'inline; filename="INV-1.pdf"'
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "SAMEORIGIN"

    def test_a_pdf_is_a_download_unless_asked_otherwise(self) -> None:
        response = files.file_response(keep(factories.profile().pk), name="Facture réglée.pdf")
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Facture")

    def test_a_picture_is_shown_in_a_sandbox(self) -> None:
        stored = keep(factories.profile().pk, PNG, name="logo.png", content_type="image/png")
        response = files.file_response(stored, inline=True)
        assert response["Content-Disposition"].startswith("inline")
        assert "sandbox" in response["Content-Security-Policy"]

    def test_our_own_policy_is_not_replaced_by_that_of_the_pages(self) -> None:
        from csp.middleware import CSPMiddleware  # noqa: PLC0415

        stored = keep(factories.profile().pk, b"a,b", name="a.csv", content_type="text/csv")
        served = CSPMiddleware(lambda _request: files.file_response(stored))(RequestFactory().get("/"))
        assert isinstance(served, HttpResponse)
        assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
