"""All that is held on a customer or a contact, handed out: as JSON, or as a ZIP with the files."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core import exact_json, files, privacy
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.privacy import Held, HeldFile, Subject
from billing_assistant.core.rights import Right
from customers.privacy import subject_of_contact, subject_of_customer
from customers.selectors import contacts_of, customer_get

MOST_BYTES: Final = 500 * 1024 * 1024
IN_MEMORY: Final = 8 * 1024 * 1024
PIECE: Final = 64 * 1024
STYLE: Final = "body{font:15px/1.5 sans-serif;margin:2rem}table{border-collapse:collapse;margin:0 0 2rem}"
CELLS: Final = "td,th{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top;max-width:40rem}"


class TooMuchToHandOut(DomainError):
    """More bytes of files than one ZIP is made of."""

    code = "too_much"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is held, by app. `number` is the customer's; `about` says whom it is about."""

    number: str
    about: str
    at: datetime
    parts: tuple[tuple[str, Held], ...]

    def as_json(self) -> dict[str, Any]:
        """All rows, by app and kind. Amounts are strings beside their currency, moments ISO 8601."""
        apps: dict[str, dict[str, Any]] = {}
        for app, held in self.parts:
            apps.setdefault(app, {})[held.name] = list(held.rows)
        return {"customer": self.number, "about": self.about, "made_at": self.at.isoformat(), "data": apps}

    @property
    def files(self) -> Iterator[HeldFile]:
        for _app, held in self.parts:
            yield from held.files

    @property
    def counts(self) -> list[tuple[str, int, int]]:
        """Label, number of rows, number of files, of each kind."""
        return [(str(held.label), len(held.rows), len(held.files)) for _app, held in self.parts]


def personal_data_of(*, customer_id: UUID, actor: Actor, now: datetime, contact_id: UUID | None = None) -> PersonalData:
    """What is held on a customer with everybody there, or on one contact. It only reads.

    Raises PermissionRefused, and NotFound, also for a contact of another customer.
    """
    actor.require(Right.PRIVACY_MANAGE)
    customer = customer_get(actor, customer_id)
    if contact_id is None:
        return _data(subject_of_customer(customer), customer.name, now)
    contact = contacts_of(customer).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound(_("There is no such contact."))
    return _data(subject_of_contact(contact), contact.name, now)


def personal_data_zip(data: PersonalData) -> Iterator[bytes]:
    """A ZIP with data.json, index.html for people, and the files, piece by piece; made when the first is taken.

    Not inside a transaction: the files may be on another machine. Raises TooMuchToHandOut above MOST_BYTES.
    """
    if sum(one.stored.size for one in data.files) > MOST_BYTES:
        text = _("The files are larger than %(size)s MB together: take the JSON, and the files one by one.")
        raise TooMuchToHandOut(text % {"size": MOST_BYTES // 1024 // 1024})
    return _pieces(data)


def _pieces(data: PersonalData) -> Iterator[bytes]:
    require_no_transaction()
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", exact_json.dumps(data.as_json()))
            archive.writestr("index.html", _page(data))
            for one in data.files:
                archive.writestr(_safe(one.path), files.read(one.stored))
        made.seek(0)
        while piece := made.read(PIECE):
            yield piece


def _data(subject: Subject, about: str, now: datetime) -> PersonalData:
    return PersonalData(subject.number, about, now, tuple(privacy.held_on(subject)))


def _safe(path: str) -> str:
    return "/".join(files.clean_name(part) for part in path.split("/"))


def _page(data: PersonalData) -> str:
    """The rows as tables, in one page that opens without a network."""
    title = escape(_("Personal data of %(name)s") % {"name": data.about})
    parts = "".join(f"<h2>{escape(str(held.label))}</h2>{_table(held)}" for _app, held in data.parts)
    head = f'<!doctype html><meta charset="utf-8"><title>{title}</title><style>{STYLE}{CELLS}</style>'
    return f"{head}<h1>{title}</h1><p>{escape(data.number)} · {data.at:%Y-%m-%d %H:%M} UTC</p>{parts}"


def _table(held: Held) -> str:
    names = list(held.rows[0]) if held.rows else []
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names)
    lines = "".join(f"<tr>{''.join(f'<td>{_cell(row[name])}</td>' for name in names)}</tr>" for row in held.rows)
    links = "".join(f'<li><a href="{escape(_safe(one.path))}">{escape(_safe(one.path))}</a></li>' for one in held.files)
    return f"<table><tr>{head}</tr>{lines}</table>" + (f"<ul>{links}</ul>" if links else "")


def _cell(value: object) -> str:
    match value:
        case None | "":
            return ""
        case str():
            return escape(value)
        case _:
            return escape(exact_json.dumps(value))
