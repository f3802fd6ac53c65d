"""Which target a request would get and why, and what the targets of a version leave open (SLA-33)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Tier
from api.fields import Labelled, RequestField, ServiceField
from sla.models import ClockKind
from sla.services.coverage import OTHER_PLAIN, OTHER_TECHNICAL
from tickets.states import Complexity, Priority, TicketType

CRITERIA = ("type", "service", "technical", "priority", "tier", "complexity")


class AskSelectionSerializer(serializers.Serializer[Any]):
    """A request there is, or one as it might be: then all of the others are needed."""

    request = RequestField(required=False)
    type = serializers.ChoiceField(choices=TicketType.choices, required=False)
    service = ServiceField(required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    tier = serializers.ChoiceField(choices=Tier.choices, required=False)
    complexity = serializers.ChoiceField(choices=Complexity.choices, required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Enough is said."""
        missing = [name for name in ("type", "service", "priority", "tier", "complexity") if name not in given]
        if "request" not in given and missing:
            said = _("Please say all of it, or name a request.")
            raise serializers.ValidationError(dict.fromkeys(missing, said))
        return given


class ConsideredSerializer(serializers.Serializer[Any]):
    """A target that was looked at: chosen, applying but beaten, or not applying."""

    number = serializers.IntegerField(help_text="Its place in the version.")
    seconds = serializers.IntegerField(source="row.target.seconds")
    is_chosen = serializers.BooleanField(source="row.is_chosen")
    applies = serializers.SerializerMethodField()
    misses = serializers.ListField(
        source="row.misses", child=serializers.ChoiceField(choices=CRITERIA), help_text="What it asks for in vain."
    )
    specificity = serializers.IntegerField(source="row.specificity", help_text="How many criteria it names.")

    def get_applies(self, found: Any) -> bool:
        """Whether the request meets all that it names."""
        return not found["row"].misses


class SelectionSerializer(serializers.Serializer[Any]):
    """The targets of one kind of clock, the chosen one first."""

    kind = Labelled(ClockKind)
    chosen = serializers.IntegerField(allow_null=True, help_text="Null: nothing is promised.")
    considered = ConsideredSerializer(many=True)


class RegionSerializer(serializers.Serializer[Any]):
    """Requests, by the values that they have; what is left out may have any value. All lists empty: every request."""

    type = serializers.ListField(child=serializers.CharField())
    service = serializers.ListField(child=serializers.CharField(), help_text="Keys of services.")
    other_services = serializers.ListField(
        child=serializers.ChoiceField(choices=[OTHER_TECHNICAL, OTHER_PLAIN]),
        help_text="Services that no target names, technical ones or not.",
    )
    priority = serializers.ListField(child=serializers.IntegerField())
    tier = serializers.ListField(child=serializers.CharField())
    complexity = serializers.ListField(child=serializers.CharField())


class GapSerializer(serializers.Serializer[Any]):
    """Requests that get no target of a kind."""

    kind = Labelled(ClockKind)
    region = RegionSerializer()


class OverlapSerializer(serializers.Serializer[Any]):
    """Two targets that are equally specific for some request; there the first decides, by its place."""

    first = serializers.IntegerField()
    second = serializers.IntegerField()


class ShadowedSerializer(serializers.Serializer[Any]):
    """A target that decides for no request: where it applies, those of `by` do; without any it applies nowhere."""

    target = serializers.IntegerField()
    by = serializers.ListField(child=serializers.IntegerField())


class CoverageSerializer(serializers.Serializer[Any]):
    """What the targets of a version leave open, decide twice, or never decide; numbers are places in the version."""

    gaps = GapSerializer(many=True)
    overlaps = OverlapSerializer(many=True)
    shadowed = ShadowedSerializer(many=True)
