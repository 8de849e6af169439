"""The endpoint that makes one customer of two."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.strict import StrictSerializer, TextAsGiven, WordsAsGiven
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from customers import selectors
from customers.api import serializers as shown
from customers.api.people import OfCustomer
from customers.services.merging import PARTS, customers_merge
from customers.services.values import BadValue, Place, tags


class MergeSerializer(StrictSerializer):
    """Which customer is merged into the one in the address."""

    customer_id = TextAsGiven(required=True, help_text="Number or UUID of the customer that ends.")
    take = WordsAsGiven(help_text=f"What comes from that customer, where both have it: {', '.join(PARTS)}.")


class CustomerMergeView(OfCustomer):
    """Two entries of one customer become one."""

    rights = {"POST": Right.CUSTOMERS_MERGE}
    request_bodies = {"POST": MergeSerializer}
    answers = {"POST": shown.CustomerSerializer}

    def post(self, request: Request, customer_ref: str) -> Response:
        """Moves everything of another customer here and answers with the kept one. It cannot be undone; the other's
        number leads here from then on."""
        kept = self.customer(customer_ref)
        body = self.parse(MergeSerializer)
        try:
            take = tags(body.get("take") or [], Place("", ""))
        except BadValue as error:
            raise ValidationFailed({"take": [str(error)]}) from error
        other = self.customer(str(body["customer_id"]))
        merged = customers_merge(keep_id=kept.pk, merge_id=other.pk, take=take, actor=self.actor, now=self.now)
        item = shown.customer_item(merged, selectors.account_of(merged), self.actor)
        return Response(shown.CustomerSerializer(item).data)
