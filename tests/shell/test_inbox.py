"""Notices, approvals and the choice of the business profile."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.models import Approval, BusinessProfile, Notice, User
from billing_assistant.core.rights import Role
from billing_assistant.core.services.approvals import Action, approval_request
from billing_assistant.core.services.notices import notice_to_user
from billing_assistant.core.ui.formats import moment_text
from tests import factories
from tests.shell.people import browser, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def profile() -> BusinessProfile:
    return factories.profile(name="Acme")


class TestNotices:
    def told(self, user: User, *texts: str, url: str = "/approvals/") -> None:
        for text in texts:
            notice_to_user(person=user, key=text, text=lambda text=text: text, url=url)

    def test_one_reads_ones_own_and_only_those(self) -> None:
        me, other = factories.user(), factories.user()
        self.told(me, "mine <b>")
        self.told(other, "theirs")
        page = browser_of(me).get("/notices/").content.decode()
        assert "mine &lt;b&gt;" in page
        assert "theirs" not in page

    def test_nothing_yet_says_what_comes_here(self) -> None:
        assert "Nothing to tell" in browser().get("/notices/").content.decode()

    def test_opening_a_notice_reads_it_and_leads_on(self) -> None:
        me = factories.user()
        self.told(me, "a")
        notice = Notice.objects.get()
        answer = browser_of(me).post(f"/notices/{notice.pk}/open/")
        assert answer.headers["Location"] == "/approvals/"
        notice.refresh_from_db()
        assert notice.read_at is not None

    def test_a_notice_never_leads_to_another_site(self) -> None:
        me = factories.user()
        for number, url in enumerate(("https://evil.example", "//evil.example", "javascript:alert(1)", "")):
            notice_to_user(person=me, key=str(number), text=lambda: "x", url=url)
        for notice in Notice.objects.all():
            assert browser_of(me).post(f"/notices/{notice.pk}/open/").headers["Location"] == "/notices/"

    def test_the_notice_of_another_is_not_there(self) -> None:
        self.told(factories.user(), "theirs")
        notice = Notice.objects.get()
        assert browser().post(f"/notices/{notice.pk}/open/").status_code == 404
        notice.refresh_from_db()
        assert notice.read_at is None

    def test_all_are_read_at_once_but_not_those_of_others(self) -> None:
        me, other = factories.user(), factories.user()
        self.told(me, "a", "b")
        self.told(other, "c")
        browser_of(me).post("/notices/read/")
        assert set(Notice.objects.filter(read_at__isnull=True).values_list("text", flat=True)) == {"c"}

    @pytest.mark.parametrize("url", ["/notices/read/", "/settings/switch/"])
    def test_looking_changes_nothing(self, url: str) -> None:
        assert browser().get(url).status_code == 405


class TestApprovals:
    def asked(self, by: User, profile: BusinessProfile, number: int = 1) -> Approval:
        action = Action(
            name="invoices.credit",
            payload={"invoice_id": f"INV-{number}", "lines": ["a <b>", "b"]},
            summary=f"Credit INV-{number} <i>",
            profile_id=profile.pk,
            amount=Decimal(52200),
            currency="KES",
        )
        return approval_request(action=action, actor=Actor.of_user(by), now=clock.now())

    def test_a_request_is_listed_and_shown_exactly(self, profile: BusinessProfile) -> None:
        request = self.asked(factories.user(), profile)
        second = browser(Role.FINANCE)
        listed = second.get("/approvals/").content.decode()
        assert "Credit INV-1 &lt;i&gt;" in listed
        assert "52,200.00" in listed
        page = second.get(f"/approvals/{request.pk}/").content.decode()
        assert "a &lt;b&gt;, b" in page
        assert "Approve" in page

    def test_moments_are_in_the_zone_of_the_business_profile(self, profile: BusinessProfile) -> None:
        BusinessProfile.objects.update(time_zone="Pacific/Kiritimati")
        request = self.asked(factories.user(), profile)
        page = browser(Role.FINANCE).get(f"/approvals/{request.pk}/").content.decode()
        assert moment_text(request.created_at, "Pacific/Kiritimati") in page

    def test_a_second_person_approves(self, profile: BusinessProfile) -> None:
        request = self.asked(factories.user(), profile)
        answer = browser(Role.FINANCE).post(f"/approvals/{request.pk}/", {"decision": "approve", "comment": "fine"})
        assert answer.status_code == 302
        request.refresh_from_db()
        assert (request.status, request.comment) == ("approved", "fine")

    def test_nobody_approves_their_own_request_but_may_take_it_back(self, profile: BusinessProfile) -> None:
        me = factories.user()
        request = self.asked(me, profile)
        mine = browser_of(me)
        assert 'value="approve"' not in mine.get(f"/approvals/{request.pk}/").content.decode()
        refusal = mine.post(f"/approvals/{request.pk}/", {"decision": "approve"})
        assert "Another person has to approve" in refusal.content.decode()
        request.refresh_from_db()
        assert request.status == "waiting"
        mine.post(f"/approvals/{request.pk}/", {"decision": "reject"})
        request.refresh_from_db()
        assert request.status == "rejected"

    @pytest.mark.parametrize("role", [Role.CSM, Role.READ_ONLY])
    def test_others_look_and_do_not_decide(self, profile: BusinessProfile, role: Role) -> None:
        request = self.asked(factories.user(), profile)
        someone = browser(role)
        assert 'value="approve"' not in someone.get(f"/approvals/{request.pk}/").content.decode()
        assert someone.post(f"/approvals/{request.pk}/", {"decision": "approve"}).status_code == 403
        request.refresh_from_db()
        assert request.status == "waiting"

    def test_a_request_of_another_profile_is_not_there(self, profile: BusinessProfile) -> None:
        request = self.asked(factories.user(), factories.profile())
        limited = browser(Role.FINANCE, profiles=[profile])
        assert limited.get(f"/approvals/{request.pk}/").status_code == 404
        assert limited.post(f"/approvals/{request.pk}/", {"decision": "approve"}).status_code == 404
        assert "INV-1" not in limited.get("/approvals/").content.decode()

    def test_an_expired_request_is_over(self, profile: BusinessProfile) -> None:
        request = self.asked(factories.user(), profile)
        Approval.objects.update(expires_at=clock.now() - timedelta(seconds=1))
        second = browser(Role.FINANCE)
        assert "INV-1" not in second.get("/approvals/").content.decode()
        assert "Expired" in second.get("/approvals/?view=over").content.decode()
        assert 'value="approve"' not in second.get(f"/approvals/{request.pk}/").content.decode()

    def test_an_expired_request_is_asked_for_again_and_waits_anew(self, profile: BusinessProfile) -> None:
        me, second = factories.user(), factories.user(Role.FINANCE)
        request = self.asked(me, profile)
        Approval.objects.update(expires_at=clock.now() - timedelta(seconds=1))
        told = Notice.objects.filter(user=second).count()
        assert self.asked(me, profile).pk == request.pk
        assert Notice.objects.filter(user=second).count() == told + 1
        answer = browser_of(second).post(f"/approvals/{request.pk}/", {"decision": "approve", "comment": ""})
        assert answer.status_code == 302
        request.refresh_from_db()
        assert request.status == "approved"

    def test_what_is_approved_is_told_to_who_asked_as_not_done_yet(self, profile: BusinessProfile) -> None:
        me = factories.user()
        request = self.asked(me, profile)
        Approval.objects.update(status="approved")
        assert "not done yet" in browser_of(me).get(f"/approvals/{request.pk}/").content.decode()
        assert "not done yet" not in browser(Role.FINANCE).get(f"/approvals/{request.pk}/").content.decode()

    @pytest.mark.parametrize("decision", ["", "maybe"])
    def test_a_decision_that_is_none_changes_nothing(self, profile: BusinessProfile, decision: str) -> None:
        request = self.asked(factories.user(), profile)
        answer = browser(Role.FINANCE).post(f"/approvals/{request.pk}/", {"decision": decision})
        assert answer.status_code == 422
        assert answer.context["form"].errors
        request.refresh_from_db()
        assert request.status == "waiting"

    @pytest.mark.parametrize(("view", "words"), [("", "Nothing waits"), ("over", "Nothing was decided")])
    def test_an_empty_list_says_what_comes_here(self, view: str, words: str) -> None:
        assert words in browser().get(f"/approvals/?view={view}").content.decode()


class TestSwitch:
    def test_the_choice_is_kept_and_leads_back(self) -> None:
        other = factories.profile(name="Zebra")
        admin = browser()
        answer = admin.post("/settings/switch/", {"profile": str(other.pk), "next": "/approvals/"})
        assert answer.headers["Location"] == "/approvals/"
        assert admin.session["profile_id"] == str(other.pk)

    @pytest.mark.parametrize("chosen", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
    def test_a_choice_that_cannot_be_is_refused(self, chosen: str) -> None:
        assert browser().post("/settings/switch/", {"profile": chosen}).status_code == 404

    def test_a_profile_outside_the_limits_is_not_there(self, profile: BusinessProfile) -> None:
        other = factories.profile()
        limited: Client = browser(profiles=[profile])
        assert limited.post("/settings/switch/", {"profile": str(other.pk)}).status_code == 404
        assert "profile_id" not in limited.session
