"""Requests: as rows, and as a whole."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Tier
from api import reading
from api.errors import BlockerSerializer
from api.fields import Answers, Files, Labelled, ServiceField, StaffOnly, Text, client_contact, viewer
from api.serializers.catalogue import ServiceShortSerializer
from api.serializers.clocks import ClockSerializer
from api.serializers.conversation import AttachmentSerializer
from api.serializers.people import (
    ClientSerializer,
    ContactSerializer,
    OrganisationSerializer,
    PersonSerializer,
    TeamSerializer,
)
from api.shown import all_shown, shown
from sla.models import ClockKind
from tickets.acts import Act, offers_for
from tickets.models import Delivery, Plan, PlanOption, Task, Ticket
from tickets.states import (
    Channel,
    Complexity,
    DeliveryOutcome,
    Impact,
    PlanState,
    Priority,
    Risk,
    State,
    TicketType,
    Turn,
    Urgency,
    Wait,
)


class RowInternalSerializer(StaffOnly):
    """What staff see of a request in a list."""

    last_line = serializers.CharField(help_text="The beginning of the newest message, notes included.")
    complexity = Labelled(Complexity)
    tier = Labelled(Tier, source="organisation.tier")
    due_soon_at = serializers.DateTimeField(allow_null=True)
    priority_overridden = serializers.BooleanField()


class RequestRowSerializer(serializers.ModelSerializer[Ticket]):
    """A request in a list."""

    service = ServiceShortSerializer(read_only=True)
    type = Labelled(TicketType)
    state = Labelled(State)
    wait = Labelled(Wait, allow_null=True, help_text="What it waits for; null when it doesn't.")
    turn = Labelled(Turn)
    priority = Labelled(Priority)
    impact = Labelled(Impact)
    urgency = Labelled(Urgency)
    channel = Labelled(Channel)
    organisation = OrganisationSerializer(read_only=True)
    requester = PersonSerializer(read_only=True)
    assignee = PersonSerializer(read_only=True, allow_null=True)
    team = TeamSerializer(read_only=True, allow_null=True)
    due_kind = Labelled(ClockKind, allow_null=True, help_text="What is due next.")
    is_late = serializers.SerializerMethodField()
    last_line = serializers.CharField(source="last_line_public", read_only=True)
    internal = RowInternalSerializer()

    class Meta:
        model = Ticket
        fields = [
            "number",
            "subject",
            "service",
            "type",
            "state",
            "wait",
            "wait_until",
            "turn",
            "priority",
            "impact",
            "urgency",
            "channel",
            "organisation",
            "requester",
            "assignee",
            "team",
            "received_at",
            "changed_at",
            "closed_at",
            "due_at",
            "due_kind",
            "is_late",
            "last_line",
            "internal",
        ]
        read_only_fields = fields

    def get_is_late(self, ticket: Ticket) -> bool:
        """Whether a target of an open request has run out."""
        return ticket.is_open and ticket.due_at is not None and ticket.due_at < self.context["at"]


# What a row is read from: the long texts stay in the database.
ROW_FIELDS = (
    *("number", "subject", "type", "state", "wait", "wait_until", "turn", "priority", "priority_overridden"),
    *("impact", "urgency", "complexity", "channel", "received_at", "changed_at", "closed_at", "due_at", "due_soon_at"),
    *("due_kind", "last_line", "last_line_public"),
    *("service__slug", "service__name", "organisation__name", "organisation__tier", "requester__name"),
    *("assignee__name", "team__name"),
)


class OptionInputSerializer(serializers.Serializer[Any]):
    """One way to do it, to write down."""

    title = Text()
    steps = Text()
    effect = Text(default="")
    resources = Text(default="")
    duration = Text(default="")
    risk = serializers.ChoiceField(choices=Risk.choices, default=Risk.LOW)
    risk_note = Text(default="")


class OptionSerializer(serializers.ModelSerializer[PlanOption]):
    """One way to do it."""

    risk = Labelled(Risk)

    class Meta:
        model = PlanOption
        fields = ["position", "title", "steps", "effect", "resources", "duration", "risk", "risk_note"]
        read_only_fields = fields


class PlanInternalSerializer(StaffOnly):
    """Who wrote and reviewed a plan."""

    author = PersonSerializer()
    reviewer = PersonSerializer(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """The newest version of the plan that the person may see."""

    state = Labelled(PlanState)
    options = OptionSerializer(many=True, read_only=True)
    chosen = serializers.IntegerField(source="chosen.position", allow_null=True, default=None, read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True)
    internal = PlanInternalSerializer()

    class Meta:
        model = Plan
        fields = ["version", "state", "options", "chosen", "proposed_at", "decided_by", "decided_at", "internal"]
        read_only_fields = fields


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A handing-over, and what the client said to it."""

    outcome = Labelled(DeliveryOutcome)
    summary = serializers.CharField(source="message.body", read_only=True)
    message = serializers.IntegerField(source="message_id", read_only=True)
    delivered_by = PersonSerializer(read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Delivery
        fields = [
            "number",
            "summary",
            "message",
            "delivered_by",
            "delivered_at",
            "outcome",
            "decided_by",
            "decided_at",
        ]
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer[Task]):
    """A piece of the work."""

    owner = PersonSerializer(read_only=True, allow_null=True)
    done_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Task
        fields = ["id", "title", "owner", "due_at", "created_at", "done_at", "done_by"]
        read_only_fields = fields


