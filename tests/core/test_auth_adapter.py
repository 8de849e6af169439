"""How people get in: by invitation, with second factors that a stolen database does not give away."""

from __future__ import annotations

import pytest
from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import get_adapter as mfa_adapter
from django.test import Client, RequestFactory
from django.urls import reverse


def test_nobody_signs_up_alone(rf: RequestFactory) -> None:
    assert account_adapter().is_open_for_signup(rf.get("/")) is False


@pytest.mark.django_db
def test_the_sign_up_page_is_closed(client: Client) -> None:
    page = client.get(reverse("account_signup"))
    assert b'type="password"' not in page.content


def test_there_is_one_adapter_of_second_factors() -> None:
    assert type(mfa_adapter()).__name__ == "SealedMfaAdapter"


def test_the_secret_of_a_second_factor_is_sealed() -> None:
    sealed = mfa_adapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert mfa_adapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"
