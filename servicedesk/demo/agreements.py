"""Agreements at every point of their life, and questions put to the past; through the services, at their own times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Organisation, User
from jobs import services as jobs
from servicedesk.demo.clockwork import Story
from servicedesk.demo.people import BERLIN, SHANGHAI, Cast
from sla.models import AgreementVersion, Audience, CalendarVersion, ClockKind, WorkingCalendar
from sla.services import agreements, calendars, periods, what_if
from sla.services.calendar_content import WEEK, Content
from sla.services.defaults import ensure_defaults
from sla.services.own_days import OwnDay, OwnKind
from sla.services.terms import USUAL_LADDER, Promise, Rung, Terms, promises_of, terms_of
from tickets.states import Priority, TicketType, Wait

HOUR = 3600
WAITS = (Wait.CLIENT, Wait.THIRD_PARTY, Wait.DATE)
STEEP_LADDER = (
    *USUAL_LADDER,
    Rung("+60m", (Audience.TEAM_LEAD, Audience.QUALITY_OFFICER, Audience.MANAGER), raise_to=Priority.CRITICAL),
)
NORDWIND, HUAXIN = "Nordwind GmbH", "华信制造"
MANAGER, NORDWIND_MANAGER, HUAXIN_MANAGER = "ma.jun", "m.hansen", "hua.weiming"

CONTENT = """Support for ERP, warehouse and plant systems at the Hamburg and Bremen sites:

- faults of business applications, day to day requests, changes;
- consulting on processes and data;
- one report on service levels a month.
"""
INDICATORS = "First response and technical response 95 % in time, resolution 98 %, satisfaction index 85 % or better."
CONSEQUENCES = "For each month in which an indicator is missed, 5 % of that month's fee is credited."


def make(cast: Cast, since: datetime, now: datetime) -> None:
    """What held from the beginning: the strategic client's own agreement, signed a month before."""
    nordwind = Organisation.objects.get(name=NORDWIND)
    manager, signer = cast.users[MANAGER], cast.users[NORDWIND_MANAGER]
    made = since - timedelta(days=45)
    draft = agreements.create(f"{nordwind.name} Premium", nordwind, by=manager, at=made, like=ensure_defaults(since))
    terms = Terms(
        promises=tuple(_premium(draft)),
        effective_from=since,
        effective_to=_midnight(now + timedelta(days=48), BERLIN),
        review_on=(now + timedelta(days=20)).date(),
        content=CONTENT,
        indicators=INDICATORS,
        consequences=CONSEQUENCES,
    )
    draft = agreements.save(draft, terms, revision=draft.revision, by=manager, at=made + timedelta(hours=2))
    agreements.offer(draft, by=manager, at=made + timedelta(days=1))
    agreements.comment(
        draft, by=signer, body="Could critical faults be solved within ten hours instead of twelve?",
        at=made + timedelta(days=2),
    )  # fmt: skip
    agreements.comment(draft, by=manager, body="Yes. The table says so now.", at=made + timedelta(days=3))
    signed = made + timedelta(days=5)
    agreements.sign(draft, by=signer, name=signer.name, revision=draft.revision, at=signed)
    periods.turn(since)


def _premium(version: AgreementVersion) -> list[Promise]:
    """Everything the default agreement promises, and beyond: later replies, and faults by priority."""
    default = list(promises_of(version))
    office = default[0].calendar
    fault = TicketType.INCIDENT
    return [
        *default,
        Promise(ClockKind.NEXT_RESPONSE, 8 * HOUR, office, pauses=WAITS, ladder=USUAL_LADDER),
        Promise(ClockKind.RESOLUTION, 24 * HOUR, office, type=fault, pauses=WAITS, ladder=USUAL_LADDER),
        Promise(
            ClockKind.RESOLUTION,
            10 * HOUR,
            office,
            type=fault,
            priority=Priority.CRITICAL,
            pauses=WAITS,
            ladder=STEEP_LADDER,
        ),
    ]


def _midnight(at: datetime, zone: str) -> datetime:
    return datetime.combine(at.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))


def stories(cast: Cast, now: datetime) -> Iterator[Story]:
    """What is under way now: a renewal in negotiation, an agreement signed ahead, a draft of a calendar."""
    yield _renewal(cast, now)
    yield _signed_ahead(cast, now)
    yield _saturdays(cast.users[MANAGER], now)


