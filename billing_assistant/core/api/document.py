"""Reads an OpenAPI document into what the page of endpoints shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

METHODS: Final = ("get", "post", "put", "patch", "delete")
DEEPEST: Final = 4
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body, or one parameter."""

    name: str
    kind: str
    required: bool = False
    text: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: a status and the fields."""

    status: str
    text: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    text: str
    anchor: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answers: tuple[Answer, ...]
    refusals: tuple[Answer, ...]


@dataclass(slots=True)
class Group:
    """The operations of one part of the API."""

    name: str
    operations: list[Operation] = field(default_factory=list)


def reference(document: Document) -> list[Group]:
    """The operations by part, in the order of their addresses."""
    groups: dict[str, Group] = {}
    for path, entry in document["paths"].items():
        for method in METHODS:
            if method in entry:
                tag = next(iter(entry[method].get("tags", [])), "api")
                groups.setdefault(tag, Group(tag)).operations.append(_operation(document, path, method, entry[method]))
    return list(groups.values())


def _operation(document: Document, path: str, method: str, entry: Document) -> Operation:
    answers = [_answer(document, status, answer) for status, answer in entry.get("responses", {}).items()]
    return Operation(
        method=method.upper(),
        path=path,
        text=_plain(entry.get("description", "")),
        anchor=entry["operationId"],
        parameters=tuple(_parameter(given) for given in entry.get("parameters", [])),
        body=tuple(_fields(document, _schema(entry.get("requestBody", {})))),
        answers=tuple(answer for answer in answers if answer.status < "4"),
        refusals=tuple(answer for answer in answers if answer.status >= "4"),
    )


def _parameter(given: Document) -> Field:
    kind = f"{_kind(given.get('schema', {}))}, {given['in']}"
    return Field(given["name"], kind, given.get("required", False), _plain(given.get("description", "")))


def _answer(document: Document, status: str, answer: Document) -> Answer:
    fields = () if status >= "4" else tuple(_fields(document, _schema(answer)))
    return Answer(status, answer.get("description", ""), fields)


def _schema(holder: Document) -> Document:
    content: Document = holder.get("content", {})
    first: Document = next(iter(content.values()), {})
    schema: Document = first.get("schema", {})
    return schema


def _fields(document: Document, schema: Document, depth: int = 0) -> Iterator[Field]:
    """The fields of an object, each followed by those inside it."""
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        yield from _fields(document, schema.get("items", {}), depth)
        return
    required = set(schema.get("required", []))
    for name, given in schema.get("properties", {}).items():
        inner = _resolved(document, given)
        text = _plain(given.get("description", "") or inner.get("description", ""))
        yield Field(name, _kind(inner), name in required, text, depth)
        if depth < DEEPEST:
            yield from _fields(document, inner, depth + 1)


def _resolved(document: Document, schema: Document) -> Document:
    """A schema with its reference followed. A choice of several is shown by its first."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif schema.get("allOf") or schema.get("oneOf"):
            schema = (schema.get("allOf") or schema["oneOf"])[0]
        else:
            return schema


def _plain(text: str) -> str:
    """A description without the marks of Markdown."""
    return text.replace("`", "")


def _kind(schema: Document) -> str:
    if schema.get("enum"):
        return ", ".join(str(value) for value in schema["enum"])
    kind = schema.get("format") or schema.get("type") or "any"
    return f"list of {_kind(schema['items'])}" if kind == "array" and "items" in schema else str(kind)
