"""What-ifs: the question, its answer, and what would have come out otherwise (SLA-62)."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organisation
from api.fields import Labelled, Text
from api.paging import MAX_ID
from api.serializers.agreement_terms import PromiseSerializer
from api.serializers.agreements import AgreementVersionRefSerializer
from api.serializers.clocks import ReadingSerializer
from api.serializers.levels import TargetUseSerializer
from api.serializers.people import PersonSerializer
from api.serializers.replays import JobSerializer
from sla.models import ClockKind, WhatIf, WhatIfFlip
from sla.services import tallies
from sla.services.terms import MOST_PROMISES

MOST_CLIENTS = 1000


class Came(TextChoices):
    """How a cycle came out, or would have."""

    MET = tallies.MET, _("Met")
    MISSED = tallies.MISSED, _("Missed")
    VOID = tallies.VOID, _("Void")
    OPEN = tallies.OPEN, _("Still running")
    NONE = tallies.NONE, _("No clock")


class CalendarVersionRefSerializer(serializers.Serializer[Any]):
    """A version of a calendar."""

    calendar = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    number = serializers.IntegerField(min_value=1, max_value=MAX_ID)


class AskWhatIfSerializer(serializers.Serializer[Any]):
    """What is assumed: a version of an agreement (draft or not), if you like with other promises, of a calendar, or
    both; and over which requests."""

    name = Text()
    since = serializers.DateTimeField(help_text="Requests received from then on …")
    until = serializers.DateTimeField(help_text="… until before then; at most three years.")
    clients = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID),
        default=list,
        max_length=MOST_CLIENTS,
        help_text="Ids of clients; none means all. An agreement of one client is about that one.",
    )
    agreement = AgreementVersionRefSerializer(required=False)
    promises = PromiseSerializer(  # type: ignore[call-arg] # it goes to the list
        many=True, required=False, max_length=MOST_PROMISES, help_text="In place of those of the agreement's version."
    )
    calendar = CalendarVersionRefSerializer(required=False)

    def validate_clients(self, clients: list[int]) -> list[int]:
        """They exist."""
        wanted = set(clients)
        if Organisation.objects.filter(pk__in=wanted).count() < len(wanted):
            raise serializers.ValidationError(_("There is none with this id."))
        return sorted(wanted)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Promises stand in the place of others."""
        if "promises" in given and "agreement" not in given:
            said = _("Please say of which agreement they would be the targets.")
            raise serializers.ValidationError({"agreement": [said]})
        return given


class AssumedAgreementSerializer(serializers.Serializer[Any]):
    """An agreement that was assumed."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    number = serializers.IntegerField(source="version")
    is_changed = serializers.BooleanField(default=False, help_text="Whether other promises stood in their place.")


class AssumedCalendarSerializer(serializers.Serializer[Any]):
    """A calendar that was assumed."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    number = serializers.IntegerField(source="version")


class WhatIfRowSerializer(serializers.ModelSerializer[WhatIf]):
    """A question in a list."""

    by = PersonSerializer(read_only=True)
    clients = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    agreement = serializers.SerializerMethodField()
    calendars = serializers.SerializerMethodField()
    job = JobSerializer(read_only=True)

    class Meta:
        model = WhatIf
        fields = ["id", "name", "by", "at", "since", "until", "clients", "agreement", "calendars", "job"]
        read_only_fields = fields

    @extend_schema_field(AssumedAgreementSerializer(allow_null=True))
    def get_agreement(self, asked: WhatIf) -> dict[str, Any] | None:
        """As it was called when the question was asked."""
        found = asked.assumption.get("agreement")
        return dict(AssumedAgreementSerializer(found).data) if found else None

    @extend_schema_field(AssumedCalendarSerializer(many=True))
    def get_calendars(self, asked: WhatIf) -> list[Any]:
        """Likewise."""
        rows = [{**row, "id": int(pk)} for pk, row in asked.assumption.get("calendars", {}).items()]
        return list(AssumedCalendarSerializer(rows, many=True).data)


class SideSerializer(serializers.Serializer[Any]):
    """Cycles by how they came out, or would have."""

    met = serializers.IntegerField()
    missed = serializers.IntegerField()
    void = serializers.IntegerField()
    open = serializers.IntegerField()
    none = serializers.IntegerField(help_text="No clock ran, or would have.")
    share = serializers.FloatField(allow_null=True, help_text="Met of met and missed, 0 to 1; null without any.")


class StepsSerializer(serializers.Serializer[Any]):
    """What was recorded and told on the way, or would have been."""

    warn = serializers.IntegerField()
    breach = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Escalations after the breach.")


class TimesSerializer(serializers.Serializer[Any]):
    """How many cycles took how long."""

    up_to = serializers.IntegerField(allow_null=True, help_text="Seconds of working time; null: longer than all.")
    then = serializers.IntegerField()
    now = serializers.IntegerField()


class ChangedSerializer(serializers.Serializer[Any]):
    """How many cycles would have come out otherwise."""

    then = Labelled(Came)
    now = Labelled(Came)
    cycles = serializers.IntegerField()


class AnsweredKindSerializer(serializers.Serializer[Any]):
    """One kind of clock, then and now: `then` is as it was, `now` as it would have been."""

    kind = Labelled(ClockKind)
    then = SideSerializer()
    now = SideSerializer()
    changed = ChangedSerializer(many=True)
    then_steps = StepsSerializer()
    now_steps = StepsSerializer()
    times = TimesSerializer(many=True, help_text="Classes without any cycle are left out.")
    then_targets = TargetUseSerializer(many=True)
    now_targets = TargetUseSerializer(many=True)


class AnsweredTargetSerializer(serializers.Serializer[Any]):
    """The cycles that would have run under one target."""

    number = serializers.IntegerField(allow_null=True, help_text="Its place among the assumed promises, from 1.")
    target = serializers.IntegerField(
        allow_null=True, help_text="Where a calendar was assumed: the id of the target as it is. Both null: the rest."
    )
    then = SideSerializer()
    now = SideSerializer()


class AnswerSerializer(serializers.Serializer[Any]):
    """Compliance then and now."""

    requests = serializers.IntegerField(help_text="How many were replayed.")
    kinds = AnsweredKindSerializer(many=True)
    targets = AnsweredTargetSerializer(many=True)


class WhatIfSerializer(WhatIfRowSerializer):
    """A question and, once the work is done, its answer."""

    promises = serializers.SerializerMethodField(help_text="The assumed ones, in order; of ladders only the points.")
    answer = serializers.SerializerMethodField()

    class Meta(WhatIfRowSerializer.Meta):
        fields = [*WhatIfRowSerializer.Meta.fields, "promises", "answer"]
        read_only_fields = fields

    @extend_schema_field(PromiseSerializer(many=True))
    def get_promises(self, asked: WhatIf) -> list[Any]:
        """Given by the view, since it names services."""
        return list(PromiseSerializer(self.context["promises"], many=True).data)

    @extend_schema_field(AnswerSerializer(allow_null=True))
    def get_answer(self, asked: WhatIf) -> dict[str, Any] | None:
        """Given by the view; null until the work is done."""
        found = self.context["answer"]
        return dict(AnswerSerializer(found).data) if found is not None else None


class FlipSerializer(serializers.ModelSerializer[WhatIfFlip]):
    """A cycle that would have come out otherwise."""

    request = serializers.CharField(source="ticket.number", read_only=True)
    kind = Labelled(ClockKind)
    then = Labelled(Came)
    now = Labelled(Came)
    then_counted_seconds = serializers.FloatField(source="then_counted", read_only=True, allow_null=True)
    now_counted_seconds = serializers.FloatField(source="now_counted", read_only=True, allow_null=True)

    class Meta:
        model = WhatIfFlip
        fields = [
            "id",
            "request",
            "kind",
            "cycle",
            "then",
            "now",
            "then_due_at",
            "now_due_at",
            "then_counted_seconds",
            "now_counted_seconds",
        ]
        read_only_fields = fields


class FlipExplainedSerializer(FlipSerializer):
    """The same with its two ledgers: as it was, and as it would have been."""

    then_reading = serializers.SerializerMethodField()
    now_reading = serializers.SerializerMethodField()

    class Meta(FlipSerializer.Meta):
        fields = [*FlipSerializer.Meta.fields, "then_reading", "now_reading"]
        read_only_fields = fields

    @extend_schema_field(ReadingSerializer(allow_null=True))
    def get_then_reading(self, flip: WhatIfFlip) -> dict[str, Any] | None:
        """Null where no clock ran."""
        return self._reading(0)

    @extend_schema_field(ReadingSerializer(allow_null=True))
    def get_now_reading(self, flip: WhatIfFlip) -> dict[str, Any] | None:
        """Null where no clock would have run."""
        return self._reading(1)

    def _reading(self, side: int) -> dict[str, Any] | None:
        found = self.context["readings"][side]
        return dict(ReadingSerializer(found).data) if found is not None else None
