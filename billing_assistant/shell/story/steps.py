"""The steps of the story. Each does what a person or a program would do, over the network, and checks what came out."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today, now
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import BusinessProfile, DataImport, User
from billing_assistant.core.money import ZERO, Money
from billing_assistant.core.rights import Role
from billing_assistant.core.services.api_keys import api_key_create
from billing_assistant.core.services.imports import (
    Columns,
    import_check,
    import_create,
    import_start,
    import_table,
    mapping_suggest,
)
from billing_assistant.ledger.books import check_books, invariants
from billing_assistant.ledger.selectors import trial_balance
from billing_assistant.shell.story.browser import Api, Browser, Form, StoryBroken, wait_for
from billing_assistant.shell.story.report import Report
from billing_assistant.shell.story.source import retail_file, sums_of
from invoices.models import Invoice
from invoices.services.setup import profile_prepare
from invoices.states import InvoiceKind
from payments.selectors.aging import BUCKETS, aging

SENTENCE: Final = "Create an invoice for 3 months of web hosting service at KES 15,000 per month"
GOOD_CARD: Final = "4242424242424242"
SLUG: Final = "story"
SYSTEM: Final = Actor.system("demo story")


def expect(what: str, found: object, wanted: object) -> None:
    """Raises StoryBroken when something is not what the story says."""
    if found != wanted:
        raise StoryBroken(f"{what} is {found!r}, not {wanted!r}.")


@dataclass(slots=True)
class Story:
    """What the steps hand to each other."""

    report: Report
    folder: Path
    profile: BusinessProfile
    api: Api
    browser: Browser
    mailbox: Path
    customer: dict[str, Any] = field(default_factory=dict)
    draft: dict[str, Any] = field(default_factory=dict)
    invoice: dict[str, Any] = field(default_factory=dict)
    portal_url: str = ""

    @property
    def number(self) -> str:
        return str(self.invoice["invoice_id"])

    def refresh(self) -> dict[str, Any]:
        """The invoice as the API tells it now."""
        self.invoice = self.api.get(f"/api/invoices/{self.invoice['id']}")
        return self.invoice

    def wait_status(self, status: str) -> None:
        wait_for(f"{self.number} to be {status}", lambda: self.refresh()["status"] == status)

    def letters(self, to: str) -> list[tuple[Path, EmailMessage]]:
        """The messages to an address that the mail server took, oldest first."""
        found = []
        for path in sorted(self.mailbox.glob("*.eml")):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if isinstance(letter, EmailMessage) and to in str(letter["To"]):
                found.append((path, letter))
        return found


def begin(report: Report, folder: Path) -> Story:
    """A business profile of its own, a member of staff, and a key for the program."""
    folder.mkdir(parents=True, exist_ok=True)
    profile, _ = BusinessProfile.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Chromapages Story",
            "email": "billing@chromapages.example",
            "street": "4th Floor, Kimathi House",
            "city": "Nairobi",
            "postal_code": "00100",
            "bank_name": "Equity Bank",
            "bank_account_name": "Chromapages Limited",
            "bank_account_number": "0123456789",
            "mpesa_paybill": "522533",
            "tax_id": "P051234567X",
        },
    )
    profile_prepare(profile_id=profile.pk)
    person, made = User.objects.get_or_create(
        username="story", defaults={"email": "story@chromapages.example", "role": Role.FINANCE}
    )
    if made:
        person.set_unusable_password()
        person.save()
    issued = api_key_create(
        user_id=person.pk,
        profile_id=profile.pk,
        name="demo story",
        scopes=[
            "customers.view",
            "customers.edit",
            "invoices.view",
            "invoices.draft",
            "invoices.issue",
            "invoices.send",
            "payments.view",
            "payments.record",
            "messages.view",
            "messages.send",
            "reports.view",
        ],
        expires_at=now() + timedelta(hours=1),
        actor=SYSTEM,
        now=now(),
    )
    base = settings.PUBLIC_BASE_URL
    return Story(report, folder, profile, Api(base, issued.plain), Browser(base), settings.VAR_DIR / "mail")


def import_the_books(story: Story) -> None:
    """1. Documents issued elsewhere: checked, imported, imported again; every total equals the file's."""
    path = retail_file()
    content = path.read_bytes()
    with story.report.step(f"import {path.name}") as step:
        dry = _import(story, content, path.name, dry_run=True)
        run = _import(story, content, path.name, dry_run=False)
        again = _import(story, content, path.name, dry_run=False)
        step.say(
            f"dry run: {dry.new:,} documents, {dry.counts['lines']:,} lines, {dry.counts['customers']:,} customers, "
            f"{dry.problems.count()} faulty rows"
        )
        step.say(
            f"written: {run.counts['invoices']:,} invoices, {run.counts['credit_notes']:,} credit notes "
            f"({run.counts['linked_credit_notes']} linked), {run.counts['customers']:,} customers; "
            f"second run wrote {again.new}"
        )
        for fault in run.problems.all()[:2]:
            step.say(f"left out: line {fault.line}, {fault.about}: {fault.reason}")
        step.say(_compare(story, content, set(run.problems.values_list("about", flat=True))))
        expect("documents written by the second run", again.new, 0)


