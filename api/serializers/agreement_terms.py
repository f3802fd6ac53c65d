"""What a draft of an agreement says, as one document: read as it is written (R-045, SLA-10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from accounts.models import Tier
from api.fields import Labelled, Text
from api.paging import MAX_ID
from api.serializers.people import PersonSerializer
from sla.models import (
    AgreementState,
    AgreementVersion,
    Audience,
    ClockKind,
)
from sla.services.terms import MOST_PROMISES, MOST_RUNGS, Promise, Rung, Terms, terms_of
from tickets.models import Service
from tickets.states import Complexity, Priority, TicketType, Wait

NO_SERVICE = 0  # the id of none; the domain says so at the promise
WAITS = [(wait.value, wait.label) for wait in Wait if wait]


def row_id(**more: Any) -> serializers.IntegerField:
    """The id of a row, or the number of a version."""
    return serializers.IntegerField(min_value=1, max_value=MAX_ID, **more)


class RungSerializer(serializers.Serializer[Any]):
    """A step of a target's ladder."""

    point = Text(help_text="`80%` of the target, `-10m` before it is due, `breach`, or `+30m` of working time after.")
    tell = serializers.ListField(
        child=serializers.ChoiceField(choices=Audience.choices), default=list, max_length=len(Audience)
    )
    raise_to = serializers.ChoiceField(choices=Priority.choices, allow_null=True, default=None)
    give_to = row_id(allow_null=True, default=None, help_text="A team's id.")


class PromiseSerializer(serializers.Serializer[Any]):
    """A target: a clock, what it applies to (empty means any), and how long it may take."""

    kind = serializers.ChoiceField(choices=ClockKind.choices)
    seconds = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="Of working time.")
    calendar = row_id(help_text="A calendar's id.")
    type = serializers.ChoiceField(choices=TicketType.choices, allow_blank=True, default="")
    service = serializers.CharField(allow_null=True, default=None, max_length=100, help_text="A service's key.")
    technical_only = serializers.BooleanField(default=False)
    priority = serializers.ChoiceField(choices=Priority.choices, allow_null=True, default=None)
    tier = serializers.ChoiceField(choices=Tier.choices, allow_blank=True, default="")
    complexity = serializers.ChoiceField(choices=Complexity.choices, allow_blank=True, default="")
    pauses = serializers.ListField(
        child=serializers.ChoiceField(choices=WAITS), default=list, max_length=len(WAITS), help_text="While waiting."
    )
    ladder = RungSerializer(  # type: ignore[call-arg] # it goes to the list
        many=True, default=list, max_length=MOST_RUNGS
    )


class TermsSerializer(serializers.Serializer[Any]):
    """Everything that is agreed, as one document."""

    effective_from = serializers.DateTimeField(allow_null=True, default=None)
    effective_to = serializers.DateTimeField(allow_null=True, default=None)
    review_on = serializers.DateField(allow_null=True, default=None)
    content = Text(default="", help_text="The services covered.")
    indicators = Text(default="")
    consequences = Text(default="", help_text="Of a breach.")
    note = Text(default="", help_text="What changed; for our own eyes.")
    promises = PromiseSerializer(many=True, max_length=MOST_PROMISES)  # type: ignore[call-arg] # likewise


class SaveTermsSerializer(TermsSerializer):
    """Everything the draft shall say, and the revision that was read."""

    revision = row_id()


class TermsDraftSerializer(TermsSerializer):
    """What is being worked on, in the notation in which it is saved: change it and send it back."""

    agreement = serializers.IntegerField()
    number = serializers.IntegerField()
    state = Labelled(AgreementState)
    revision = serializers.IntegerField()
    edited_at = serializers.DateTimeField(allow_null=True)
    edited_by = PersonSerializer(allow_null=True)


def promises_given(rows: Iterable[Mapping[str, Any]]) -> tuple[Promise, ...]:
    """The domain's promises, of cleaned values. One query: services by their keys."""
    said = list(rows)
    keys = {row["service"] for row in said if row["service"] is not None}
    services = dict(Service.objects.filter(slug__in=keys).values_list("slug", "pk"))
    return tuple(_promise(row, services) for row in said)


def _promise(row: Mapping[str, Any], services: Mapping[str, int]) -> Promise:
    ladder = tuple(Rung(**{**rung, "tell": tuple(rung["tell"])}) for rung in row["ladder"])
    service = None if row["service"] is None else services.get(row["service"], NO_SERVICE)
    return Promise(**{**row, "service": service, "pauses": tuple(row["pauses"]), "ladder": ladder})


def terms_given(given: Mapping[str, Any]) -> Terms:
    """The domain's terms, of the cleaned values of a `TermsSerializer`."""
    names = ("effective_from", "effective_to", "review_on", "content", "indicators", "consequences", "note")
    return Terms(promises=promises_given(given["promises"]), **{name: given[name] for name in names})


def draft_document(version: AgreementVersion) -> dict[str, Any]:
    """A draft as one document. Three queries."""
    terms = terms_of(version)
    wanted = {promise.service for promise in terms.promises if promise.service is not None}
    keys = dict(Service.objects.filter(pk__in=wanted).values_list("pk", "slug"))
    promises = [{**vars(promise), "service": keys.get(promise.service or 0)} for promise in terms.promises]
    about = ("number", "state", "revision", "edited_at", "edited_by")
    found = {**vars(terms), "promises": promises, "agreement": version.agreement_id}
    return dict(TermsDraftSerializer({**found, **{name: getattr(version, name) for name in about}}).data)
