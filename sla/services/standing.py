"""How working calendars stand: which version holds, what is coming, who uses them (SLA-03, SLA-30, SLA-31)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from sla.models import AgreementVersion, CalendarVersion, Clock, Target, VersionState, WorkingCalendar
from sla.services.public_days import Drift, drift


@dataclass(frozen=True)
class Standing:
    """A calendar at an instant.

    Attributes:
        current: the version in force; None while nothing is.
        pending: published versions that take effect later, the next one first.
        draft: what somebody is writing, if anybody is.
        targets: how many targets of agreements in force count by it.
        drift: what the library says today that the newest published version does not know.
    """

    calendar: WorkingCalendar
    current: CalendarVersion | None
    pending: list[CalendarVersion]
    draft: CalendarVersion | None
    targets: int
    drift: Drift

    @property
    def newest(self) -> CalendarVersion | None:
        """The newest published version: in force, or the last one to come."""
        return self.pending[-1] if self.pending else self.current

    @property
    def shown(self) -> CalendarVersion:
        """What speaks for the calendar: the version in force, else the next one, else the draft."""
        found = self.current or (self.pending[0] if self.pending else self.draft)
        if found is None:
            raise CalendarVersion.DoesNotExist(f"{self.calendar} has no version.")
        return found


def standings(calendars: Sequence[WorkingCalendar], at: datetime) -> list[Standing]:
    """How each of some calendars stands, in their order; four queries however many they are."""
    current = {version.calendar_id: version for version in _in_force(calendars, at)}
    pending = _by_calendar(_versions(calendars).filter(effective_from__gt=at).order_by("effective_from", "number"))
    drafts = {draft.calendar_id: draft for draft in _drafts(calendars)}
    targets = dict(targets_in_force(at).values_list("calendar").annotate(count=Count("pk")).order_by())
    found = []
    for calendar in calendars:
        now, later = current.get(calendar.pk), pending[calendar.pk]
        newest = later[-1] if later else now
        found.append(
            Standing(
                calendar=calendar,
                current=now,
                pending=later,
                draft=drafts.get(calendar.pk),
                targets=targets.get(calendar.pk, 0),
                drift=drift(newest, at.date()) if newest else Drift(),
            )
        )
    return found


def _versions(calendars: Sequence[WorkingCalendar]) -> QuerySet[CalendarVersion]:
    published = CalendarVersion.objects.filter(calendar__in=calendars, state=VersionState.PUBLISHED)
    return published.select_related("calendar", "published_by")


def _in_force(calendars: Sequence[WorkingCalendar], at: datetime) -> QuerySet[CalendarVersion]:
    begun = _versions(calendars).filter(Q(effective_from__isnull=True) | Q(effective_from__lte=at))
    latest_first = F("effective_from").desc(nulls_last=True)
    return begun.order_by("calendar_id", latest_first, "-number").distinct("calendar_id")


def _drafts(calendars: Sequence[WorkingCalendar]) -> QuerySet[CalendarVersion]:
    drafts = CalendarVersion.objects.filter(calendar__in=calendars, state=VersionState.DRAFT)
    return drafts.select_related("calendar", "edited_by").order_by("calendar_id", "-number").distinct("calendar_id")


def _by_calendar(versions: QuerySet[CalendarVersion]) -> defaultdict[int, list[CalendarVersion]]:
    found: defaultdict[int, list[CalendarVersion]] = defaultdict(list)
    for version in versions:
        found[version.calendar_id].append(version)
    return found


def targets_in_force(at: datetime) -> QuerySet[Target]:
    """The targets a request received at an instant may get: those of each agreement's version that holds then."""
    holding = (
        AgreementVersion.objects.holding(at)
        .order_by("agreement_id", "-effective_from", "-number")
        .distinct("agreement_id")
    )
    return Target.objects.filter(version__in=holding.values("pk"))


@dataclass(frozen=True)
class Use:
    """An agreement in force that counts by a calendar, and with how many targets."""

    agreement: int
    name: str
    targets: int


def uses_of(calendar: WorkingCalendar, at: datetime) -> list[Use]:
    """Which agreements in force count by a calendar, by name; one query."""
    rows = (
        targets_in_force(at)
        .filter(calendar=calendar)
        .values_list("version__agreement", "version__agreement__name")
        .annotate(count=Count("pk"))
        .order_by("version__agreement__name", "version__agreement")
    )
    return [Use(*row) for row in rows]


@dataclass(frozen=True)
class Running:
    """Cycles that have not stopped: those under any version of a calendar, and those under another than the newest."""

    total: int
    elsewhere: int


def running_under(calendar: WorkingCalendar, version: CalendarVersion | None) -> Running:
    """How many unfinished cycles count by a calendar, and how many of them under another version; one query."""
    unfinished = Clock.objects.unfinished().filter(pin__calendar_version__calendar=calendar)
    other = ~Q(pin__calendar_version=version) if version else Q()
    counted = unfinished.aggregate(total=Count("pk"), elsewhere=Count("pk", filter=other))
    return Running(total=counted["total"], elsewhere=counted["elsewhere"])
