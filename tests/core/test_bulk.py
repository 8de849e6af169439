"""Many rows at once: what cannot be meant is refused before anything is written."""

from __future__ import annotations

import pytest

from billing_assistant.core.bulk import COPY_FROM, rows_insert
from billing_assistant.core.models import EventDelivery


def test_rows_that_name_other_columns_than_the_first_are_refused() -> None:
    rows = [{"subscriber": "a"}] * COPY_FROM + [{"subscriber": "a", "attempts": 3}]
    with pytest.raises(ValueError, match="same columns"):
        rows_insert(EventDelivery, rows)


def test_a_row_that_lacks_a_column_is_refused() -> None:
    rows = [{"subscriber": "a", "attempts": 3}] * COPY_FROM + [{"subscriber": "a"}]
    with pytest.raises(ValueError, match="same columns"):
        rows_insert(EventDelivery, rows)
