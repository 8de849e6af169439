"""Invoices on paper, read back with PyMuPDF. Its models that guess a page's layout are not needed: a second to load."""

import sys

sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type] # an import of it is refused, and it goes on