def _import(story: Story, content: bytes, name: str, *, dry_run: bool) -> DataImport:
    """Brings a file and waits until the worker is through with it."""
    run = import_create(
        content=content, file_name=name, kind="invoices", profile_id=story.profile.pk, actor=SYSTEM, now=now()
    )
    columns = Columns(mapping=mapping_suggest(run, import_table(run)), currency="GBP")
    begin = import_check if dry_run else import_start
    begin(run_id=run.pk, columns=columns, actor=SYSTEM, now=now())

    def over() -> bool:
        run.refresh_from_db()
        return not run.is_working

    wait_for(f"{name} to be imported", over, seconds=120)
    expect("state of the import", run.state, "checked" if dry_run else "done")
    return run


def _compare(story: Story, content: bytes, refused: set[str]) -> str:
    sums = {number: total for number, total in sums_of(content).items() if number not in refused}
    stored = Invoice.objects.filter(profile=story.profile, imported=True)
    expect("imported totals", dict(stored.values_list("number", "total")), sums)
    billed = sum((total for number, total in sums.items() if not number.startswith("C")), ZERO)
    credited = sum((total for number, total in sums.items() if number.startswith("C")), ZERO)
    linked = stored.filter(kind=InvoiceKind.CREDIT_NOTE, corrects__isnull=False)
    wait_for("credit notes to be applied", lambda: all(n.amount_credited == n.total for n in linked.all()), seconds=120)
    return f"every total equals the file: {Money(billed, 'GBP')} invoiced, {Money(credited, 'GBP')} credited"


def draft_from_words(story: Story) -> None:
    """2. A customer by the API, and a draft from a sentence."""
    with story.report.step("customer by the API, draft from a sentence") as step:
        mark = uuid7().hex[-6:]
        story.customer = story.api.post(
            "/api/customers",
            {
                "name": "Tech Solutions Ltd",
                "email": f"accounts-{mark}@techsolutions.example",
                "phone": "254722123456",
                "address": {
                    "street": "123 Kimathi Street",
                    "city": "Nairobi",
                    "postal_code": "00100",
                    "country": "Kenya",
                },
                "payment_terms": "net_30",
            },
            key=f"customer-{mark}",
        )
        made = story.api.post(f"/api/customers/{story.customer['customer_id']}/invoices/generate", {"prompt": SENTENCE})
        data = made["invoice_data"]
        story.draft = made
        step.say(f"“{SENTENCE}”")
        totals = tuple(Decimal(data[name]) for name in ("subtotal", "tax", "total"))
        step.say(
            f"{made['draft_id']}: {' + '.join(f'{part:,.2f}' for part in totals[:2])} = {totals[2]:,.2f} KES, "
            f"due {data['due_date']} ({made['ai_model']})"
        )
        expect("the total", totals, (Decimal("45000.00"), Decimal("7200.00"), Decimal("52200.00")))


def issue(story: Story) -> None:
    """3. Reviewed by a person, issued: number, ledger, PDF."""
    with story.report.step("review and issue") as step:
        ref = story.draft["id"]
        story.api.post(f"/api/drafts/{ref}/review")
        story.invoice = story.api.post(f"/api/drafts/{ref}/issue", key=f"issue-{ref}")
        pdf = story.api.download(f"/api/invoices/{story.invoice['id']}/pdf")
        (story.folder / f"{story.number}.pdf").write_bytes(pdf)
        step.say(f"{story.number}, PDF of {len(pdf) / 1024:,.0f} kB, due {story.invoice['due_date']}")
        expect("the file", pdf[:5], b"%PDF-")


