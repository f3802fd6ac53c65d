"""Working calendars: from a country, weekly hours and own days to a version the clocks can read (SLA-02…SLA-06).

A draft is edited and saved any number of times; publishing settles it for good, and whoever wants other hours begins a
new draft. What a person writes is `Content`; what the engine reads is composed of it here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from sla.engine.calendar import Calendar
from sla.engine.errors import CalendarError
from sla.engine.notation import read_intervals
from sla.engine.zones import zone
from sla.models import CalendarVersion, VersionState, WorkingCalendar
from sla.services.own_days import OwnDay, OwnKind
from sla.services.public_days import PublicDays, public_days, regions
from sla.services.public_days import countries as known_countries
from sla.services.sentences import sentence_of
from sla.services.versions import EditedMeanwhile, check_revision
from tickets.errors import ActError, Invalid

__all__ = ["Content", "EditedMeanwhile", "OwnDay", "OwnKind"]

YEARS_BACK, YEARS_AHEAD = 2, 2
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAME_LIMIT, NOTE_LIMIT = 120, 300

Hours = Mapping[str, Sequence[Sequence[str]]]


class CalendarRefused(ActError):
    """A calendar that can't be published or changed now."""

    code = "calendar_refused"


@dataclass(frozen=True)
class Content:
    """What a person says of a calendar.

    Attributes:
        hours: by weekday ("mon" … "sun") the intervals as pairs of "HH:MM".
        country, region: whose public holidays and make-up days are taken over; empty for none.
        own_days: beat what the country says of the same date.
    """

    time_zone: str
    hours: Hours
    country: str = ""
    region: str = ""
    own_days: tuple[OwnDay, ...] = ()

    @classmethod
    def of(cls, version: CalendarVersion) -> Content:
        """What a version says."""
        return cls(
            time_zone=version.definition["timezone"],
            hours=version.definition["hours"],
            country=version.country,
            region=version.region,
            own_days=tuple(OwnDay.from_json(row) for row in version.exceptions),
        )


@dataclass(frozen=True)
class Composed:
    """A content in the engine's notation, with the years whose public holidays are in it."""

    definition: dict[str, Any]
    covered_years: list[int]
    provisional_years: list[int]

    @property
    def calendar(self) -> Calendar:
        """The calendar the clocks would compute with; `CalendarError` for nonsense."""
        return Calendar.from_json(self.definition)


def compose(content: Content, *, at: datetime) -> Composed:
    """The definition of a content, with the public days of the years around `at` as the library knows them today.

    Raises:
        Invalid: by field: `country`, `own_days.<n>`, `hours.<weekday>`, `time_zone`.
    """
    years = range(at.year - YEARS_BACK, at.year + YEARS_AHEAD + 1)
    public = _checked(content, tuple(years), at)
    closed, made_up, special = set(public.closed), dict(public.made_up), {}
    for own in content.own_days:
        day = own.day.isoformat()
        closed.discard(day)
        made_up.pop(day, None)
        if own.kind == OwnKind.CLOSED:
            closed.add(day)
        elif own.kind == OwnKind.WORKDAY:
            made_up[day] = own.like
        elif own.kind == OwnKind.SPECIAL:
            special[day] = [list(interval) for interval in own.hours]
    definition = {
        "timezone": content.time_zone,
        "hours": {day: [list(interval) for interval in content.hours.get(day, [])] for day in WEEK},
        "holidays": sorted(closed),
        "workdays": made_up,
        "special": special,
    }
    return Composed(definition, list(years) if content.country else [], public.provisional)


def _checked(content: Content, years: tuple[int, ...], at: datetime) -> PublicDays:
    """The public days of a content that makes sense; everything that does not is said at once.

    Raises:
        Invalid: as `compose` says.
    """
    problems = {**_zone_problems(content), **_hour_problems(content), **_own_day_problems(content.own_days, at)}
    public = PublicDays()
    try:
        public = public_days(content.country, content.region, years)
    except Invalid as error:
        problems |= error.message_dict
    if problems:
        raise Invalid(problems)
    return public


