"""Files beside drafts and invoices: kept, carried along, handed out to whom they are for, taken away with history."""

from __future__ import annotations

import base64

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.files import FileRefused
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from customers.portal_tokens import token_of
from invoices.models import Attachment, Invoice, InvoiceDraft
from invoices.services.attachments import (
    MOST_FILES,
    AttachmentInput,
    attachment_add,
    attachment_get,
    attachment_remove,
    attachments_for_client,
    attachments_of,
)
from invoices.services.drafts import draft_discard
from invoices.services.issue import invoice_issue
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.reminders.support import sent_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PDF = b"%PDF-1.7 contract"


def added(owner: InvoiceDraft | Invoice, name: str = "contract.pdf", content: bytes = PDF, **who: bool) -> Attachment:
    data = AttachmentInput(content, name, **who)
    return attachment_add(owner=owner, data=data, actor=SYSTEM, now=NOW)


def test_the_invoice_has_the_files_of_its_draft_and_its_own() -> None:
    draft = factories.draft()
    added(draft)
    invoice = invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW)
    added(invoice, "times.csv", b"day,hours")
    assert [one.name for one in attachments_of(invoice)] == ["contract.pdf", "times.csv"]
    assert Event.objects.filter(name="attachment.added").count() == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [("virus.exe", b"MZ"), ("contract.pdf", b"<html>"), ("page.html", b"<html>"), ("times.txt", b"<script>")],
)
def test_other_kinds_and_contents_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(FileRefused):
        added(factories.draft(), name, content)
    assert Attachment.objects.count() == 0


def test_a_closed_draft_and_too_many_files_are_refused() -> None:
    draft = factories.draft()
    for number in range(MOST_FILES):
        added(draft, f"{number}.pdf")
    with pytest.raises(ValidationFailed):
        added(draft, "one more.pdf")
    gone = draft_discard(draft_id=factories.draft().pk, actor=SYSTEM, now=NOW)
    with pytest.raises(ValidationFailed):
        added(gone)


def test_rights_and_profiles_are_respected() -> None:
    draft = factories.draft()
    kept = added(draft)
    with pytest.raises(PermissionRefused):
        attachment_remove(attachment_id=kept.pk, actor=factories.actor(Role.READ_ONLY), now=NOW)
    stranger = factories.actor(Role.FINANCE, profiles=[factories.seller()])
    with pytest.raises(NotFound):
        attachment_get(stranger, kept.pk)
    with pytest.raises(NotFound):
        attachment_remove(attachment_id=kept.pk, actor=stranger, now=NOW)


def test_what_was_taken_away_stays_in_the_history_and_nobody_gets_it() -> None:
    invoice = factories.issued_invoice()
    kept = added(invoice, for_client=True)
    for _ in range(2):
        attachment_remove(attachment_id=kept.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        attachment_get(SYSTEM, kept.pk)
    assert not attachments_for_client(invoice)
    assert (Attachment.objects.get().removed_by_label, Event.objects.filter(name="attachment.removed").count()) == (
        "test",
        1,
    )


def test_the_client_gets_what_is_for_the_client_as_a_download(client: Client) -> None:
    invoice = factories.issued_invoice()
    own, inside = added(invoice, for_client=True), added(invoice, "inside.pdf")
    other = added(factories.issued_invoice(), for_client=True)
    page = f"/portal/i/{token_of(invoice.portal_link_id)}/"
    shown = client.get(page).content.decode()
    assert "contract.pdf" in shown
    assert "inside.pdf" not in shown
    response = client.get(f"{page}files/{own.pk}/")
    assert response["Content-Disposition"].startswith("attachment")
    assert (response["X-Content-Type-Options"], response.content) == ("nosniff", PDF)
    for hidden in (inside, other):
        assert client.get(f"{page}files/{hidden.pk}/").status_code == 404


def test_the_mail_takes_what_fits_and_leaves_the_rest_to_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = factories.issued_invoice()
    added(invoice, with_email=True)
    added(invoice, "seen.pdf", for_client=True)
    added(invoice, "large.pdf", PDF + b"x" * 500_000, with_email=True)
    monkeypatch.setattr("reminders.services.compose.MOST_BYTES", 400_000)
    sent_invoice(invoice)
    names = [name for name, _content, _kind in mail.outbox[0].attachments]
    assert names == [f"{invoice.number}.pdf", "contract.pdf"]


def test_files_are_added_and_removed_on_pages(client: Client) -> None:
    client.force_login(factories.user(Role.FINANCE))
    draft = factories.draft()
    address = f"/drafts/{draft.pk}/files/"
    assert "No files yet" in client.get(address).content.decode()
    assert client.post(address, {"file": SimpleUploadedFile("a.exe", b"MZ")}).status_code == 422
    upload = SimpleUploadedFile("contract.pdf", PDF, "application/pdf")
    assert client.post(address, {"file": upload, "with_email": "on"}).status_code == 302
    kept = Attachment.objects.get()
    assert kept.for_client
    assert client.get(f"/attachments/{kept.pk}/")["Content-Disposition"].startswith("attachment")
    assert client.post(f"/attachments/{kept.pk}/remove/").status_code == 302
    assert "nobody: removed by" in client.get(address).content.decode()


def test_the_pages_of_draft_and_invoice_list_their_files(client: Client) -> None:
    client.force_login(factories.user(Role.FINANCE))
    draft = factories.draft()
    assert "Add file" in client.get(f"/drafts/{draft.pk}/preview/").content.decode()
    added(draft, "contract.pdf", with_email=True)
    gone = added(draft, "secret.pdf")
    attachment_remove(attachment_id=gone.pk, actor=SYSTEM, now=NOW)
    pages = [client.get(f"/drafts/{draft.pk}/preview/")]
    invoice = invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW)
    pages += [client.get(f"/drafts/{draft.pk}/preview/"), client.get(f"/invoices/{invoice.pk}/")]
    for page in (answer.content.decode() for answer in pages):
        listed = page[page.index('class="versions files"') :]
        assert "contract.pdf" in listed
        assert "with the e-mail" in listed
        assert f"{len(PDF)}\xa0bytes" in listed
        assert ">secret.pdf</a>" not in page
    assert ["Add file" in answer.content.decode() for answer in pages] == [True, False, True]
    client.force_login(factories.user(Role.READ_ONLY))
    assert "Add file" not in client.get(f"/invoices/{invoice.pk}/").content.decode()


def test_files_by_the_api(client: Client) -> None:
    client.force_login(factories.user(Role.FINANCE))
    invoice = factories.issued_invoice()
    path = f"/api/invoices/{invoice.number}/attachments"
    body = {"name": "contract.pdf", "content": base64.b64encode(PDF).decode(), "for_client": True}
    assert client.post(path, body | {"content": "!"}, content_type="application/json").status_code == 400
    made = client.post(path, body, content_type="application/json")
    assert (made.status_code, made.json()["size"]) == (201, len(PDF))
    (listed,) = client.get(path).json()["attachments"]
    address = f"/api/attachments/{listed['id']}"
    assert client.get(address).content == PDF
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
