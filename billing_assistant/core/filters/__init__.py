"""Filters of lists that are kept under a name: their menu on a list, and the pages that keep and change them."""