def _zone_problems(content: Content) -> dict[str, list[str]]:
    try:
        zone(content.time_zone)
    except CalendarError as error:
        return {"time_zone": [sentence_of(error)]}
    return {}


def _hour_problems(content: Content) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for day in WEEK:
        try:
            read_intervals([list(interval) for interval in content.hours.get(day, [])], f"hours.{day}")
        except CalendarError as error:
            problems[f"hours.{day}"] = [sentence_of(error)]
    return problems


def _own_day_problems(own_days: Sequence[OwnDay], at: datetime) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    seen: set[date] = set()
    for number, own in enumerate(own_days):
        if own.day in seen:
            problems[f"own_days.{number}"] = [_("This date is there twice.")]
        elif problem := own.problem(at):
            problems[f"own_days.{number}"] = [problem]
        seen.add(own.day)
    return problems


def check_usable(composed: Composed, at: datetime) -> None:
    """The trial calculation of SLA-06.

    Raises:
        Invalid: at `hours`.
    """
    try:
        composed.calendar.check_usable(at.date())
    except CalendarError as error:
        raise Invalid({"hours": [sentence_of(error)]}) from None


# --- drafts -----------------------------------------------------------------------------------------


def create(name: str, content: Content, *, by: User | None, at: datetime) -> CalendarVersion:
    """A new calendar with its first draft.

    Raises:
        Invalid: at `name` or where `compose` says.
    """
    name = _clean_name(name)
    composed = compose(content, at=at)
    with transaction.atomic():
        calendar = WorkingCalendar.objects.create(name=name)
        return _store(CalendarVersion(calendar=calendar, number=1), content, composed, by=by, at=at)


def _clean_name(name: str, own: int | None = None) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Invalid({"name": [_("Please give it a name.")]})
    if len(name) > NAME_LIMIT:
        raise Invalid({"name": [_("This is too long.")]})
    namesakes = WorkingCalendar.objects.filter(name=name)
    if (namesakes if own is None else namesakes.exclude(pk=own)).exists():
        raise Invalid({"name": [_("There is a calendar of this name already.")]})
    return name


def rename(calendar: WorkingCalendar, name: str) -> WorkingCalendar:
    """Another name; what was measured under the calendar stays.

    Raises:
        Invalid: at `name`.
    """
    calendar.name = _clean_name(name, own=calendar.pk)
    calendar.save(update_fields=["name"])
    return calendar


