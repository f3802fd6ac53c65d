"""Agreements: what a draft says, as one document; what a version promises; comments, files, signatures (R-045)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.models import Organisation, Tier
from api.fields import Files, Labelled, StaffOnly, Text
from api.serializers.agreement_terms import WAITS, row_id
from api.serializers.calendars import CalendarSummarySerializer
from api.serializers.catalogue import ServiceShortSerializer
from api.serializers.people import OrganisationSerializer, PersonSerializer, TeamSerializer
from sla.models import (
    Agreement,
    AgreementComment,
    AgreementDeed,
    AgreementEntry,
    AgreementFile,
    AgreementState,
    AgreementVersion,
    Audience,
    ClockKind,
    EscalationStep,
    Target,
)
from tickets.states import Complexity, Priority, TicketType

# --- what acts take ---------------------------------------------------------------------------------


class AgreementVersionRefSerializer(serializers.Serializer[Any]):
    """A version of an agreement."""

    agreement = row_id()
    number = row_id()


class NewAgreementSerializer(serializers.Serializer[Any]):
    """An agreement to begin; its first draft promises what another version promises, or nothing."""

    name = Text()
    organisation = serializers.PrimaryKeyRelatedField(
        queryset=Organisation.objects.filter(is_active=True), allow_null=True, help_text="Null: the default agreement."
    )
    like = AgreementVersionRefSerializer(required=False)


class CommentInputSerializer(serializers.Serializer[Any]):
    """What you have to say."""

    body = Text()


class SignatureSerializer(serializers.Serializer[Any]):
    """The name that stands for the signature, and the revision of the terms that were read."""

    name = Text()
    revision = row_id()


class InForceSerializer(serializers.Serializer[Any]):
    """With a revision, only if nobody saved since."""

    revision = row_id(required=False)


class EndSerializer(serializers.Serializer[Any]):
    """When it ends; at once where nothing is said."""

    when = serializers.DateTimeField(required=False, allow_null=True)


class FilesInputSerializer(serializers.Serializer[Any]):
    """Contract files (multipart)."""

    files = Files(required=True, allow_empty=False)


# --- what is read -----------------------------------------------------------------------------------


class StepSerializer(serializers.ModelSerializer[EscalationStep]):
    """A step of a ladder, in words."""

    tell = serializers.ListField(child=serializers.ChoiceField(choices=Audience.choices))
    raise_to = Labelled(Priority, allow_null=True)
    give_to = TeamSerializer(read_only=True, allow_null=True)

    class Meta:
        model = EscalationStep
        fields = ["point", "tell", "raise_to", "give_to"]
        read_only_fields = fields


class TargetInternalSerializer(StaffOnly):
    """What happens on the way to a target."""

    ladder = StepSerializer(many=True)


class TargetSerializer(serializers.ModelSerializer[Target]):
    """A target of a version, with labels; what it does not name is null."""

    number = serializers.IntegerField(source="position", read_only=True)
    kind = Labelled(ClockKind)
    calendar = CalendarSummarySerializer(read_only=True)
    type = Labelled(TicketType, allow_null=True)
    service = ServiceShortSerializer(read_only=True, allow_null=True)
    priority = Labelled(Priority, allow_null=True)
    tier = Labelled(Tier, allow_null=True)
    complexity = Labelled(Complexity, allow_null=True)
    pauses = serializers.ListField(child=serializers.ChoiceField(choices=WAITS))
    internal = TargetInternalSerializer()

    class Meta:
        model = Target
        fields = [
            "number",
            "kind",
            "seconds",
            "calendar",
            "type",
            "service",
            "technical_only",
            "priority",
            "tier",
            "complexity",
            "pauses",
            "internal",
        ]
        read_only_fields = fields


class EntrySerializer(serializers.ModelSerializer[AgreementEntry]):
    """A line of a version's record."""

    deed = Labelled(AgreementDeed)
    actor = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = AgreementEntry
        fields = ["deed", "actor", "at", "revision", "name", "on_paper", "terms_sha256"]
        read_only_fields = fields


