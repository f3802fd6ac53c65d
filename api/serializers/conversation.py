"""Messages, files and events."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.fields import Files, Labelled, StaffOnly, Text
from api.serializers.people import PersonSerializer
from tickets.models import Attachment, Message, TicketEvent
from tickets.states import Channel, EventKind, MessageKind, Visibility

# What clients may know of an event's data; the rest (priorities, people, digests) is for staff.
PUBLIC_DATA = frozenset({"version", "option", "number", "for", "until"})


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    """A file, and where to fetch it."""

    message = serializers.IntegerField(source="message_id", allow_null=True, read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ["key", "name", "size", "content_type", "sha256", "at", "message", "url"]
        read_only_fields = fields

    @extend_schema_field(serializers.URLField)
    def get_url(self, attachment: Attachment) -> str:
        """The absolute address; it asks for the same right as the request does."""
        return reverse(
            "api:attachment",
            kwargs={"number": self.context["number"], "key": attachment.key},
            request=self.context["request"],
        )


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A message of the conversation."""

    kind = Labelled(MessageKind)
    visibility = Labelled(Visibility)
    channel = Labelled(Channel)
    author = PersonSerializer(read_only=True, allow_null=True)
    side = serializers.SerializerMethodField(help_text="Whose words these are: client, staff or system.")
    attachments = AttachmentSerializer(many=True, read_only=True)

    class Meta:
        model = Message
        fields = ["id", "kind", "visibility", "channel", "author", "side", "body", "at", "attachments"]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "enum": ["client", "staff", "system"]})
    def get_side(self, message: Message) -> str:
        """The system's messages have no author."""
        if message.author is None:
            return "system"
        return "client" if message.author.is_client else "staff"


class NewMessageSerializer(serializers.Serializer[Any]):
    """A message to write."""

    body = Text()
    internal = serializers.BooleanField(default=False, help_text="Staff: a note that clients never see.")
    files = Files()


class EventInternalSerializer(StaffOnly):
    """The parts of an event that staff see."""

    visibility = Labelled(Visibility)
    recorded_at = serializers.DateTimeField(help_text="When it was written down; `at` is when it became true.")
    data = serializers.DictField()  # type: ignore[assignment] # that's what it is called
    hash = serializers.CharField(help_text="Chains this event to the one before.")


class EventSerializer(serializers.ModelSerializer[TicketEvent]):
    """One thing that happened; never changed afterwards."""

    kind = Labelled(EventKind)
    actor = PersonSerializer(read_only=True, allow_null=True)
    message = serializers.IntegerField(source="message_id", allow_null=True, read_only=True)
    details = serializers.SerializerMethodField()
    internal = EventInternalSerializer()

    class Meta:
        model = TicketEvent
        fields = ["seq", "kind", "at", "actor", "message", "details", "internal"]
        read_only_fields = fields

    def get_details(self, event: TicketEvent) -> dict[str, Any]:
        """Versions, numbers and waits."""
        return {name: value for name, value in event.data.items() if name in PUBLIC_DATA}
