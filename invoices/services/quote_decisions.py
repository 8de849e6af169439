"""What becomes of a quote: accepted or declined (by the client, or as a colleague was told), withdrawn, renewed."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor, ActorKind
from billing_assistant.core.clock import local_date, local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from invoices.errors import QuoteExpired, QuoteOutdated
from invoices.locks import quote_lock
from invoices.models import Quote
from invoices.quote_states import QUOTE_TRANSITIONS, QuoteState
from invoices.services.drafts import draft_review
from invoices.services.quotes import quote_event
from invoices.states import OPEN_DRAFTS, DraftStatus

LONGEST_NAME = 150
LONGEST_NOTE = 500
_ACCEPTED = frozenset({QuoteState.ACCEPTED, QuoteState.INVOICED})


def quote_accept(
    *, quote_id: UUID, name: str, actor: Actor, now: datetime, note: str = "", decided_on: date | None = None
) -> Quote:
    """The client takes the offer; the draft behind it is ready to be issued, once however often it is accepted.

    A client accepts until the last day, and accepting again changes nothing. A colleague notes what the client said,
    with a reason and the local day of it (None: today), also after that day. Raises PermissionRefused, NotFound,
    ValidationFailed, QuoteExpired, QuoteOutdated (the draft changed), TransitionRefused.
    """
    _check(name, note, actor)
    with transaction.atomic():
        quote = _locked(quote_id, actor)
        if _is_client(actor) and quote.state in _ACCEPTED:
            return quote
        _require(quote, QuoteState.ACCEPTED)
        _require_in_time(quote, actor, now)
        draft = quote.draft
        if draft.version != quote.draft_version or DraftStatus(draft.status) not in OPEN_DRAFTS:
            raise QuoteOutdated(
                _("%(number)s is no longer what would be invoiced. A new one has to be offered.")
                % {"number": quote.number}
            )
        at = _moment(quote, decided_on, now)
        _decide(quote, QuoteState.ACCEPTED, name=name, note=note, actor=actor, at=at)
        if draft.status == DraftStatus.DRAFT:
            draft_review(draft_id=draft.pk, actor=Actor.system(quote.number), now=now)
        quote_event("quote.accepted", quote, actor, now, by=quote.decided_by, reason=quote.decision_note)
    return quote


def quote_decline(
    *, quote_id: UUID, name: str, note: str, actor: Actor, now: datetime, decided_on: date | None = None
) -> Quote:
    """The client does not take the offer, and says why. The draft stays as it is. Raises as `quote_accept` does."""
    _check(name, note, actor)
    if not note.strip():
        raise ValidationFailed({"reason": [_("Say why, in a few words.")]})
    with transaction.atomic():
        quote = _locked(quote_id, actor)
        if _is_client(actor) and quote.state == QuoteState.DECLINED:
            return quote
        _require(quote, QuoteState.DECLINED)
        at = _moment(quote, decided_on, now)
        _decide(quote, QuoteState.DECLINED, name=name, note=note, actor=actor, at=at)
        quote_event("quote.declined", quote, actor, now, by=quote.decided_by, reason=quote.decision_note)
    return quote


def quote_withdraw(*, quote_id: UUID, actor: Actor, now: datetime, note: str = "") -> Quote:
    """Takes an open offer back: the client can no longer accept it. Raises TransitionRefused, NotFound."""
    actor.require(Right.INVOICES_DRAFT)
    _check_note(note)
    with transaction.atomic():
        quote = _locked(quote_id, actor)
        _require(quote, QuoteState.WITHDRAWN)
        _decide(quote, QuoteState.WITHDRAWN, name=actor.label, note=note, actor=actor, at=now)
        quote_event("quote.withdrawn", quote, actor, now, reason=quote.decision_note)
    return quote


def quote_ask_renewal(*, quote_id: UUID, actor: Actor, now: datetime) -> Quote:
    """The client asks for a new offer after this one ran out or was superseded; the first time counts."""
    with transaction.atomic():
        quote = _locked(quote_id, actor)
        if quote.renewal_asked_at is None:
            quote.renewal_asked_at = now
            quote.save(update_fields=["renewal_asked_at"])
            quote_event("quote.renewal_asked", quote, actor, now)
    return quote


def _is_client(actor: Actor) -> bool:
    return actor.kind == ActorKind.CONTACT


def _check(name: str, note: str, actor: Actor) -> None:
    """Clients answer for themselves; a colleague needs the right, and says how they know."""
    if not _is_client(actor):
        actor.require(Right.INVOICES_DRAFT)
        if not note.strip():
            raise ValidationFailed({"reason": [_("Say how you know, like: by phone, or the number of their order.")]})
    if not name.strip():
        raise ValidationFailed({"name": [_("Write the name of who decided.")]})
    if len(name.strip()) > LONGEST_NAME:
        raise ValidationFailed({"name": [_("Write at most %(most)d characters.") % {"most": LONGEST_NAME}]})
    _check_note(note)


def _check_note(note: str) -> None:
    if len(note.strip()) > LONGEST_NOTE:
        raise ValidationFailed({"reason": [_("Write at most %(most)d characters.") % {"most": LONGEST_NOTE}]})


def _locked(quote_id: UUID, actor: Actor) -> Quote:
    quote = quote_lock(quote_id)
    if not actor.can_see(quote.profile_id):
        raise NotFound(_("There is no such quote."))
    return quote


def _require(quote: Quote, wanted: QuoteState) -> None:
    require_transition(QUOTE_TRANSITIONS, quote.number, QuoteState(quote.state), wanted)


def _require_in_time(quote: Quote, actor: Actor, now: datetime) -> None:
    today = local_today(_profile(quote), now)
    if _is_client(actor) and quote.valid_until < today:
        raise QuoteExpired(
            _("%(number)s was valid until %(day)s. Ask for a new one.")
            % {"number": quote.number, "day": quote.valid_until}
        )


def _moment(quote: Quote, decided_on: date | None, now: datetime) -> datetime:
    """When it was decided: now, or noon of the day that a colleague gives."""
    if decided_on is None:
        return now
    profile = _profile(quote)
    if not quote.offered_on <= decided_on <= local_date(now, profile.time_zone):
        raise ValidationFailed({"decided_on": [_("Choose a day from the offer to today.")]})
    noon = datetime.combine(decided_on, time(12), tzinfo=ZoneInfo(profile.time_zone))
    return min(noon, now)


def _profile(quote: Quote) -> BusinessProfile:
    return BusinessProfile.objects.get(pk=quote.profile_id)


def _decide(quote: Quote, state: QuoteState, *, name: str, note: str, actor: Actor, at: datetime) -> None:
    quote.state, quote.decided_at = state, at
    quote.decided_by, quote.decided_via = name.strip()[:LONGEST_NAME], actor.kind.value
    quote.decision_note = note.strip()
    quote.save(update_fields=["state", "decided_at", "decided_by", "decided_via", "decision_note"])
