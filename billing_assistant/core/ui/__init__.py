"""How values look on a page: money, dates, statuses, form fields. Used by the template components."""
