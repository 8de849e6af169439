"""The printed documents: invoices, credit notes, receipts and drafts as PDF, and the same page on screen.

`document.py` says what a document shows, `render.py` makes the PDF, `html.py` the page for a browser. `build.py` alone
reads the database.
"""
