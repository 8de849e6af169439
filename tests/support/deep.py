"""Sizes: some of many on each run, all of them with --deep."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest

FEW = 10


def a_few(values: Iterable[Any], few: int = FEW) -> list[Any]:
    """The first few of many values as they are, the others only with --deep."""
    rest = iter(values)
    return [*islice(rest, few), *(pytest.param(value, marks=pytest.mark.deep) for value in rest)]