class OfferSerializer(serializers.Serializer[Any]):
    """An act that concerns the person now; it is done at `acts/<act>/`."""

    act = serializers.ChoiceField(choices=[act.value for act in Act])
    label = serializers.CharField(source="rule.label")  # type: ignore[assignment]
    possible = serializers.BooleanField(source="is_possible")
    blockers = BlockerSerializer(many=True)


class DetailInternalSerializer(RowInternalSerializer):
    """What staff see of a request."""

    requester = ContactSerializer()
    organisation = ClientSerializer()
    created_by = PersonSerializer()
    is_verified = serializers.BooleanField()
    reopen_count = serializers.IntegerField()
    rework_count = serializers.IntegerField()
    tasks = serializers.SerializerMethodField()

    @extend_schema_field(TaskSerializer(many=True))
    def get_tasks(self, ticket: Ticket) -> list[Any]:
        """All of them, in the order they were added."""
        return all_shown(TaskSerializer, ticket.tasks.all())


class RequestSerializer(RequestRowSerializer):
    """A request as a whole."""

    merged_into = serializers.CharField(source="merged_into.number", allow_null=True, default=None, read_only=True)
    attachments = serializers.SerializerMethodField()
    clocks = serializers.SerializerMethodField()
    plan = serializers.SerializerMethodField()
    delivery = serializers.SerializerMethodField(help_text="The newest one.")
    offers = serializers.SerializerMethodField(help_text="What the person can do, and what blocks the rest.")
    internal = DetailInternalSerializer()

    class Meta(RequestRowSerializer.Meta):
        fields = [
            *RequestRowSerializer.Meta.fields[:-1],
            "description",
            "service_object",
            "began_at",
            "affected",
            "background",
            "wanted_by",
            "answers",
            "merged_into",
            "attachments",
            "clocks",
            "plan",
            "delivery",
            "offers",
            "internal",
        ]
        read_only_fields = fields

    @extend_schema_field(AttachmentSerializer(many=True))
    def get_attachments(self, ticket: Ticket) -> list[Any]:
        """All files the person may see, those of messages included."""
        context = {**self.context, "number": ticket.number}
        return all_shown(AttachmentSerializer, reading.files_of(ticket, self._viewer), context)

    @extend_schema_field(ClockSerializer(many=True))
    def get_clocks(self, ticket: Ticket) -> list[Any]:
        """All but superseded ones."""
        return all_shown(ClockSerializer, reading.clocks_shown(ticket, self._viewer), self.context)

    @extend_schema_field(PlanSerializer(allow_null=True))
    def get_plan(self, ticket: Ticket) -> dict[str, Any] | None:
        """The newest the person may see."""
        plan = reading.plan_for(ticket, self._viewer)
        return shown(PlanSerializer, plan, self.context) if plan else None

    @extend_schema_field(DeliverySerializer(allow_null=True))
    def get_delivery(self, ticket: Ticket) -> dict[str, Any] | None:
        """The newest."""
        delivery = reading.delivery_of(ticket)
        return shown(DeliverySerializer, delivery) if delivery else None

    @extend_schema_field(OfferSerializer(many=True))
    def get_offers(self, ticket: Ticket) -> list[Any]:
        """In the order of the process."""
        return all_shown(OfferSerializer, offers_for(ticket, self._viewer))

    @property
    def _viewer(self) -> Any:
        return viewer(self.context)


class NewRequestSerializer(serializers.Serializer[Any]):
    """A request to submit."""

    service = ServiceField()
    subject = Text()
    description = Text()
    requester = client_contact(required=False, help_text="Staff: the contact it is submitted for.")
    service_object = Text(default="", help_text="The system or device.")
    began_at = serializers.DateTimeField(required=False, allow_null=True)
    affected = Text(default="")
    background = Text(default="")
    wanted_by = serializers.DateTimeField(required=False, allow_null=True)
    impact = serializers.ChoiceField(choices=Impact.choices, required=False, allow_null=True)
    urgency = serializers.ChoiceField(choices=Urgency.choices, required=False, allow_null=True)
    answers = Answers(required=False)
    files = Files()
