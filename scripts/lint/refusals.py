"""Refusals are read by people: which classes they are, and which of their texts no catalogue can know."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from scripts.lint.source import Source
from scripts.messages import APPS
from scripts.paths import ROOT

CLASS = re.compile(r"^class (\w+)\(([^)]*)\):", re.MULTILINE)
ROOT_OF_ALL = "DomainError"


def refusals_are_marked(source: Source) -> Iterator[ast.AST]:
    """The text of a refusal is marked for translation, its values by name: _("%(number)s is void.") % {...}."""
    refusals = domain_errors()
    for call in source.calls():
        if call.args and (_name(call.func) in refusals or _begins_one(source, call, refusals)):
            yield from _bare(source, call.args[0], call)


@cache
def domain_errors() -> frozenset[str]:
    """The names of DomainError and of all that derives from it, anywhere in the product."""
    bases: dict[str, set[str]] = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for name, parents in CLASS.findall(path.read_text(encoding="utf-8")):
                bases.setdefault(name, set()).update(re.findall(r"\w+", parents))
    known = {ROOT_OF_ALL}
    while more := {name for name, parents in bases.items() if parents & known} - known:
        known |= more
    return frozenset(known)


def _begins_one(source: Source, call: ast.Call, refusals: frozenset[str]) -> bool:
    """Whether the call is `super().__init__(...)` inside such a class."""
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"):
            return any(isinstance(node, ast.ClassDef) and node.name in refusals for node in source.around(call))
        case _:
            return False


def _bare(source: Source, node: ast.expr, call: ast.Call, followed: frozenset[str] = frozenset()) -> Iterator[ast.AST]:
    """The literal texts in an argument; a name is followed to what the same function put there."""
    match node:
        case ast.JoinedStr() | ast.Call(func=ast.Name(id="_" | "gettext"), args=[ast.JoinedStr()]):
            yield node
        case ast.Constant(value=str(text)) if any(sign.isalpha() for sign in text):
            yield node
        case ast.Name(id=name) if name not in followed:
            for value in source.assigned(name, near=call):
                yield from _bare(source, value, call, followed | {name})
        case _:
            for part in _parts(node):
                yield from _bare(source, part, call, followed)


def _parts(node: ast.expr) -> list[ast.expr]:
    """What of an expression may be the text, or a part of it."""
    match node:
        case ast.Dict(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.BoolOp(values=parts):
            return parts
        case ast.IfExp(body=first, orelse=second) | ast.BinOp(left=first, op=ast.Add(), right=second):
            return [first, second]
        case ast.BinOp(left=text, op=ast.Mod()) | ast.Call(func=ast.Attribute(value=text, attr="format")):
            return [text]
        case _:
            return []


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
