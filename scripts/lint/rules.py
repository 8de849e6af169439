"""The rules. Each yields the nodes that break it; a line may say `# lint: allow RULE - reason`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from scripts.lint.refusals import refusals_are_marked
from scripts.lint.source import Source

Rule = Callable[[Source], Iterator[ast.AST]]

EVALUATING_METHODS = {"get", "first", "last", "earliest", "latest", "in_bulk", "count", "exists"}
EVALUATING_CALLS = {"list", "tuple", "set", "dict", "sorted", "len", "iter"}
QUEUE_CALLS = {"delay", "apply_async", "send_task"}
SIGNAL_MODULES = {"django.db.models.signals", "django.dispatch"}
NAIVE_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def locks_in_one_place(source: Source) -> Iterator[ast.AST]:
    """Row locks are taken in locks.py alone."""
    if not source.named("locks.py"):
        yield from _calls_of(source, {"select_for_update"})


def locks_are_taken(source: Source) -> Iterator[ast.AST]:
    """A lazy select_for_update takes no lock: the expression it stands in must run the query."""
    for call in _calls_of(source, {"select_for_update"}):
        if not _evaluated(source, call):
            yield call


def no_float_no_round(source: Source) -> Iterator[ast.AST]:
    """Amounts are Decimal and are rounded in core/money.py."""
    if source.inside("core", "money.py"):
        return
    for call in source.calls():
        if isinstance(call.func, ast.Name) and call.func.id in {"round", "float"}:
            yield call


def queue_by_name(source: Source) -> Iterator[ast.AST]:
    """Tasks are sent by core.queue, after the commit."""
    if not source.inside("core", "queue.py"):
        yield from _calls_of(source, QUEUE_CALLS)


def no_signals(source: Source) -> Iterator[ast.AST]:
    """Effects travel as events. Signals of third parties are received in webhooks.py and apps.py."""
    if source.named("apps.py") or (source.named("webhooks.py") and "integrations" in source.path.parts):
        return
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and node.module in SIGNAL_MODULES:
            yield node
        if isinstance(node, ast.Import) and any(alias.name in SIGNAL_MODULES for alias in node.names):
            yield node


def one_clock(source: Source) -> Iterator[ast.AST]:
    """The time comes from core.clock, and knows its zone."""
    if source.inside("core", "clock.py"):
        return
    for call in source.calls():
        function = call.func
        if not isinstance(function, ast.Attribute):
            continue
        owner = _last_name(function.value)
        naive = (owner, function.attr) in NAIVE_CALLS and not (call.args or call.keywords)
        if naive or (owner, function.attr) == ("timezone", "now"):
            yield call


def no_silence(source: Source) -> Iterator[ast.AST]:
    """An error that is caught is handled, translated or logged."""
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler) and all(_is_nothing(statement) for statement in node.body):
            yield node


RULES: dict[str, Rule] = {
    "lock-place": locks_in_one_place,
    "lazy-lock": locks_are_taken,
    "float-money": no_float_no_round,
    "bare-queue": queue_by_name,
    "signals": no_signals,
    "clock": one_clock,
    "silent-except": no_silence,
    "bare-text": refusals_are_marked,
}


def _calls_of(source: Source, methods: set[str]) -> Iterator[ast.Call]:
    return (call for call in source.calls() if isinstance(call.func, ast.Attribute) and call.func.attr in methods)


def _evaluated(source: Source, node: ast.AST, followed: frozenset[str] = frozenset()) -> bool:
    """Climbs the chain of calls that `node` begins; a chain kept under a name is followed to where it is used."""
    while True:
        parent = source.parents.get(node)
        match parent:
            case ast.Attribute(attr=name) if name in EVALUATING_METHODS:
                return True
            case ast.Attribute():
                node = parent
            case ast.Subscript(value=link) | ast.Call(func=link) if link is node:
                node = parent
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in followed:
                uses = source.uses(name, near=parent)
                return any(_evaluated(source, use, followed | {name}) for use in uses)
            case ast.Lambda():
                return _is_prepared(source.parents.get(parent))
            case _:
                return _consumed(parent, node)


def _is_prepared(node: ast.AST | None) -> bool:
    """Whether it is a query of `core.prepared`, which locks when it is read."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Prepared"


def _consumed(parent: ast.AST | None, node: ast.AST) -> bool:
    match parent:
        case ast.Call(func=ast.Name(id=name)):
            return name in EVALUATING_CALLS
        case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
            return iterated is node
        case ast.Starred():
            return True
        case _:
            return False


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )
