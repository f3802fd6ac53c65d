"""The service catalogue."""

from __future__ import annotations

from rest_framework import serializers

from api.fields import InEveryLanguage, Labelled, StaffOnly
from api.serializers.people import TeamSerializer
from tickets.models import FieldKind, Service, ServiceClass, ServiceField, ServiceFieldChoice, ServiceStatus
from tickets.states import Complexity, Impact, TicketType, Urgency


class ChoiceSerializer(serializers.ModelSerializer[ServiceFieldChoice]):
    """One of the answers to choose from."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment] # that's what it is called
    labels = InEveryLanguage(source="label", read_only=True)

    class Meta:
        model = ServiceFieldChoice
        fields = ["value", "label", "labels"]


class QuestionSerializer(serializers.ModelSerializer[ServiceField]):
    """A question that only this service asks; its answer goes to `answers` under `key`."""

    kind = Labelled(FieldKind)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment] # that's what it is called
    labels = InEveryLanguage(source="label", read_only=True)
    help = serializers.CharField(read_only=True)
    helps = InEveryLanguage(source="help", read_only=True)
    choices = ChoiceSerializer(many=True, read_only=True)

    class Meta:
        model = ServiceField
        fields = ["key", "kind", "label", "labels", "help", "helps", "required", "choices"]


class ServiceShortSerializer(serializers.ModelSerializer[Service]):
    """A service, by key and name."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Service
        fields = ["slug", "name"]


class ServiceInternalSerializer(StaffOnly):
    """How requests for a service are handled."""

    status = Labelled(ServiceStatus)
    team = TeamSerializer(read_only=True, allow_null=True)
    type = Labelled(TicketType)
    complexity = Labelled(Complexity)
    default_impact = Labelled(Impact)
    default_urgency = Labelled(Urgency)
    is_technical = serializers.BooleanField()
    needs_deliverable = serializers.BooleanField()
    needs_verification = serializers.BooleanField()


class ServiceSerializer(serializers.ModelSerializer[Service]):
    """A service, with what it asks."""

    name = serializers.CharField(read_only=True)
    names = InEveryLanguage(source="name", read_only=True)
    description = serializers.CharField(read_only=True)
    descriptions = InEveryLanguage(source="description", read_only=True)
    service_class = Labelled(ServiceClass)
    questions = QuestionSerializer(source="fields", many=True, read_only=True)
    internal = ServiceInternalSerializer()

    class Meta:
        model = Service
        fields = [
            "slug",
            "name",
            "names",
            "description",
            "descriptions",
            "icon",
            "service_class",
            "asks_object",
            "asks_began",
            "asks_impact",
            "asks_background",
            "asks_wanted_by",
            "needs_plan",
            "reopen_days",
            "questions",
            "internal",
        ]
        read_only_fields = fields
