"""An import from file to end: tried without a trace, written once, gone on with after a crash, cancelled, refused."""

from __future__ import annotations

import multiprocessing
import signal
import tracemalloc
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.failpoints import forget_hits
from billing_assistant.core.imports import importers
from billing_assistant.core.imports.reading import rows_of
from billing_assistant.core.imports.tables import content_of, table_of
from billing_assistant.core.models import BusinessProfile, Event, HumanCounter
from billing_assistant.core.rights import Role
from billing_assistant.core.services import import_steps
from billing_assistant.core.services.import_steps import import_advance
from billing_assistant.core.services.imports import (
    Columns,
    import_cancel,
    import_check,
    import_create,
    import_start,
    import_sweep,
)
from billing_assistant.core.states import TransitionRefused
from customers.models import Customer
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.support.imports import counts, guessed, imported, reasons, tried, uploaded

pytestmark = pytest.mark.django_db
ROWS = "Name,Email\n" + "".join(f"Customer {n},c{n}@example.com\n" for n in range(25))


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.profile()


@pytest.fixture
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers.services.importing.CHUNK", 10)


def test_a_dry_run_counts_and_leaves_no_trace(profile: BusinessProfile) -> None:
    run = tried(ROWS + "No mail,nonsense\n", "customers", profile)
    assert (run.state, counts(run), run.about_rows) == ("checked", (25, 0, 0, 1), 26)
    assert reasons(run) == [(27, "email", "This is not an e-mail address. Write it like name@example.com.")]
    assert not Customer.objects.exists()
    assert not HumanCounter.objects.exists()
    assert not Event.objects.exists()


def test_the_same_file_again_makes_nothing(profile: BusinessProfile) -> None:
    assert counts(imported(ROWS, "customers", profile)) == (25, 0, 0, 0)
    again = imported(ROWS, "customers", profile)
    assert (again.state, counts(again)) == ("done", (0, 25, 0, 0))
    assert Customer.objects.count() == 25
    names = list(Event.objects.filter(subject_id=again.pk).order_by("id").values_list("name", flat=True))
    assert names == ["import.started", "import.finished"]


@pytest.mark.usefixtures("_small_chunks")
@pytest.mark.parametrize("point", ["import.before_commit", "import.between_batches"])
def test_what_broke_off_goes_on_and_doubles_nothing(profile: BusinessProfile, settings: Any, point: str) -> None:
    run = uploaded(ROWS, "customers", profile)
    import_start(run_id=run.pk, columns=guessed(run), actor=SYSTEM, now=NOW)
    settings.FAIL_POINTS = f"{point}:raise@2"
    forget_hits()
    with pytest.raises(RuntimeError, match=point):
        import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert run.rows_done == Customer.objects.count() == (10 if "commit" in point else 20)
    assert run.state == "importing"
    settings.FAIL_POINTS = ""
    import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, counts(run), Customer.objects.count()) == ("done", (25, 0, 0, 0), 25)


@pytest.mark.slow
@pytest.mark.usefixtures("_small_chunks")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["import.before_commit", "import.between_batches"])
def test_a_killed_worker_loses_and_doubles_nothing(profile: BusinessProfile, settings: Any, point: str) -> None:
    run = uploaded(ROWS, "customers", profile)
    import_start(run_id=run.pk, columns=guessed(run), actor=SYSTEM, now=NOW)
    settings.FAIL_POINTS = f"{point}:kill@2"
    forget_hits()
    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=import_advance, kwargs={"run_id": run.pk})
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    settings.FAIL_POINTS = ""
    assert 0 < Customer.objects.count() < 25
    import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, counts(run), Customer.objects.count()) == ("done", (25, 0, 0, 0), 25)