class SignedSerializer(serializers.ModelSerializer[AgreementEntry]):
    """Who signed which terms."""

    class Meta:
        model = AgreementEntry
        fields = ["name", "at", "on_paper", "revision", "terms_sha256"]
        read_only_fields = fields


class ContractFileSerializer(serializers.ModelSerializer[AgreementFile]):
    """A file, and where to fetch it."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = AgreementFile
        fields = ["key", "name", "size", "content_type", "sha256", "at", "url"]
        read_only_fields = fields

    @extend_schema_field(serializers.URLField)
    def get_url(self, file: AgreementFile) -> str:
        """The absolute address; it asks for the same right as the version does."""
        place = {"pk": file.version.agreement_id, "number": file.version.number, "key": file.key}
        return reverse("api:agreement-file", kwargs=place, request=self.context["request"])


class CommentSerializer(serializers.ModelSerializer[AgreementComment]):
    """What was said about a version in negotiation."""

    author = PersonSerializer(read_only=True)

    class Meta:
        model = AgreementComment
        fields = ["id", "author", "body", "at", "revision"]
        read_only_fields = fields


class VersionShortInternalSerializer(StaffOnly):
    """Who worked on a version."""

    note = serializers.CharField()
    edited_at = serializers.DateTimeField(allow_null=True)
    edited_by = PersonSerializer(allow_null=True)


class AgreementVersionShortSerializer(serializers.ModelSerializer[AgreementVersion]):
    """A version in a list."""

    state = Labelled(AgreementState)
    internal = VersionShortInternalSerializer()

    class Meta:
        model = AgreementVersion
        fields = ["number", "state", "effective_from", "effective_to", "review_on", "revision", "internal"]
        read_only_fields = fields


class VersionInternalSerializer(VersionShortInternalSerializer):
    """What was done with a version."""

    record = EntrySerializer(many=True)


class AgreementVersionSerializer(AgreementVersionShortSerializer):
    """A version with everything that is agreed."""

    agreement = serializers.IntegerField(source="agreement_id", read_only=True)
    name = serializers.CharField(source="agreement.name", read_only=True)
    organisation = OrganisationSerializer(source="agreement.organisation", read_only=True, allow_null=True)
    promises = TargetSerializer(source="targets", many=True, read_only=True)
    files = ContractFileSerializer(many=True, read_only=True)
    signature = serializers.SerializerMethodField()
    internal = VersionInternalSerializer()

    class Meta(AgreementVersionShortSerializer.Meta):
        fields = [
            "agreement",
            "name",
            "organisation",
            *AgreementVersionShortSerializer.Meta.fields[:-1],
            "content",
            "indicators",
            "consequences",
            "promises",
            "files",
            "signature",
            "internal",
        ]
        read_only_fields = fields

    @extend_schema_field(SignedSerializer(allow_null=True))
    def get_signature(self, version: AgreementVersion) -> dict[str, Any] | None:
        """Null while nobody has signed."""
        signed = next((entry for entry in version.record.all() if entry.deed == AgreementDeed.SIGNED), None)
        return dict(SignedSerializer(signed).data) if signed else None


class AgreementSerializer(serializers.ModelSerializer[Agreement]):
    """An agreement, with the versions the person may read, the newest first."""

    organisation = OrganisationSerializer(read_only=True, allow_null=True)
    in_force = serializers.SerializerMethodField(help_text="The number of the version that holds now.")
    versions = AgreementVersionShortSerializer(source="seen", many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = ["id", "name", "organisation", "in_force", "versions"]
        read_only_fields = fields

    def get_in_force(self, agreement: Agreement) -> int | None:
        """By its dates; null when none holds."""
        versions: list[AgreementVersion] = agreement.seen  # type: ignore[attr-defined] # fetched by the view
        return next((version.number for version in versions if _holds(version, self.context["at"])), None)


def _holds(version: AgreementVersion, at: datetime) -> bool:
    begins, ends = version.effective_from, version.effective_to
    if not AgreementState(version.state).is_agreed or begins is None:
        return False
    return begins <= at and (ends is None or at < ends)
