"""Calendars with a version for each year, the default agreement, and the own agreements of some clients."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Organisation, Tier
from servicedesk.generate.wish import Wish
from sla.models import (
    BREACH_POINT,
    Agreement,
    AgreementState,
    AgreementVersion,
    Audience,
    CalendarVersion,
    ClockKind,
    EscalationStep,
    Target,
    WorkingCalendar,
)
from sla.services.calendar_content import Content
from sla.services.calendars import publish
from sla.services.defaults import WAITS, ensure_defaults
from sla.services.templates import TEMPLATES
from sla.services.terms import USUAL_LADDER, Promise, Rung, promises_of, store_promises
from tickets.states import Complexity, Priority, TicketType

HOUR, OFFICE_DAY = 3600, 7.5 * 3600
OFFICE, ALWAYS = "Office hours", "24×7"
ABROAD = ("europe", "us", "hongkong", "taiwan")
FIRM_LADDER = (
    Rung("-30m", (Audience.ASSIGNEE,)),
    Rung(BREACH_POINT, (Audience.ASSIGNEE, Audience.TEAM_LEAD)),
    Rung("+240m", (Audience.MANAGER, Audience.QUALITY_OFFICER)),
)
CALM_DAYS = 60
EVERY = 5  # every fifth client has an agreement of its own, and the strategic ones


def make_levels(wish: Wish) -> None:
    """Everything the clocks run under, in place of what an empty installation begins with."""
    default = ensure_defaults(wish.since)
    for key in ABROAD:
        found = next(each for each in TEMPLATES if each.key == key)
        calendar = WorkingCalendar.objects.create(name=str(found.label))
        long_ago = wish.since - timedelta(days=3650)
        publish(calendar, found.content, at=wish.since, effective_from=long_ago)
    for calendar in WorkingCalendar.objects.all():
        _renew_each_year(calendar, wish)
    if wish.calm:
        _promise_much_time(default)
    else:
        _make_own_agreements(default, wish)


def forget_defaults() -> None:
    """Remove base data that `prepare` made: a calendar can't get versions before those it has."""
    for model in (EscalationStep, Target, AgreementVersion, Agreement, CalendarVersion, WorkingCalendar):
        model._default_manager.all().delete()


def _renew_each_year(calendar: WorkingCalendar, wish: Wish) -> None:
    """A new version each New Year, with the public days announced by then."""
    first = calendar.versions.get()
    for year in range(wish.since.year + 1, wish.now.year + 1):
        publish(calendar, Content.of(first), at=datetime(year, 1, 1, tzinfo=wish.now.tzinfo))


def _promise_much_time(default: AgreementVersion) -> None:
    office = WorkingCalendar.objects.get(name=OFFICE)
    seconds = int(CALM_DAYS * OFFICE_DAY)
    patient = Promise(ClockKind.RESOLUTION, seconds, office.pk, pauses=WAITS, ladder=USUAL_LADDER)
    store_promises(default, [*promises_of(default), patient])


def _make_own_agreements(default: AgreementVersion, wish: Wish) -> None:
    """Half of them were renewed once, with shorter targets."""
    usual = list(promises_of(default))
    middle = wish.since + (wish.now - wish.since) / 2
    for place, organisation in enumerate(Organisation.objects.order_by("pk")):
        if place % EVERY and organisation.tier != Tier.STRATEGIC:
            continue
        renewed = middle if place % 2 else None
        agreement = Agreement.objects.create(name=f"{organisation.name} SLA", organisation=organisation)
        _make_version(agreement, 1, [*usual, *_firm(usual[0].calendar, 1.0)], wish.since - timedelta(days=1), renewed)
        if renewed:
            _make_version(agreement, 2, [*usual, *_firm(usual[0].calendar, 0.75)], renewed, None)


def _make_version(
    agreement: Agreement, number: int, promises: list[Promise], since: datetime, until: datetime | None
) -> None:
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=number,
        state=AgreementState.ENDED if until else AgreementState.IN_FORCE,
        effective_from=since,
        effective_to=until,
    )
    store_promises(version, promises)


def _firm(office: int, share: float) -> list[Promise]:
    """What is promised beyond the default agreement; `share` of the usual time."""
    days = {Priority.LOW: 15, Priority.NORMAL: 8, Priority.HIGH: 4, Priority.CRITICAL: 2}

    def promise(kind: ClockKind, hours: float, **more: object) -> Promise:
        return Promise(kind, int(hours * HOUR * share), office, ladder=FIRM_LADDER, **more)  # type: ignore[arg-type]

    return [
        promise(ClockKind.NEXT_RESPONSE, 8),
        promise(ClockKind.PROGRESS_REPORT, 37.5, complexity=Complexity.COMPLEX, pauses=WAITS),
        promise(ClockKind.FIRST_RESPONSE, 0.5, priority=Priority.CRITICAL),
        *(promise(ClockKind.RESOLUTION, count * 7.5, priority=rank, pauses=WAITS) for rank, count in days.items()),
        promise(ClockKind.RESOLUTION, 24, type=TicketType.INCIDENT, priority=Priority.CRITICAL, pauses=WAITS),
    ]