@pytest.mark.usefixtures("_small_chunks")
def test_it_hands_over_when_the_time_is_up_and_the_sweep_finds_what_was_left(
    profile: BusinessProfile, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    run = uploaded(ROWS, "customers", profile)
    import_start(run_id=run.pk, columns=guessed(run), actor=SYSTEM, now=NOW)
    assert import_advance(run_id=run.pk, seconds=0)
    assert Customer.objects.count() == 10
    woken: list[str] = []
    monkeypatch.setattr(
        "billing_assistant.core.services.imports.queue.enqueue", lambda _name, run_id: woken.append(run_id)
    )
    import_sweep(before=now)
    assert woken == []
    import_sweep(before=now + timedelta(seconds=1))
    assert woken == [str(run.pk)]


@pytest.mark.usefixtures("_small_chunks")
def test_cancelling_keeps_what_was_written_and_it_can_be_started_again(profile: BusinessProfile) -> None:
    run = uploaded(ROWS, "customers", profile)
    import_start(run_id=run.pk, columns=guessed(run), actor=SYSTEM, now=NOW)
    import_advance(run_id=run.pk, seconds=0)
    import_cancel(run_id=run.pk, actor=SYSTEM, now=NOW)
    import_cancel(run_id=run.pk, actor=SYSTEM, now=NOW)
    assert not import_advance(run_id=run.pk)
    assert Customer.objects.count() == 10
    import_start(run_id=run.pk, actor=SYSTEM, now=NOW)
    import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("done", (15, 10, 0, 0))
    with pytest.raises(TransitionRefused):
        import_start(run_id=run.pk, actor=SYSTEM, now=NOW)


def test_it_stops_after_five_errors_at_the_same_rows(profile: BusinessProfile, settings: Any) -> None:
    run = uploaded(ROWS, "customers", profile)
    import_start(run_id=run.pk, columns=guessed(run), actor=SYSTEM, now=NOW)
    settings.FAIL_POINTS = "import.before_commit:raise"
    for _ in range(import_steps.MOST_ATTEMPTS):
        with pytest.raises(RuntimeError):
            import_advance(run_id=run.pk)
    assert not import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "several times" in run.failure


def test_a_person_who_lost_the_right_meanwhile_imports_nothing(profile: BusinessProfile) -> None:
    person = factories.user(Role.FINANCE)
    run = uploaded(ROWS, "customers", profile, actor=factories.Actor.of_user(person))
    import_start(run_id=run.pk, columns=guessed(run), actor=SYSTEM, now=NOW)
    person.role = Role.READ_ONLY
    person.save()
    import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "customers.edit" in run.failure
    assert not Customer.objects.exists()


def test_only_those_with_the_rights_and_the_profile(profile: BusinessProfile) -> None:
    with pytest.raises(PermissionRefused):
        uploaded(ROWS, "customers", profile, actor=factories.actor(Role.CSM))
    elsewhere = factories.actor(Role.ADMIN, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        uploaded(ROWS, "customers", profile, actor=elsewhere)
    run = uploaded(ROWS, "customers", profile)
    with pytest.raises(NotFound):
        import_start(run_id=run.pk, columns=guessed(run), actor=elsewhere, now=NOW)
    with pytest.raises(NotFound):
        import_create(content=b"a", file_name="x", kind="comets", profile_id=profile.pk, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("text", "columns", "field"),
    [
        ("Name\n", {"name": 0}, "file"),
        ("Email\na@example.com\n", {"email": 0}, "columns"),
        ("Name,Email\nA,b@example.com\n", {"name": 0, "email": 0}, "columns"),
        ("Name\nA\n", {"name": 3}, "name"),
        ("Name\nA\n", {"name": 0, "comet": 0}, "comet"),
        ('Name,Limit\nA,"1,234"\n', {"name": 0, "credit_limit": 1}, "numbers"),
    ],
)
def test_what_has_to_be_said_first_is_asked(
    profile: BusinessProfile, text: str, columns: dict[str, int], field: str
) -> None:
    run = uploaded(text, "customers", profile)
    with pytest.raises(ValidationFailed) as refused:
        import_check(run_id=run.pk, columns=Columns(columns), actor=SYSTEM, now=NOW)
    assert field in refused.value.errors
    run.refresh_from_db()
    assert run.state == "uploaded"


def test_columns_are_named_as_the_last_time(profile: BusinessProfile) -> None:
    text = "Wer,Was\nAnn,x\n"
    run = uploaded(text, "customers", profile)
    assert guessed(run).mapping == {}
    import_check(run_id=run.pk, columns=Columns({"name": 0, "notes": 1}), actor=SYSTEM, now=NOW)
    turned = uploaded("Was,Wer\ny,Bob\n", "customers", profile)
    assert guessed(turned).mapping == {"name": 1, "notes": 0}
    assert guessed(uploaded(text, "customers", factories.profile())).mapping == {}


@pytest.mark.slow
def test_of_a_hundred_thousand_rows_each_batch_costs_the_same(
    profile: BusinessProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = set()

    def write(_self: object, work: list[object], _context: object) -> importers.Tally:
        sizes.add(len(work))
        return importers.Tally(new=len(work))

    monkeypatch.setattr("customers.services.importing.CustomerImporter.write", write)
    run = uploaded("Name\n" + "".join(f"Customer {n}\n" for n in range(100_000)), "customers", profile)
    import_start(run_id=run.pk, columns=guessed(run), actor=SYSTEM, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert run.rows_done == run.new == 100_000
    assert sizes == {importers.CHUNK}
    assert len(queries) <= 100_000 // importers.CHUNK * 5 + 20


def test_rows_are_read_one_at_a_time() -> None:
    peaks = []
    for size in (2_000, 40_000):
        table = table_of(content_of(b"Name,City\n" + b"Acme,Nairobi\n" * size))
        importer = importers.importer_of("customers")
        tracemalloc.start()
        assert sum(1 for _ in rows_of(importer, {"name": 0, "city": 1}, {}, table)) == size
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 2
