"""Each rule of ours finds what it is for and leaves alone what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.lint.__main__ import findings_in
from scripts.lint.refusals import domain_errors
from scripts.lint.source import Source


def _rules_broken(code: str, path: str = "invoices/services/issue.py") -> list[str]:
    return [finding.rule for finding in findings_in(Source(Path(path), code))]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("lock-place", "list(Invoice.objects.select_for_update())"),
        ("float-money", "total = round(amount, 2)"),
        ("float-money", "total = float(amount)"),
        ("bare-queue", "render.delay(1)"),
        ("bare-queue", "render.apply_async(args=[1])"),
        ("signals", "from django.db.models.signals import post_save"),
        ("signals", "import django.dispatch"),
        ("clock", "now = datetime.now()"),
        ("clock", "now = datetime.datetime.utcnow()"),
        ("clock", "today = date.today()"),
        ("clock", "now = timezone.now()"),
        ("silent-except", "try:\n    send()\nexcept OSError:\n    pass"),
        ("silent-except", "try:\n    send()\nexcept OSError:\n    ..."),
    ],
)
def test_finds(rule: str, code: str) -> None:
    assert _rules_broken(code) == [rule]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("billing_assistant/core/money.py", "quantum = round(1.5)"),
        ("billing_assistant/core/queue.py", "app.send_task('x')"),
        ("billing_assistant/core/clock.py", "timezone.now()"),
        ("integrations/anymail/webhooks.py", "from django.dispatch import receiver"),
        ("reminders/apps.py", "from django.dispatch import receiver"),
        ("invoices/services/issue.py", "try:\n    send()\nexcept OSError as error:\n    raise Unavailable from error"),
        ("invoices/services/issue.py", "moment = datetime.now(tz=UTC)"),
    ],
)
def test_leaves_alone(path: str, code: str) -> None:
    assert _rules_broken(code, path) == []


@pytest.mark.parametrize(
    "code",
    [
        "rows = list(Invoice.objects.select_for_update().filter(pk=1).order_by('pk')[:5])",
        "row = Invoice.objects.select_for_update().get(pk=1)",
        "def lock():\n    rows = Invoice.objects.select_for_update()\n    return list(rows.filter(pk=1))",
        "def lock():\n    for row in Invoice.objects.select_for_update():\n        yield row",
        "def lock():\n    rows = Draft.objects.select_for_update()\n    rows = rows.all()\n    return rows.first()",
        "ROWS = Prepared(lambda: Invoice.objects.select_for_update().filter(pk=Given('pk')))",
    ],
)
def test_a_lock_that_is_taken_is_right(code: str) -> None:
    assert _rules_broken(code, "invoices/locks.py") == []


@pytest.mark.parametrize(
    "code",
    [
        "def lock():\n    return Invoice.objects.select_for_update().filter(pk=1)",
        "Invoice.objects.select_for_update()",
        "def lock():\n    rows = Invoice.objects.select_for_update()\n    return rows.filter(pk=1)",
        "def lock():\n    rows = Invoice.objects.select_for_update()\n    rows = rows.filter(pk=1)",
        "ROWS = Kept(lambda: Invoice.objects.select_for_update().filter(pk=1))",
    ],
)
def test_a_lazy_lock_is_found(code: str) -> None:
    assert _rules_broken(code, "invoices/locks.py") == ["lazy-lock"]


@pytest.mark.parametrize(
    "code",
    [
        'raise NotFound("There is no such invoice.")',
        'raise errors.NotFound("There is no such invoice.")',
        'raise InvoiceNotOpen(f"{number} is void.")',
        'raise InvoiceNotOpen(_(f"{number} is void."))',
        'raise InvoiceNotOpen("%s is void." % number)',
        'raise InvoiceNotOpen("{} is void.".format(number))',
        'raise ValidationFailed({"reason": ["Say why."]})',
        'raise ValidationFailed({"reason": [_("Say why.") if late else "Say when."]})',
        'def check():\n    text = f"{number} is void."\n    raise InvoiceNotOpen(text)',
        'def check():\n    text = text or "It is void."\n    raise InvoiceNotOpen(text)',
        'def check():\n    errors = {}\n    errors["name"] = ["Write one."]\n    raise ValidationFailed(errors)',
        'class OverSettled(DomainError):\n    def __init__(self) -> None:\n        super().__init__("It is paid.")',
    ],
)
def test_a_refusal_that_cannot_be_translated_is_found(code: str) -> None:
    assert _rules_broken(code) == ["bare-text"]


@pytest.mark.parametrize(
    "code",
    [
        'raise NotFound(_("There is no such invoice."))',
        'raise InvoiceNotOpen(_("%(number)s is void.") % {"number": number})',
        'raise ValidationFailed({"reason": [_("Say why.")]})',
        'raise ApprovalNeeded(error.message, approval_id="waiting")',
        'raise NotFound("")',
        'raise TypeError("Give a date.")',
        'raise Unavailable("The service answered 503.")',
        'def check():\n    text = _("%(number)s is void.")\n    raise InvoiceNotOpen(text % {"number": number})',
        'def check(errors):\n    raise ValidationFailed(errors)\ndef other():\n    errors = "no refusal"',
        'class Draft(Model):\n    def __init__(self) -> None:\n        super().__init__("A draft.")',
    ],
)
def test_a_refusal_that_is_marked_is_right(code: str) -> None:
    assert _rules_broken(code) == []


def test_refusals_are_known_by_what_they_derive_from() -> None:
    assert {"DomainError", "NotFound", "WebhookNotConfigured", "LastAdministrator"} <= domain_errors()
    assert not {"Rejected", "Unavailable", "RetryLater", "Doubtful"} & domain_errors()


def test_a_line_may_break_a_rule_when_it_says_why() -> None:
    assert _rules_broken("share = float(text)  # lint: allow float-money - a probability") == []
    assert _rules_broken("share = float(text)  # lint: allow float-money") == ["float-money"]
    assert _rules_broken("share = float(text)  # lint: allow clock - another rule") == ["float-money"]


def test_a_file_that_does_not_parse_is_told() -> None:
    assert _rules_broken("def broken(:") == ["syntax"]