def draft_for(
    calendar: WorkingCalendar, *, by: User | None, at: datetime, like: CalendarVersion | None = None
) -> CalendarVersion:
    """The draft of a calendar: the one there is, else a new one that says what another version says (the newest).

    Public days are taken over anew, so a draft is also how a calendar learns what was announced meanwhile.
    """
    with transaction.atomic():
        WorkingCalendar.objects.select_for_update().get(pk=calendar.pk)
        there = calendar.versions.filter(state=VersionState.DRAFT).first()
        if there is not None:
            return there
        model = like or calendar.versions.order_by("-number")[:1].get()
        number = (calendar.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        content = _carried_over(Content.of(model), at)
        return _store(CalendarVersion(calendar=calendar, number=number), content, compose(content, at=at), by=by, at=at)


def _carried_over(content: Content, at: datetime) -> Content:
    """What can still be said today: own days of long ago, and a country the library dropped, are left behind."""
    country = content.country if content.country in known_countries() else ""
    region = content.region if country and content.region in regions(country) else ""
    own_days = tuple(own for own in content.own_days if own.is_near(at))
    return replace(content, country=country, region=region, own_days=own_days)


def take_over_public_days(calendar: WorkingCalendar, *, by: User | None, at: datetime) -> CalendarVersion:
    """The draft of a calendar with the public days as the library knows them today (SLA-03).

    What somebody wrote into a draft stays; its public days are read anew, which counts as a saving.
    """
    with transaction.atomic():
        draft = _held_draft(draft_for(calendar, by=by, at=at))
        content = _carried_over(Content.of(draft), at)
        composed = compose(content, at=at)
        if composed == Composed(draft.definition, draft.covered_years, draft.provisional_years):
            return draft
        draft.revision += 1
        return _store(draft, content, composed, by=by, at=at)


def copy_as_draft(version: CalendarVersion, *, by: User | None = None, at: datetime) -> CalendarVersion:
    """The calendar's draft; if there is none yet, one that says what this version says."""
    return draft_for(version.calendar, by=by, at=at, like=version)


def save_draft(
    version: CalendarVersion, content: Content, *, revision: int, by: User, at: datetime, note: str = ""
) -> CalendarVersion:
    """Keep what somebody wrote into a draft.

    Args:
        revision: the one the person began with.

    Raises:
        Invalid: where `compose` says, or at `note`.
        EditedMeanwhile: somebody saved since; nothing was kept.
        CalendarRefused: it was published meanwhile.
    """
    if len(note) > NOTE_LIMIT:
        raise Invalid({"note": [_("This is too long.")]})
    composed = compose(content, at=at)
    check_usable(composed, at)
    with transaction.atomic():
        locked = _held_draft(version)
        check_revision(locked, revision)
        locked.revision += 1
        locked.note = " ".join(note.replace("\x00", "").split())
        return _store(locked, content, composed, by=by, at=at)


def _held_draft(version: CalendarVersion) -> CalendarVersion:
    locked = CalendarVersion.objects.select_for_update().get(pk=version.pk)
    if not locked.is_draft:
        raise CalendarRefused(_("%(version)s was published and can't be changed any more.") % {"version": locked})
    return locked


def _store(
    version: CalendarVersion, content: Content, composed: Composed, *, by: User | None, at: datetime
) -> CalendarVersion:
    version.country, version.region = content.country, content.region
    version.definition = composed.definition
    version.exceptions = [own.to_json() for own in sorted(content.own_days, key=lambda own: own.day)]
    version.covered_years, version.provisional_years = composed.covered_years, composed.provisional_years
    version.edited_by, version.edited_at = by, at
    version.save()
    return version


def discard_draft(version: CalendarVersion) -> None:
    """Throw a draft away, and with its only version the calendar.

    Raises:
        CalendarRefused: it was published meanwhile.
    """
    with transaction.atomic():
        locked = _held_draft(version)
        calendar = locked.calendar
        locked.delete()
        if not calendar.versions.exists():
            calendar.delete()


# --- publishing -------------------------------------------------------------------------------------


def publish_draft(
    version: CalendarVersion,
    *,
    at: datetime,
    by: User | None = None,
    effective_from: datetime | None = None,
    revision: int | None = None,
) -> CalendarVersion:
    """Settle a draft: cycles that start from its date on use it (SLA-31). Publishing twice does nothing.

    Args:
        effective_from: `at` when not given; never earlier, since what has started keeps its version.
        revision: the one the person saw; nobody publishes what somebody else saved since without knowing it.

    Raises:
        Invalid: at `effective_from`, or no working time in the coming year (SLA-06).
        EditedMeanwhile: the draft has another revision.
    """
    begins = effective_from or at
    if begins < at - timedelta(minutes=1):  # a form filled in a moment ago is not the past
        raise Invalid({"effective_from": [_("This lies in the past.")]})
    with transaction.atomic():
        calendar = WorkingCalendar.objects.select_for_update().get(pk=version.calendar_id)
        locked = CalendarVersion.objects.select_for_update().get(pk=version.pk)
        if locked.is_draft:
            if revision is not None:
                check_revision(locked, revision)
            composed = Composed(locked.definition, locked.covered_years, locked.provisional_years)
            check_usable(composed, at)
            _check_order(calendar, begins)
            locked.state, locked.effective_from = VersionState.PUBLISHED, max(begins, at)
            locked.published_at, locked.published_by = at, by
            locked.save()
    return locked


def _check_order(calendar: WorkingCalendar, begins: datetime) -> None:
    """Versions take over in the order in which they were published."""
    last = _published_of(calendar.pk).aggregate(last=Max("effective_from"))["last"]
    if last is not None and begins < last:
        raise Invalid({"effective_from": [_("A version that was published before takes effect later than this.")]})


def publish(
    calendar: WorkingCalendar,
    content: Content,
    *,
    at: datetime,
    effective_from: datetime | None = None,
) -> CalendarVersion:
    """Publish the next version of a calendar in one step; for what an installation begins with.

    Args:
        effective_from: may lie in the past for a calendar that has no published version yet.

    Raises:
        Invalid: where `compose` says, or no working time in the coming year (SLA-06).
    """
    composed = compose(content, at=at)
    check_usable(composed, at)
    with transaction.atomic():
        WorkingCalendar.objects.select_for_update().get(pk=calendar.pk)
        _check_order(calendar, effective_from or at)
        number = (calendar.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version = CalendarVersion(
            calendar=calendar,
            number=number,
            state=VersionState.PUBLISHED,
            effective_from=effective_from or at,
            published_at=at,
        )
        return _store(version, content, composed, by=None, at=at)


# --- what the clocks ask ----------------------------------------------------------------------------


def _published_of(calendar_id: int) -> Any:
    return CalendarVersion.objects.filter(calendar=calendar_id, state=VersionState.PUBLISHED)


def version_at(calendar_id: int, at: datetime) -> CalendarVersion:
    """The version of a calendar that holds for cycles starting at an instant; the first one for earlier instants.

    Raises:
        CalendarVersion.DoesNotExist: nothing was published yet.
    """
    published = _published_of(calendar_id).defer("definition", "exceptions")
    in_effect = published.filter(Q(effective_from__isnull=True) | Q(effective_from__lte=at))
    found: CalendarVersion | None = in_effect.order_by("-effective_from", "-number").first()
    return found or published.order_by("number")[:1].get()


def engine_calendar(version: CalendarVersion) -> Calendar:
    """The calendar the clocks compute with; parsed once per version, since published versions never change."""
    if version.is_draft:
        return Calendar.from_json(version.definition)
    return published_calendar(version.pk)


@lru_cache(maxsize=256)
def published_calendar(version_id: int) -> Calendar:
    """The calendar of a published version."""
    return Calendar.from_json(CalendarVersion.objects.get(pk=version_id).definition)


# --- looking at a calendar --------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """Something that two versions say differently. `what` is time_zone, country, hours.<weekday> or a date."""

    what: str
    before: Any
    after: Any


def differences(before: CalendarVersion, after: CalendarVersion) -> list[Difference]:
    """What a later version says differently, weekly hours first, then dates in order."""
    pairs = [
        ("time_zone", before.definition["timezone"], after.definition["timezone"]),
        ("country", f"{before.country} {before.region}".strip(), f"{after.country} {after.region}".strip()),
        *((f"hours.{day}", before.definition["hours"][day], after.definition["hours"][day]) for day in WEEK),
    ]
    days = sorted({*_dated(before.definition), *_dated(after.definition)})
    told_before, told_after = _dated(before.definition), _dated(after.definition)
    pairs += [(day, told_before.get(day), told_after.get(day)) for day in days if _both_cover(day, before, after)]
    return [Difference(what, old, new) for what, old, new in pairs if old != new]


def _both_cover(day: str, before: CalendarVersion, after: CalendarVersion) -> bool:
    """A public holiday of a year that only one of the two covers is no difference anybody decided on."""
    own = {row["date"] for row in [*before.exceptions, *after.exceptions]}
    year = int(day[:4])
    one_sided = (year in before.covered_years) != (year in after.covered_years)
    return day in own or not one_sided


def _dated(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What a definition says of each date: "closed", a weekday's name, or its hours (SLA-02)."""
    found: dict[str, Any] = dict.fromkeys(definition["holidays"], "closed")
    return {**found, **definition["workdays"], **definition["special"]}


def with_country(content: Content, country: str, region: str = "") -> Content:
    """The same with another country's public days."""
    return replace(content, country=country, region=region)


def calendars_in_use() -> Iterable[CalendarVersion]:
    """The newest published version of each active calendar, by name."""
    newest = (
        CalendarVersion.objects.filter(state=VersionState.PUBLISHED, calendar__is_active=True)
        .order_by("calendar__name", "calendar_id", "-number")
        .distinct("calendar__name", "calendar_id")
    )
    return newest.select_related("calendar")
