"""Messages in the admin: everything can be found and read; what can be done is done by the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError
from billing_assistant.core.web import actor_of, now_of
from reminders.models import Message, MessageAttachment
from reminders.services.deciding import message_cancel, message_confirm, message_resend, message_retry


class AttachmentInline(admin.TabularInline[MessageAttachment, Message]):
    model = MessageAttachment
    extra = 0
    can_delete = False
    readonly_fields = ("name", "file")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin[Message]):
    list_display = ("number", "subject", "customer", "kind", "status", "attempts", "due_at", "sent_at")
    list_filter = ("status", "kind", "channel", "profile", "language")
    list_select_related = ("customer",)
    search_fields = ("number", "subject", "recipients", "customer__name", "invoice__number", "provider_message_id")
    date_hierarchy = "created_at"
    inlines = [AttachmentInline]
    actions = ["send_again", "arrived", "try_again", "do_not_send"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Send again as new messages"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._each(request, queryset, message_resend)

    @admin.action(description=gettext_lazy("Not known: they did arrive"), permissions=["view"])
    def arrived(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._each(request, queryset, message_confirm)

    @admin.action(description=gettext_lazy("Failed: try again"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._each(request, queryset, message_retry)

    @admin.action(description=gettext_lazy("Waiting: do not send"), permissions=["view"])
    def do_not_send(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._each(request, queryset, message_cancel)

    def _each(self, request: HttpRequest, chosen: QuerySet[Message], service: Callable[..., Message]) -> None:
        done = 0
        for message in chosen.order_by("id"):
            try:
                service(message_id=message.pk, actor=actor_of(request), now=now_of(request))
            except DomainError as error:
                self.message_user(request, error.message, messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, _("%(count)d done.") % {"count": done})
