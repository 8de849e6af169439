"""What a part of a test writes is taken back, so that the next part meets the same world and takes no longer.

Where hundreds of payments stay in one transaction, the server ends up with little else to do than their journal lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """A savepoint that is rolled back at the end, marked as the transactions of Django's own test cases are."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined] # calls to the outside are let through
    with block:
        yield
        transaction.set_rollback(True)