def send(story: Story) -> None:
    """4. By SMTP to the mail server on this machine, with the PDF and a portal link."""
    with story.report.step("send by e-mail") as step:
        address = story.customer["email"]
        story.api.post(f"/api/invoices/{story.invoice['id']}/send", {"send_via": "email", "include_pdf": True})
        path, letter = wait_for("the e-mail", lambda: story.letters(address))[0]
        shutil.copy(path, story.folder / f"{story.number}.eml")
        files = [part.get_filename() for part in letter.iter_attachments()]
        body = letter.get_body(preferencelist=("plain",))
        found = re.search(rf"{re.escape(settings.PUBLIC_BASE_URL)}/portal/i/\S+", body.get_content() if body else "")
        if found is None or not files:
            raise StoryBroken("The e-mail lacks its PDF or its portal link.")
        story.portal_url = found[0].rstrip(".,)")
        story.wait_status("sent")
        step.say(f"“{letter['Subject']}” to {address}, attached {', '.join(map(str, files))}")


def view(story: Story) -> None:
    """5. The client opens the link."""
    with story.report.step("the client opens the portal link") as step:
        page = story.browser.open(story.portal_url)
        expect("the number on the page", story.number in page.text, wanted=True)
        story.browser.post(f"{page.url.path}viewed/")
        story.wait_status("viewed")
        step.say(f"{story.number} is viewed")


def pay(story: Story, amounts: Sequence[tuple[str, str]]) -> None:
    """6. Part by part on the gateway's page; its signed webhook settles the invoice."""
    with story.report.step("pay in parts on the gateway's page") as step:
        for count, (amount, status) in enumerate(amounts, start=1):
            story.browser.open(story.portal_url)
            story.browser.submit(_pays_a_part, amount=amount)
            story.browser.submit(_asks_for_a_card, number=GOOD_CARD)
            story.wait_status(status)
            letters = wait_for("the receipt", lambda wanted=count + 1: _at_least(story, wanted))  # type: ignore[misc]
            shutil.copy(letters[-1][0], story.folder / f"{story.number}-receipt-{count}.eml")
            due = Money(Decimal(story.invoice["amount_due"]), story.invoice["currency"])
            step.say(f"KES {amount} paid: {status}, {due} due; receipt “{letters[-1][1]['Subject']}”")


def _at_least(story: Story, wanted: int) -> list[tuple[Path, EmailMessage]]:
    letters = story.letters(story.customer["email"])
    return letters if len(letters) >= wanted else []


def _pays_a_part(form: Form) -> bool:
    return form.method == "post" and "amount" in form.fields


def _asks_for_a_card(form: Form) -> bool:
    return form.method == "post" and "number" in form.fields


def show_the_books(story: Story) -> None:
    """7. Balance, aging, ledger; they tie to the cent."""
    with story.report.step("balance, aging, ledger") as step:
        summary = story.api.get(f"/api/customers/{story.customer['customer_id']}")["financial_summary"]
        step.say(
            f"{story.customer['name']}: billed {summary['total_billed']:,.2f}, paid {summary['total_paid']:,.2f}, "
            f"outstanding {summary['outstanding_balance']:,.2f} KES"
        )
        expect("outstanding", Decimal(summary["outstanding_balance"]), Decimal(0))
        for line in _aging(story):
            step.say(line)
        for row in trial_balance(SYSTEM, profile_id=story.profile.pk):
            side = f"{row.debit:>16,.2f}{'':>18}" if row.debit else f"{'':>16}{row.credit:>18,.2f}"
            step.say(f"{row.currency} {row.kind.label!s:<28}{side}")
        violations = check_books()
        step.say(f"{len(invariants())} invariants checked, {len(violations)} broken")
        expect("broken invariants", [str(violation) for violation in violations], [])


def _aging(story: Story) -> list[str]:
    report = aging(SYSTEM, profile=story.profile, as_of=local_today(story.profile))
    expect("the aging report ties to the ledger", report.holds, wanted=True)
    lines = []
    for total in report.totals:
        buckets = ", ".join(f"{name} {amount:,.2f}" for name, amount in zip(BUCKETS, total.buckets, strict=True))
        lines.append(f"aging {total.currency}: {buckets}; credit {total.credit:,.2f}")
    return [*lines, "aging equals accounts receivable and customer credit in the ledger"]
