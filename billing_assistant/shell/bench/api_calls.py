"""One invoice as a program makes it: a draft and its issue, each one call with a key, JSON in and out."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from billing_assistant.core import exact_json
from billing_assistant.core.actors import Actor
from billing_assistant.core.ids import uuid7
from billing_assistant.core.rights import ROLE_RIGHTS, Role
from billing_assistant.core.services.api_keys import api_key_create
from billing_assistant.shell.bench.rows import Row, time_rows, timed
from billing_assistant.shell.bench.setting import LINES, Setting

CALLS: Final = 300
WARM_UP: Final = 5
CREATED: Final = 201
UNREACHED: Final = "1000000/min"


def issuing(setting: Setting) -> list[Row]:
    """Drafts of three lines, and their issue: plain, and under an Idempotency-Key. Calls are counted as always; the
    limit, which would end the measurement, is moved out of reach."""
    with override_settings(API_THROTTLES=dict.fromkeys(settings.API_THROTTLES, UNREACHED)):
        return [*_rows(Program(setting), ""), *_rows(Program(setting, keyed=True), ", idempotent")]


def _rows(program: Program, how: str) -> list[Row]:
    numbers = [program.create(index) for index in range(WARM_UP)]
    create = timed(CALLS, lambda index: numbers.append(program.create(index)))
    for number in numbers[:WARM_UP]:
        program.issue(number)
    issue = timed(CALLS, lambda index: program.issue(numbers[WARM_UP + index]))
    return [*time_rows(f"API: create a draft{how}", create), *time_rows(f"API: issue it{how}", issue)]


class Program:
    """A caller with a key of an administrator; `keyed` sends a new Idempotency-Key with every call."""

    def __init__(self, setting: Setting, *, keyed: bool = False) -> None:
        issued = api_key_create(
            user_id=setting.user.pk,
            profile_id=setting.profile.pk,
            name="bench",
            scopes=[right.value for right in ROLE_RIGHTS[Role.ADMIN]],
            expires_at=None,
            actor=Actor.of_user(setting.user),
            now=setting.now,
        )
        self._client = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {issued.plain}"})
        self._customers = setting.customers
        self._keyed = keyed

    def create(self, index: int) -> str:
        """Makes a draft for one customer after the other; returns its number."""
        customer = self._customers[index % len(self._customers)]
        made = self._post(f"/api/customers/{customer.number}/invoices/drafts", {"items": ITEMS})
        return str(made["draft_id"])

    def issue(self, number: str) -> None:
        """Issues a draft."""
        self._post(f"/api/drafts/{number}/issue", {})

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Idempotency-Key": uuid7().hex} if self._keyed else {}
        answer = self._client.post(path, exact_json.dumps(body), content_type="application/json", headers=headers)
        if answer.status_code != CREATED:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.content[:300]!r}")
        found: dict[str, Any] = exact_json.loads(answer.content)
        return found


ITEMS: Final = [
    {"description": line.description, "quantity": line.quantity, "unit": line.unit, "rate": line.unit_price}
    for line in LINES
]
