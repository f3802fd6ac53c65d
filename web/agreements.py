"""Agreements in words, for both sides: what a target promises and to what, its ladder, the hours of a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import Team, Tier
from sla.models import BREACH_POINT, Audience, CalendarVersion, ClockKind, VersionState, WorkingCalendar
from sla.services.points import threshold_of
from sla.services.terms import Promise, Rung
from tickets.models import Service
from tickets.states import Complexity, Priority, TicketType, Wait
from web.words import WEEKDAYS, exact_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CLOCKS: Mapping[str, StrOrPromise] = {
    ClockKind.FIRST_RESPONSE: gettext_lazy("From receiving a request to the first answer by a person."),
    ClockKind.TECHNICAL_RESPONSE: gettext_lazy("From receiving a request to the first answer by a specialist."),
    ClockKind.NEXT_RESPONSE: gettext_lazy("From a later message of the client to our answer."),
    ClockKind.PROGRESS_REPORT: gettext_lazy("From one report on the work to the next, while it is carried out."),
    ClockKind.RESOLUTION: gettext_lazy("From receiving a request to handing over the result for acceptance."),
}
CLOCKS_FOR_CLIENTS: Mapping[str, StrOrPromise] = {
    **CLOCKS,
    ClockKind.NEXT_RESPONSE: gettext_lazy("From a later message of yours to our answer."),
}
WAITS: Mapping[str, StrOrPromise] = {
    Wait.CLIENT: pgettext_lazy("pauses while waiting for", "the client"),
    Wait.THIRD_PARTY: pgettext_lazy("pauses while waiting for", "a third party"),
    Wait.DATE: pgettext_lazy("pauses while waiting for", "an agreed date"),
}
WAITS_FOR_CLIENTS: Mapping[str, StrOrPromise] = {**WAITS, Wait.CLIENT: pgettext_lazy("pauses while waiting for", "you")}
AUDIENCES: Mapping[str, StrOrPromise] = {
    Audience.ASSIGNEE: pgettext_lazy("tell whom", "the person responsible"),
    Audience.TEAM: pgettext_lazy("tell whom", "the whole team"),
    Audience.TEAM_LEAD: pgettext_lazy("tell whom", "the team lead"),
    Audience.MANAGER: pgettext_lazy("tell whom", "the managers"),
    Audience.QUALITY_OFFICER: pgettext_lazy("tell whom", "the quality officers"),
}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def listed(words: Iterable[object]) -> str:
    """Several words in a row: "A, B, C"."""
    return pgettext("between names", ", ").join(str(word) for word in words)


@dataclass(frozen=True)
class Names:
    """What services, calendars and teams are called, by id."""

    services: Mapping[int, str]
    calendars: Mapping[int, str]
    teams: Mapping[int, str]

    @classmethod
    def known(cls) -> Names:
        """All there are, those no longer in use too, since old versions name them; three queries."""
        return cls(
            services={service.pk: str(service) for service in Service.objects.only("name")},
            calendars=dict(WorkingCalendar.objects.values_list("pk", "name")),
            teams={team.pk: str(team) for team in Team.objects.only("name")},
        )


# --- what a target says -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A target in words.

    Attributes:
        number: its place in the version, from 1.
        applies: to what; what it names, the clock excepted.
        pauses: while waiting for what it stands still; empty for nothing.
        points: the points of its ladder in a row; for our own eyes, as is
        ladder: what happens there, point by point.
    """

    number: int
    kind: str
    clock: str
    applies: str
    within: str
    calendar: str
    pauses: str
    points: str
    ladder: tuple[str, ...]


def lines_of(promises: Iterable[Promise], names: Names, waits: Mapping[str, StrOrPromise] = WAITS) -> list[Line]:
    """Targets in words, in their order; `waits` says what they wait for."""
    return [
        Line(
            number=number,
            kind=promise.kind,
            clock=str(ClockKind(promise.kind).label),
            applies=applies_words(promise, names),
            within=exact_words(promise.seconds),
            calendar=names.calendars.get(promise.calendar, ""),
            pauses=pauses_words(promise.pauses, waits),
            points=listed(point_words(rung.point) for rung in promise.ladder),
            ladder=tuple(rung_words(rung, names) for rung in promise.ladder),
        )
        for number, promise in enumerate(promises, start=1)
    ]


