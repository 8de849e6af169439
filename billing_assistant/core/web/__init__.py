"""Everything that pages use: `from billing_assistant.core.web import staff_page, actor_of, render_page`."""

from billing_assistant.core.web.pages import ClientPage, StaffPage, client_page, staff_page
from billing_assistant.core.web.paging import list_page, page_size, with_sizes
from billing_assistant.core.web.render import (
    add_domain_error,
    go_to,
    leave_to,
    render_domain_error,
    render_page,
    toast,
    visible_or_404,
)
from billing_assistant.core.web.requests import (
    actor_of,
    client_ip,
    current_profile,
    is_fragment,
    now_of,
    posted,
    profiles_of,
    safe_next,
    user_of,
)

__all__ = [
    "ClientPage",
    "StaffPage",
    "actor_of",
    "add_domain_error",
    "client_ip",
    "client_page",
    "current_profile",
    "go_to",
    "is_fragment",
    "leave_to",
    "list_page",
    "now_of",
    "page_size",
    "posted",
    "profiles_of",
    "render_domain_error",
    "render_page",
    "safe_next",
    "staff_page",
    "toast",
    "user_of",
    "visible_or_404",
    "with_sizes",
]
