"""What lists can be narrowed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from accounts.models import User
from api.paging import MAX_ID
from sla.models import Agreement, Clock, ClockKind, ClockState, RecalculationChange, WhatIfFlip
from sla.services.tallies import NONE, OUTCOMES
from tickets.models import Ticket, TicketQuerySet
from tickets.models.ticket import OPEN
from tickets.states import Channel, Priority, State, TicketType, Turn


class _TrueFalse(forms.Field):
    """`true` or `false`; anything else is refused instead of ignored."""

    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        known = {"true": True, "1": True, "false": False, "0": False}
        if str(value).lower() not in known:
            raise ValidationError(_("Please write true or false."))
        return known[str(value).lower()]


class TrueFalseFilter(filters.BooleanFilter):  # type: ignore[misc] # the package has no types
    """Yes or no."""

    field_class = _TrueFalse

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput, **kwargs)


class IdFilter(filters.NumberFilter):  # type: ignore[misc] # likewise
    """The id of a row."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, **kwargs)

    def get_max_validator(self) -> None:
        """None; the field has its own."""


class PersonalFilterSet(filters.FilterSet):  # type: ignore[misc] # likewise
    """A filter set that knows who asks, and when."""

    def __init__(self, *args: Any, person: User, at: datetime, **kwargs: Any) -> None:
        self.person, self.at = person, at
        super().__init__(*args, **kwargs)


_NO_FILTERS = frozenset({"limit", "cursor", "ordering"})


class PersonalFilters(DjangoFilterBackend):  # type: ignore[misc] # likewise
    """Hands a filter set who asks, and when."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """All rows where nothing is asked for; a filter set with its form is not made for that."""
        if request.query_params.keys() <= _NO_FILTERS:
            return queryset
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found

    def get_filterset_kwargs(self, request: Request, queryset: QuerySet[Any], view: Any) -> dict[str, Any]:
        """What a `PersonalFilterSet` is made with."""
        return {**super().get_filterset_kwargs(request, queryset, view), "person": view.person, "at": view.at}


class RequestFilters(PersonalFilterSet):
    """Requests by state, by who has them, by time and by words."""

    state = filters.MultipleChoiceFilter(choices=State.choices)
    open = TrueFalseFilter(method="by_open", help_text="Whether somebody still has something to do.")
    turn = filters.ChoiceFilter(choices=Turn.choices)
    type = filters.MultipleChoiceFilter(choices=TicketType.choices)
    priority = filters.TypedMultipleChoiceFilter(choices=Priority.choices, coerce=int)
    service = filters.CharFilter(field_name="service__slug", help_text="The service's key.")
    organisation = IdFilter(field_name="organisation_id")
    requester = IdFilter(field_name="requester_id")
    assignee = filters.CharFilter(method="by_assignee", help_text="`me`, `none` or a person's id.")
    team = IdFilter(field_name="team_id")
    late = TrueFalseFilter(method="by_late", help_text="Open, and a target has run out.")
    channel = filters.MultipleChoiceFilter(choices=Channel.choices)
    received_after = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")
    q = filters.CharFilter(method="by_words", help_text="Words in number, subject and conversation; staff's notes too.")

    class Meta:
        model = Ticket
        fields: list[str] = []

    def by_open(self, queryset: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        """Open or ended ones."""
        return queryset.open() if value else queryset.exclude(OPEN)

    def by_late(self, queryset: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        """Late ones, or all others."""
        return queryset.late(self.at) if value else queryset.exclude(OPEN & Q(due_at__lt=self.at))

    def by_assignee(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """A person's, or nobody's."""
        if value == "none":
            return queryset.filter(assignee__isnull=True)
        if value == "me":
            return queryset.filter(assignee=self.person)
        if not value.isascii() or not value.isdecimal() or int(value[:20]) > MAX_ID:
            raise _problem("assignee", _("Please write me, none or a person's id."))
        return queryset.filter(assignee_id=int(value[:20]))

    def by_words(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Full text; notes are searched for staff only."""
        return queryset.matching(value, internal=self.person.is_service_staff)


def _problem(name: str, sentence: Any) -> ValidationError:
    return ValidationError({name: [sentence]})


class ClockFilters(PersonalFilterSet):
    """Clocks by kind, state and due instant."""

    kind = filters.MultipleChoiceFilter(choices=ClockKind.choices)
    state = filters.MultipleChoiceFilter(choices=ClockState.choices)
    unfinished = TrueFalseFilter(method="by_unfinished", help_text="Running, paused, or missed and still unanswered.")
    due_after = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="gte")
    due_before = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lt")

    class Meta:
        model = Clock
        fields: list[str] = []

    def by_unfinished(self, queryset: Any, name: str, value: bool) -> Any:
        """Those still to stop, or the others."""
        unfinished = Clock.objects.unfinished().values("pk")
        return queryset.unfinished() if value else queryset.exclude(pk__in=unfinished)


class AgreementFilters(PersonalFilterSet):
    """Agreements by client."""

    organisation = IdFilter(field_name="organisation_id")
    default = TrueFalseFilter(
        field_name="organisation", lookup_expr="isnull", help_text="The one for all who have none of their own."
    )

    class Meta:
        model = Agreement
        fields: list[str] = []


class FlipFilters(PersonalFilterSet):
    """Changed outcomes by kind of clock, by what came out and what would have."""

    kind = filters.MultipleChoiceFilter(choices=ClockKind.choices)
    then = filters.MultipleChoiceFilter(choices=[(name, name) for name in (*OUTCOMES, NONE)])
    now = filters.MultipleChoiceFilter(choices=[(name, name) for name in (*OUTCOMES, NONE)])

    class Meta:
        model = WhatIfFlip
        fields: list[str] = []


class ChangeFilters(PersonalFilterSet):
    """Previewed changes by kind of clock, and those that would turn an outcome."""

    kind = filters.MultipleChoiceFilter(choices=ClockKind.choices)
    flips = TrueFalseFilter()

    class Meta:
        model = RecalculationChange
        fields: list[str] = []


class LevelsFilters(PersonalFilterSet):
    """Of whose requests figures are."""

    organisation = IdFilter(field_name="organisation_id")
    service = filters.CharFilter(field_name="service__slug", help_text="The service's key.")
    team = IdFilter(field_name="team_id")
    type = filters.MultipleChoiceFilter(choices=TicketType.choices)
    priority = filters.TypedMultipleChoiceFilter(choices=Priority.choices, coerce=int)

    class Meta:
        model = Ticket
        fields: list[str] = []
