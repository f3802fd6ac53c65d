"""What each act takes; names and values are those of its function in `tickets.services`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import Files, RequestField, ServiceField, Text, staff_member, team
from api.paging import MAX_ID
from api.serializers.requests import OptionInputSerializer
from tickets.services import Option
from tickets.states import Complexity, Impact, Priority, TicketType, Urgency, Wait


def _id() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=MAX_ID)


class NothingSerializer(serializers.Serializer[Any]):
    """Nothing needs to be said."""


class ReplySerializer(serializers.Serializer[Any]):
    """A message, with files if you like."""

    body = Text()
    files = Files()


class NoteSerializer(ReplySerializer):
    """A note that clients never see."""


class CallSerializer(serializers.Serializer[Any]):
    """What was said on the phone."""

    body = Text()


class ClassifySerializer(serializers.Serializer[Any]):
    """What the matter is; what is left out stays."""

    type = serializers.ChoiceField(choices=TicketType.choices, required=False)
    service = ServiceField(required=False)
    impact = serializers.ChoiceField(choices=Impact.choices, required=False)
    urgency = serializers.ChoiceField(choices=Urgency.choices, required=False)
    complexity = serializers.ChoiceField(choices=Complexity.choices, required=False)


class PrioritySerializer(serializers.Serializer[Any]):
    """A priority other than the matrix gives, and why."""

    priority = serializers.ChoiceField(choices=Priority.choices)
    reason = Text()


class AssignSerializer(serializers.Serializer[Any]):
    """Who is responsible: a member of staff or nobody; with a team, it is handed over."""

    assignee = staff_member(allow_null=True)
    team = team(required=False)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = Text()


class MaybeReasonSerializer(serializers.Serializer[Any]):
    """Why, if you like."""

    reason = Text(default="")


class OptionsMixin:
    """Turns written-down options into the domain's."""

    def validate_options(self, options: list[dict[str, Any]]) -> list[Option]:
        """In the order given."""
        return [Option(**option) for option in options]


class DraftPlanSerializer(OptionsMixin, serializers.Serializer[Any]):
    """One to three ways to do it."""

    options = OptionInputSerializer(many=True)


class ProposePlanSerializer(OptionsMixin, serializers.Serializer[Any]):
    """The draft, or options written down and proposed at once."""

    options = OptionInputSerializer(many=True, required=False)
    message = Text(default="")


class ConfirmPlanSerializer(serializers.Serializer[Any]):
    """The option the client chose, of the version they saw."""

    version = _id()
    option = serializers.IntegerField(min_value=1, help_text="Its position in the plan.")


class ReturnPlanSerializer(serializers.Serializer[Any]):
    """What is not right about the version the client saw."""

    version = _id()
    comment = Text()


class AddTaskSerializer(serializers.Serializer[Any]):
    """A piece of the work."""

    title = Text()
    owner = staff_member(required=False, allow_null=True)
    due_at = serializers.DateTimeField(required=False, allow_null=True)


class TaskRefSerializer(serializers.Serializer[Any]):
    """Which task."""

    task = _id()


class DeliverSerializer(serializers.Serializer[Any]):
    """The work, summed up."""

    summary = Text()
    self_checked = serializers.BooleanField(default=False, help_text="You have checked the work yourself.")
    files = Files()


class AcceptSerializer(serializers.Serializer[Any]):
    """The delivery the client saw."""

    delivery = _id()
    comment = Text(default="")


class RejectSerializer(serializers.Serializer[Any]):
    """The delivery the client saw, and what is missing."""

    delivery = _id()
    reason = Text()


class MergeSerializer(serializers.Serializer[Any]):
    """The number of the request that goes on."""

    into = RequestField()


class WaitSerializer(serializers.Serializer[Any]):
    """What the request waits for, and until when if for a date."""

    wait_for = serializers.ChoiceField(choices=[(wait, wait.label) for wait in Wait if wait])
    until = serializers.DateTimeField(required=False, allow_null=True)
