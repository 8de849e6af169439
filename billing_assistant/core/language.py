"""The choice of language: a cookie for whoever comes, and the account of whoever is signed in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from billing_assistant.core.access import PUBLIC, accessible
from billing_assistant.core.models import User
from billing_assistant.core.services.people import language_choose


@accessible(PUBLIC)
@require_POST
def language_set(request: HttpRequest) -> HttpResponseBase:
    """POST /language/ with `language` and `next`: sets it and goes back."""
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        language_choose(user_id=request.user.pk, language=chosen)
    return set_language(request)
