"""Makes the demo company, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.db import set_lock_timeout
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.models import BusinessProfile, DeliveryStatus, EventDelivery
from billing_assistant.core.rights import Role
from billing_assistant.shell.seeding.agreements import agreements_steps
from billing_assistant.shell.seeding.catalogue import catalogue_make
from billing_assistant.shell.seeding.company import company_make, people_make
from billing_assistant.shell.seeding.customers import customers_make
from billing_assistant.shell.seeding.history import Story
from billing_assistant.shell.seeding.papers import papers_make
from billing_assistant.shell.seeding.recurring import Retainers
from billing_assistant.shell.seeding.work import work_make
from customers.models import Customer
from payments.services.standing import standing_refresh

FOUNDED: Final = timedelta(days=160)
MAIL: Final = "reminders."


def demo_seed(*, now: datetime) -> bool:
    """Makes company, people, catalogue, customers, five months of history, and papers; returns whether it had to.

    All of the history or none of it; a company that has customers is left as it is.
    """
    profile, people = company_make(), people_make()
    finance, csm = Actor.of_user(people[Role.FINANCE]), Actor.of_user(people[Role.CSM])
    made = _history_make(profile, finance, csm, now)
    if papers_make(profile=profile, actor=finance, now=now):
        _history_sends_nothing(profile, now)
    return made


def _history_make(profile: BusinessProfile, finance: Actor, csm: Actor, now: datetime) -> bool:
    with transaction.atomic():
        set_lock_timeout(0)
        advisory_lock("shell.demo_seed")
        if Customer.objects.filter(profile=profile).exists():
            return False
        customers = customers_make(profile_id=profile.pk, actor=csm, now=now - FOUNDED)
        catalogue_make(profile_id=profile.pk, actor=finance, now=now - FOUNDED)
        story = Story(profile, customers, finance, csm, now)
        story.tell(Retainers(customers, finance, story.at).steps(), agreements_steps(customers, finance, story.at))
        work_make(profile=profile, customers=customers, at=story.at, actor=csm, now=now)
        for customer in customers.values():
            standing_refresh(customer_id=customer.pk, now=now)
        _history_sends_nothing(profile, now)
    return True


def _history_sends_nothing(profile: BusinessProfile, now: datetime) -> None:
    """What happened months ago is not mailed today: receipts of that time have gone out, so to say."""
    waiting = EventDelivery.objects.filter(
        event__profile=profile, status=DeliveryStatus.PENDING, subscriber__startswith=MAIL
    )
    waiting.update(status=DeliveryStatus.DONE, finished_at=now, last_error="History of the demo company.")
