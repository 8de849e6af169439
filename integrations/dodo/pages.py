"""Pages at Dodo: for paying once, and for saving a method by an on-demand subscription."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core import clock
from billing_assistant.core.errors import Rejected
from integrations.dodo.api import DodoApi
from integrations.dodo.payloads import UNDECIDED, metadata_of, payment_of
from integrations.minor_units import from_minor, to_minor
from integrations.models import DodoPage
from integrations.ports.attempts import ProviderPayment, ProviderStatus
from integrations.ports.checkouts import CheckoutRequest, CheckoutSession, SessionStatus
from integrations.ports.payments import Environment
from integrations.ports.saved_methods import ChargeRequest, MethodGone, SavedMethod, SetupRequest, SetupSession
from integrations.ports.subscriptions import SubscriptionRequest
from integrations.vendor_http import after_effect, path_part

AnyPage = CheckoutRequest | SetupRequest | SubscriptionRequest
NOT_FOUND: Final = 404
DONE: Final = frozenset({ProviderStatus.SUCCEEDED, ProviderStatus.PROCESSING, ProviderStatus.REFUNDED})


class DodoPages:
    """The ports `HostedPages` and `SavedMethods`, and reading one payment."""

    api: DodoApi
    connection_id: UUID
    environment: Environment
    product_id: str
    subscription_product_id: str

    def checkout_create(self, request: CheckoutRequest) -> CheckoutSession:
        page = self._begin(request, units=to_minor(request.money), currency=request.money.currency)
        if not page.session_id:
            cart = {"product_id": self.product_id, "quantity": 1, "amount": page.units}
            self._make(page, request, {"product_cart": [cart], "billing_currency": page.currency})
        return self._session(page, SessionStatus.OPEN)

    def checkout_find(self, idempotency_key: str, *, since: datetime) -> CheckoutSession | None:
        """From the journal. Where the answer was lost, a payment that carries our key tells which page it was."""
        page = DodoPage.objects.filter(connection_id=self.connection_id, key=idempotency_key).first()
        if page is None:
            return None
        if not page.session_id:
            paid = next(self._paid_under(page.key, since=since), None)
            if paid is None or not paid.get("checkout_session_id"):
                return None
            self._name(page, str(paid["checkout_session_id"]), "")
        return self.checkout_fetch(page.session_id)

    def checkout_fetch(self, external_id: str) -> CheckoutSession:
        page = self._page(external_id)
        paid = [each for each in self.checkout_payments(external_id) if each.status in DONE]
        over = SessionStatus.EXPIRED if page.expires_at <= clock.now() else SessionStatus.OPEN
        return self._session(page, SessionStatus.COMPLETE if paid else over)

    def checkout_expire(self, external_id: str) -> CheckoutSession:
        """Dodo cannot close a page: it is told as it stands."""
        return self.checkout_fetch(external_id)

    def checkout_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        page = self._page(external_id)
        told = [self.api.get(f"/payments/{path_part(each['payment_id'])}") for each in self._paid_under(page.key)]
        tried = [each for each in told if each.get("status") not in UNDECIDED]
        attempts = [payment_of(each, environment=self.environment) for each in tried]
        return sorted(attempts, key=lambda attempt: (attempt.created_at, attempt.external_id))

    def payment_fetch(self, external_id: str) -> ProviderPayment:
        return payment_of(self.api.get(f"/payments/{path_part(external_id)}"), environment=self.environment)

    def setup_create(self, request: SetupRequest) -> SetupSession:
        page = self._begin(request, units=None, currency=request.currency)
        if not page.session_id:
            cart = {"product_id": self.subscription_product_id, "quantity": 1}
            on_demand = {"mandate_only": True, "product_currency": request.currency}
            self._make(page, request, {"product_cart": [cart], "subscription_data": {"on_demand": on_demand}})
        return self._setup(page, None)

    def setup_fetch(self, external_id: str) -> SetupSession:
        page = self._page(external_id)
        rows = self.api.listed("/subscriptions", since=page.created_at)
        mine = (each for each in rows if metadata_of(each).get("key") == page.key)
        return self._setup(page, next((each for each in mine if each.get("status") == "active"), None))

    def method_charge(self, request: ChargeRequest) -> ProviderPayment:
        """Looks for our key before it charges: Dodo itself would charge twice."""
        known = self.charge_find(request, since=clock.now())
        if known is not None:
            return known
        body = {
            "product_price": to_minor(request.money),
            "product_currency": request.money.currency,
            "product_description": request.description[:250],
            "metadata": {"reference": request.reference, "key": request.idempotency_key},
        }
        try:
            told = self.api.post(f"/subscriptions/{path_part(request.method.token)}/charge", body)
        except Rejected as error:
            if error.status != NOT_FOUND:
                raise
            raise MethodGone(_("Dodo does not know this method any more."), status=error.status) from error
        with after_effect():
            return self.payment_fetch(str(told["payment_id"]))

    def charge_find(self, request: ChargeRequest, *, since: datetime) -> ProviderPayment | None:
        rows = self._paid_under(request.idempotency_key, since=since, subscription_id=request.method.token)
        found = next(rows, None)
        return self.payment_fetch(str(found["payment_id"])) if found else None

    def method_forget(self, method: SavedMethod) -> None:
        try:
            self.api.patch(f"/subscriptions/{path_part(method.token)}", {"status": "cancelled"})
        except Rejected as error:
            if error.status != NOT_FOUND:
                raise

    def _begin(self, request: AnyPage, *, units: int | None, currency: str) -> DodoPage:
        page, _new = DodoPage.objects.get_or_create(
            connection_id=self.connection_id,
            key=request.idempotency_key,
            defaults={
                "created_at": clock.now(),
                "reference": request.reference,
                "units": units,
                "currency": currency,
                "expires_at": request.expires_at,
            },
        )
        return page

    def _make(self, page: DodoPage, request: AnyPage, what: dict[str, Any], **marks: str) -> None:
        """A page that nobody opened moves no money, so that making another after a lost answer is harmless."""
        body = {
            **what,
            "metadata": {"reference": page.reference, "key": page.key, **marks},
            "return_url": request.success_url,
            "feature_flags": {"allow_currency_selection": False, "allow_discount_code": False},
        }
        if not isinstance(request, SubscriptionRequest):
            body["cancel_url"] = request.cancel_url  # without it the page has no way back
        if request.payer_email:
            body["customer"] = {"email": request.payer_email, "name": request.payer_name or request.payer_email}
        told = self.api.post("/checkouts", body)
        self._name(page, str(told["session_id"]), str(told["checkout_url"]))

    @staticmethod
    def _name(page: DodoPage, session_id: str, url: str) -> None:
        page.session_id, page.url = session_id, url[:2000]
        page.save(update_fields=["session_id", "url"])

    def _page(self, session_id: str) -> DodoPage:
        rows = DodoPage.objects.filter(connection_id=self.connection_id, session_id=session_id)
        page = rows.exclude(session_id="").first()
        if page is None:
            raise Rejected("There is no such page.", status=NOT_FOUND)
        return page

    def _paid_under(self, key: str, *, since: datetime | None = None, **params: str) -> Iterator[dict[str, Any]]:
        begin = since or DodoPage.objects.get(connection_id=self.connection_id, key=key).created_at
        rows = self.api.listed("/payments", since=begin, **params)
        return (each for each in rows if metadata_of(each).get("key") == key)

    def _session(self, page: DodoPage, status: SessionStatus) -> CheckoutSession:
        money = from_minor(page.units or 0, page.currency)
        return CheckoutSession(page.session_id, page.url, status, page.reference, money, page.expires_at)

    def _setup(self, page: DodoPage, subscription: dict[str, Any] | None) -> SetupSession:
        over = SessionStatus.EXPIRED if page.expires_at <= clock.now() else SessionStatus.OPEN
        method = None
        if subscription is not None:
            payer = (subscription.get("customer") or {}).get("customer_id") or ""
            token = str(subscription["subscription_id"])
            method = SavedMethod(token, str(payer), "card", "Dodo Payments")
        status = SessionStatus.COMPLETE if method else over
        return SetupSession(page.session_id, page.url, status, page.reference, page.expires_at, method)
