"""What the drafting endpoint takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ai_agent.drafting.rules.reader import MAX_LENGTH
from ai_agent.states import SuggestionBasis, SuggestionContext
from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.strict import StrictSerializer


class GenerateIn(StrictSerializer):
    """A request in plain words. `template` is a number or name; "standard" is the one that is used by default."""

    prompt = serializers.CharField(max_length=MAX_LENGTH, trim_whitespace=True)
    template = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    auto_calculate_tax = serializers.BooleanField(required=False, default=True)
    include_previous_context = serializers.BooleanField(required=False, default=True)


class SuggestIn(StrictSerializer):
    """The rhythm that is wanted, and what the suggestions are read from."""

    context = serializers.ChoiceField(  # type: ignore[assignment]  # the document calls it so
        choices=list(SuggestionContext), required=False, default="monthly"
    )
    based_on = serializers.ChoiceField(choices=list(SuggestionBasis), required=False, default="previous_invoices")


class SuggestedLineOut(serializers.Serializer[Any]):
    description = serializers.CharField()
    quantity = ExactNumberField()
    unit = serializers.CharField()
    rate = ExactNumberField()
    amount = MoneyField()
    tax_category = serializers.CharField()
    tax_rate = ExactNumberField()


class SuggestionOut(serializers.Serializer[Any]):
    """An invoice that could be made. `estimated_total` has the tax in it; `items` can be sent to the draft endpoint."""

    confidence = serializers.DecimalField(max_digits=3, decimal_places=2)
    description = serializers.CharField()
    items = SuggestedLineOut(many=True)
    currency = serializers.CharField()
    estimated_total = MoneyField()
    reasoning = serializers.CharField()
    next_date = serializers.DateField(allow_null=True)


class SuggestionsOut(serializers.Serializer[Any]):
    suggestions = SuggestionOut(many=True)


class GeneratedOut(serializers.Serializer[Any]):
    """A stored draft and what the drafting said of it."""

    draft_id = serializers.CharField()
    id = serializers.UUIDField()
    status = serializers.CharField()
    invoice_data = serializers.DictField()
    ai_confidence = serializers.DecimalField(max_digits=4, decimal_places=2)
    ai_model = serializers.CharField()
    needs_input = serializers.ListField(child=serializers.CharField())
    flags = serializers.ListField(child=serializers.CharField())
    suggestions = serializers.ListField(child=serializers.CharField())
