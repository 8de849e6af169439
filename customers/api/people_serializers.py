"""People at a customer and notes about it, as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing_assistant.core.api.strict import FlagAsGiven, StrictSerializer, TextAsGiven
from customers.consents import consents_of, may_contact
from customers.models import Consent, Contact, Note
from customers.states import ContactChannel, ContactRole


class ConsentInputSerializer(StrictSerializer):
    """What the person said, by channel; a channel that is left out stays as it is."""

    email = FlagAsGiven()
    sms = FlagAsGiven()
    whatsapp = FlagAsGiven()
    call = FlagAsGiven()


class ConsentSerializer(serializers.Serializer[Any]):
    """What holds for one channel: `may_contact` also where nobody asked, which `allowed: null` says."""

    allowed = serializers.BooleanField(allow_null=True)
    may_contact = serializers.BooleanField()
    set_at = serializers.DateTimeField(allow_null=True)
    set_by = serializers.CharField(allow_null=True)


class ConsentsSerializer(serializers.Serializer[Any]):
    email = ConsentSerializer()
    sms = ConsentSerializer()
    whatsapp = ConsentSerializer()
    call = ConsentSerializer()


class ContactUpdateSerializer(StrictSerializer):
    """A person at the customer. Another e-mail address ends the person's portal access."""

    name = TextAsGiven()
    email = TextAsGiven()
    phone = TextAsGiven(help_text="Kept as digits with the country code: 254722123456.")
    role = TextAsGiven(help_text=", ".join(role.value for role in ContactRole))
    is_primary = FlagAsGiven(help_text="A customer has one first contact; the one before stops being it.")
    consent = ConsentInputSerializer(required=False)


class ContactCreateSerializer(ContactUpdateSerializer):
    name = TextAsGiven(required=True)


class ContactSerializer(serializers.Serializer[Contact]):
    """A person at the customer."""

    id = serializers.UUIDField()
    customer_id = serializers.CharField(source="customer.number")
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    role = serializers.CharField()
    is_primary = serializers.BooleanField()
    portal_access = serializers.SerializerMethodField()
    consent = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(ConsentsSerializer)
    def get_consent(self, contact: Contact) -> dict[str, Any]:
        said = consents_of(contact)
        return {channel.value: _consent_item(contact, channel, said.get(channel)) for channel in ContactChannel}

    def get_portal_access(self, contact: Contact) -> bool:
        return contact.user_id is not None


def _consent_item(contact: Contact, channel: ContactChannel, said: Consent | None) -> dict[str, Any]:
    item = {
        "allowed": said and said.allowed,
        "may_contact": may_contact(contact, channel),
        "set_at": said and said.created_at,
        "set_by": said and said.set_by_label,
    }
    return dict(ConsentSerializer(item).data)


class NoteUpdateSerializer(StrictSerializer):
    text = TextAsGiven()


class NoteCreateSerializer(StrictSerializer):
    text = TextAsGiven(required=True)


class NoteSerializer(serializers.Serializer[Note]):
    """An internal note of staff; clients never see it."""

    id = serializers.UUIDField()
    customer_id = serializers.CharField(source="customer.number")
    text = serializers.CharField()
    author = serializers.CharField(source="author.display_name", allow_null=True, default=None)
    created_at = serializers.DateTimeField()