def _renewal(cast: Cast, now: datetime) -> Story:
    """The client wants its own office hours to count."""
    manager, signer = cast.users[MANAGER], cast.users[NORDWIND_MANAGER]
    at = now - timedelta(days=9)
    yield at
    hamburg = _german_hours(manager, at)
    current = AgreementVersion.objects.select_related("agreement").get(agreement__organisation__name=NORDWIND)
    draft = agreements.draft_for(current.agreement, by=manager, at=at, like=current)
    said = terms_of(draft)
    responses = (ClockKind.FIRST_RESPONSE, ClockKind.TECHNICAL_RESPONSE)
    terms = replace(
        said,
        promises=tuple(
            replace(each, calendar=hamburg.calendar_id) if each.kind in responses and not each.type else each
            for each in said.promises
        ),
        effective_from=current.effective_to,
        effective_to=_midnight(now + timedelta(days=413), BERLIN),
        review_on=(now + timedelta(days=230)).date(),
        note="Responses count in Hamburg office hours.",
    )
    draft = agreements.save(draft, terms, revision=draft.revision, by=manager, at=at)
    yield (at := now - timedelta(days=6))
    agreements.offer(draft, by=manager, at=at)
    yield (at := now - timedelta(days=2))
    question = "Our people start at half past eight, so this suits us. Does the two hours of the specialist stay?"
    agreements.comment(draft, by=signer, body=question, at=at)


def _german_hours(manager: User, at: datetime) -> CalendarVersion:
    hours = {day: [["08:30", "17:00"]] for day in WEEK[:5]}
    eves = tuple(OwnDay(date(at.year, 12, day), OwnKind.CLOSED, name="Betriebsruhe") for day in (24, 31))
    draft = calendars.create("Bürozeiten Hamburg", Content(BERLIN, hours, "DE", "HH", eves), by=manager, at=at)
    return calendars.publish_draft(draft, at=at, by=manager)


def _signed_ahead(cast: Cast, now: datetime) -> Story:
    """In force from the first of the month after next."""
    manager, signer = cast.users[MANAGER], cast.users[HUAXIN_MANAGER]
    yield (at := now - timedelta(days=12))
    huaxin = Organisation.objects.get(name=HUAXIN)
    draft = agreements.create("华信制造 服务级别协议", huaxin, by=manager, at=at, like=ensure_defaults(now))
    default = list(promises_of(draft))
    urgent = replace(default[0], seconds=900, priority=Priority.CRITICAL)
    begins = _midnight((now.replace(day=1) + timedelta(days=62)).replace(day=1), SHANGHAI)
    terms = Terms(
        promises=(*default, urgent),
        effective_from=begins,
        effective_to=begins.replace(year=begins.year + 1),
        content="苏州工厂的 ERP、MES、WMS 系统支持，以及设备联网与数据服务。",
        indicators="首次响应与技术响应达标率不低于 95%，客户满意度指数不低于 85%。",
        consequences="当月任一指标未达标，减免当月服务费的 3%。",
    )
    draft = agreements.save(draft, terms, revision=draft.revision, by=manager, at=at)
    agreements.offer(draft, by=manager, at=at)
    yield (at := now - timedelta(days=9))
    agreements.sign(draft, by=signer, name=signer.name, revision=draft.revision, at=at)


def _saturdays(manager: User, now: datetime) -> Story:
    """Office hours that would open on Saturday mornings."""
    yield (at := now - timedelta(days=1))
    draft = calendars.draft_for(WorkingCalendar.objects.get(name="Office hours"), by=manager, at=at)
    content = Content.of(draft)
    content = replace(content, hours={**content.hours, "sat": [["09:00", "12:00"]]})
    calendars.save_draft(draft, content, revision=draft.revision, by=manager, at=at, note="周六上午值班")


def ask(cast: Cast, now: datetime) -> None:
    """What if every first response had been promised within twenty minutes? Asked and answered."""
    manager = cast.users[MANAGER]
    default = ensure_defaults(now)
    draft = agreements.draft_for(default.agreement, by=manager, at=now, like=default)
    first, *others = terms_of(draft).promises
    terms = Terms(promises=(replace(first, seconds=1200), *others), note="首次响应 20 分钟")
    draft = agreements.save(draft, terms, revision=draft.revision, by=manager, at=now)
    what_if.ask(
        "首次响应改为 20 分钟，近 90 天",
        by=manager,
        at=now,
        since=now - timedelta(days=90),
        until=now,
        agreement=draft,
    )
    while jobs.work(now):
        pass
