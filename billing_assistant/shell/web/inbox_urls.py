"""Addresses of notices, approvals and the choice of the business profile."""

from __future__ import annotations

from django.urls import path

from billing_assistant.shell.web import inbox

urlpatterns = [
    path("notices/", inbox.notices, name="notices"),
    path("notices/read/", inbox.notices_read, name="notices_read"),
    path("notices/<uuid:notice_id>/open/", inbox.notice_open, name="notice_open"),
    path("approvals/", inbox.approvals, name="approvals"),
    path("approvals/<uuid:approval_id>/", inbox.approval, name="approval"),
    path("settings/switch/", inbox.profile_switch, name="profile_switch"),
]
