"""Makes an API key and prints it, once: `./dev token --user finance --scopes customers.view,invoices.view`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.rights import ROLE_RIGHTS, Right, Role
from billing_assistant.core.services.api_keys import api_key_create


class Command(BaseCommand):
    help = "Makes an API key for a person and prints it. It is shown only here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="user name or e-mail of the person the key acts for")
        parser.add_argument(
            "--scopes", default="all", help=f"comma list out of {', '.join(Right)}; or all that the person may do"
        )
        parser.add_argument("--profile", default="", help="short name of the business profile; the first if left out")
        parser.add_argument("--name", default="made on the command line", help="what uses the key")
        parser.add_argument("--days", type=int, default=0, help="days until it expires; 0: never")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = clock.now()
        person = _person(options["user"])
        profile = _profile(options["profile"], person)
        allowed = ROLE_RIGHTS[Role(person.role)]
        scopes = sorted(allowed) if options["scopes"] == "all" else _words(options["scopes"])
        try:
            issued = api_key_create(
                user_id=person.pk,
                profile_id=profile.pk,
                name=options["name"],
                scopes=scopes,
                expires_at=now + timedelta(days=options["days"]) if options["days"] > 0 else None,
                actor=Actor.system("command line"),
                now=now,
            )
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stderr.write(f"For {person.username} on {profile.slug}: {', '.join(issued.key.scopes)}")
        self.stdout.write(issued.plain)


def _person(name: str) -> User:
    by_mail = "@" in name
    person = User.objects.filter(**{"email__iexact" if by_mail else "username": name}, is_active=True).first()
    if person is None:
        known = ", ".join(
            User.objects.filter(is_active=True).order_by("username").values_list("username", flat=True)[:10]
        )
        raise CommandError(f"There is no active person {name!r}. There are: {known or 'none'}.")
    return person


def _profile(slug: str, person: User) -> BusinessProfile:
    profiles = BusinessProfile.objects.order_by("name")
    if slug:
        profiles = profiles.filter(slug=slug)
    limits = set(person.profiles.values_list("pk", flat=True))
    profile = next((one for one in profiles if not limits or one.pk in limits), None)
    if profile is None:
        raise CommandError(f"{person.username} works for no business profile{f' {slug!r}' if slug else ''}.")
    return profile


def _words(text: str) -> list[str]:
    return [word for word in (part.strip() for part in text.split(",")) if word]