def applies_words(promise: Promise, names: Names) -> str:
    """To what a target applies: "Incident · High priority"; "Everything" where it names nothing."""
    parts = [
        value_words("type", promise.type, names),
        value_words("service", promise.service, names),
        _("Technical services") if promise.technical_only else "",
        value_words("priority", promise.priority, names),
        value_words("tier", promise.tier, names),
        value_words("complexity", promise.complexity, names),
    ]
    return " · ".join(filter(None, parts)) or _("Everything")


def value_words(dimension: str, value: Any, names: Names) -> str:
    """One value that a target may name, readable by itself: "High priority"; empty for none."""
    if value in ("", None):
        return ""
    if dimension == "service":
        return names.services.get(value, "")
    if dimension == "priority":
        return _("%(priority)s priority") % {"priority": Priority(value).label}
    if dimension == "tier":
        return _("%(tier)s clients") % {"tier": Tier(value).label}
    if dimension == "complexity":
        return _("%(complexity)s matters") % {"complexity": Complexity(value).label}
    return str(TicketType(value).label)


def pauses_words(pauses: Sequence[str], waits: Mapping[str, StrOrPromise] = WAITS) -> str:
    """While waiting for what a target stands still: "the client, a third party"; empty for nothing."""
    return listed(waits[wait] for wait in waits if wait in pauses)


# --- its ladder -------------------------------------------------------------------------------------


def point_words(point: str) -> str:
    """A point of a ladder: "80 % of the target", "10 m before it is due", "when it is missed", "30 m after"."""
    if point == BREACH_POINT:
        return _("when it is missed")
    try:
        threshold = threshold_of(point)
    except ValueError:
        return point
    if threshold is None:
        return point
    if threshold.percent is not None:
        return _("%(share)s %% of the target") % {"share": threshold.percent}
    if threshold.before is not None:
        return _("%(time)s before it is due") % {"time": exact_words(threshold.before.total_seconds())}
    late = threshold.after.total_seconds() if threshold.after is not None else 0
    return _("%(time)s after it was missed") % {"time": exact_words(late)}


def rung_words(rung: Rung, names: Names) -> str:
    """A step of a ladder: "80 % of the target: tell the person responsible; raise the priority to High"."""
    deeds = [
        _("tell %(people)s") % {"people": listed(AUDIENCES[one] for one in rung.tell)} if rung.tell else "",
        _("raise the priority to %(priority)s") % {"priority": Priority(rung.raise_to).label} if rung.raise_to else "",
        _("hand over to %(team)s") % {"team": names.teams.get(rung.give_to, "")} if rung.give_to else "",
    ]
    return _("%(point)s: %(deeds)s") % {
        "point": point_words(rung.point),
        "deeds": pgettext("between deeds", "; ").join(filter(None, deeds)) or _("put on record"),
    }


# --- calendars --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hours:
    """When a calendar is open, in words, one line for days alike."""

    name: str
    time_zone: str
    lines: tuple[str, ...]
    has_holidays: bool


def hours_of(calendars: Iterable[int], at: datetime) -> list[Hours]:
    """The hours of some calendars as they hold at an instant; those not in use by then are left out. One query."""
    versions = (
        CalendarVersion.objects.filter(calendar__in=set(calendars), state=VersionState.PUBLISHED)
        .select_related("calendar")
        .defer("exceptions")
    )
    newest = versions.filter(Q(effective_from__isnull=True) | Q(effective_from__lte=at))
    held = newest.order_by("calendar__name", "calendar_id", "-effective_from", "-number").distinct(
        "calendar__name", "calendar"
    )
    return [_hours(version) for version in held]


def _hours(version: CalendarVersion) -> Hours:
    hours = version.definition["hours"]
    days = [(index, _intervals(hours.get(day, []))) for index, day in enumerate(WEEK)]
    runs = [(words, [index for index, _words in run]) for words, run in groupby(days, key=lambda day: day[1])]
    return Hours(
        name=version.calendar.name,
        time_zone=version.definition["timezone"],
        lines=tuple(f"{_days(run)} {words}" for words, run in runs if words),
        has_holidays=bool(version.definition.get("holidays")),
    )


def _intervals(intervals: Sequence[Sequence[str]]) -> str:
    return listed(f"{begins}–{ends}" for begins, ends in intervals)


def _days(indexes: Sequence[int]) -> str:
    first, last = WEEKDAYS[indexes[0]], WEEKDAYS[indexes[-1]]
    return str(first) if first == last else f"{first}–{last}"
