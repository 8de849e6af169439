"""The endpoint about one customer: it reads from every floor."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from billing_assistant.shell.api.serializers import CustomerDetailSerializer, detail_item
from customers.api.serializers import CustomerUpdateSerializer, as_in_body, service_data
from customers.models import Customer
from customers.selectors import customer_get
from customers.services.customers import customer_update


class CustomerView(ApiView):
    """One customer, by UUID or by number."""

    rights = {"GET": Right.CUSTOMERS_VIEW, "PUT": Right.CUSTOMERS_EDIT, "PATCH": Right.CUSTOMERS_EDIT}
    request_bodies = {"PUT": CustomerUpdateSerializer, "PATCH": CustomerUpdateSerializer}
    answers = dict.fromkeys(("GET", "PUT", "PATCH"), CustomerDetailSerializer)

    def get(self, request: Request, ref: str) -> Response:
        """The customer with its figures and its latest invoices and payments."""
        return self._answer(self._customer(ref))

    def put(self, request: Request, ref: str) -> Response:
        """Changes the fields that are given and leaves the others."""
        return self._change(ref)

    def patch(self, request: Request, ref: str) -> Response:
        """The same as PUT."""
        return self._change(ref)

    def _customer(self, ref: str) -> Customer:
        found = as_uuid(ref)
        return customer_get(self.actor, found) if found else customer_get(self.actor, ref, profile_id=self.profile_id)

    def _change(self, ref: str) -> Response:
        customer = self._customer(ref)
        body = self.parse(CustomerUpdateSerializer)
        try:
            changed = customer_update(
                customer_id=customer.pk, changes=service_data(body), actor=self.actor, now=self.now
            )
        except ValidationFailed as error:
            raise as_in_body(error, body) from error
        return self._answer(changed)

    def _answer(self, customer: Customer) -> Response:
        item = detail_item(self.actor, customer, local_today(customer.profile, self.now))
        return Response(CustomerDetailSerializer(item).data)
