"""What staff are told reads in the language of whoever reads it: notices, and what a second person approves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ApprovalNeeded
from billing_assistant.core.models import Approval, Notice, User
from billing_assistant.core.rights import Role
from billing_assistant.core.services.notices import notice_to_role
from payments.services.refund import payment_refund
from tests import factories
from tests.payments.builders import customer, pay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def person(language: str) -> User:
    made = factories.user(Role.FINANCE)
    made.language = language
    made.save(update_fields=["language"])
    return made


def test_each_person_is_told_in_his_or_her_own_language() -> None:
    english, swahili = person("en"), person("sw")
    with override("sw"):
        notice_to_role(roles=["finance"], key="a", text=lambda: gettext("Approve"))
    assert Notice.objects.get(user=english).text == "Approve"
    assert Notice.objects.get(user=swahili).text == "Idhinisha"


@pytest.mark.money
def test_a_request_reads_in_the_language_of_whoever_looks(client: Client) -> None:
    asking, deciding = person("en"), person("sw")
    payment = pay(customer(), "500.00")
    payment.profile.approval_limit = Decimal(100)
    payment.profile.save(update_fields=["approval_limit"])
    wanted = {"payment_id": payment.pk, "amount": Decimal(200), "reason": "Returned", "method": "cash"}
    with pytest.raises(ApprovalNeeded, match=f"Refund KES 200.00 of {payment.number} needs a second person"):
        payment_refund(**wanted, actor=Actor.of_user(asking), now=factories.NOW)
    said = f"Rejesha KES 200.00 ya {payment.number}"
    assert Notice.objects.get(user=deciding).text == f"Idhinisha: {said}"
    client.force_login(deciding)
    page = client.get(f"/approvals/{Approval.objects.get().pk}/").content.decode()
    assert said in page
    assert "Refund KES" not in page


def test_a_request_from_before_reads_as_it_was_written() -> None:
    old = Approval(action="payment.refund", summary="Refund KES 5.00 of PAY-0001", payload={}, amount=5, currency="KES")
    with override("sw"):
        assert old.says == "Refund KES 5.00 of PAY-0001"
