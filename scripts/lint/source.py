"""A parsed file, with the parents of its nodes and the lines that may break a rule on purpose."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ALLOWED = re.compile(r"#\s*lint:\s*allow\s+([\w-]+)\s+-\s+\S")


@dataclass(frozen=True)
class Source:
    path: Path
    text: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text)))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node stands in, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def uses(self, name: str, *, near: ast.AST) -> Iterator[ast.Name]:
        """Where the function around `near` reads that name."""
        for node in ast.walk(self._function(near)):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                yield node

    def assigned(self, name: str, *, near: ast.AST) -> Iterator[ast.expr]:
        """What the function around `near` puts under that name, or into what the name holds."""
        for node in ast.walk(self._function(near)):
            match node:
                case ast.Assign(targets=[ast.Name(id=found) | ast.Subscript(value=ast.Name(id=found))], value=value):
                    if found == name:
                        yield value
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    yield value

    def _function(self, node: ast.AST) -> ast.AST:
        """The function that a node stands in, or the module."""
        while not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            node = self.parents[node]
        return node

    def allows(self, line: int, rule: str) -> bool:
        """Whether that line says `# lint: allow RULE - reason`."""
        match = ALLOWED.search(self.text.splitlines()[line - 1])
        return match is not None and match[1] == rule

    def named(self, *names: str) -> bool:
        return self.path.name in names

    def inside(self, *parts: str) -> bool:
        """Whether the path ends in these parts."""
        return self.path.parts[-len(parts) :] == parts


@dataclass(frozen=True, slots=True)
class Finding:
    path: Path
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"
