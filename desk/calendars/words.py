"""A calendar in words: its week in a line, what a day is, what two versions or a library's update change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from desk.calendars.hours import write_hours
from desk.calendars.places import place_words
from sla.models import CalendarVersion
from sla.services.calendar_content import WEEK, Content
from sla.services.differences import Difference
from sla.services.own_days import OwnKind
from sla.services.public_days import Drift, day_names
from sla.services.year_days import DayIs, YearDay, make_up_days
from web.words import WEEKDAYS

Rows = Sequence[Sequence[str]]
AROUND_THE_CLOCK = [["00:00", "24:00"]]


# --- the week ---------------------------------------------------------------------------------------


def weekday_name(day: str) -> str:
    """ "mon" in full."""
    return str(WEEKDAY_NAMES[WEEK.index(day)])


def hours_words(rows: Rows) -> str:
    """The intervals of a day: "09:00–12:00, 13:30–18:00", "around the clock", "closed"."""
    if [list(row) for row in rows] == AROUND_THE_CLOCK:
        return _("around the clock")
    return write_hours(rows) or _("closed")


@dataclass(frozen=True)
class WeekPart:
    """Weekdays that have the same hours."""

    days: str
    hours: str


def week_parts(hours: Mapping[str, Rows]) -> list[WeekPart]:
    """The open weekdays, those with the same hours together: "Mon–Fri" with "09:00–18:00"."""
    grouped: dict[str, list[int]] = {}
    for number, day in enumerate(WEEK):
        if hours.get(day):
            grouped.setdefault(hours_words(hours[day]), []).append(number)
    return [WeekPart(_days_words(numbers), said) for said, numbers in grouped.items()]


def week_line(hours: Mapping[str, Rows]) -> str:
    """The week in one line: "Mon–Fri 09:00–12:00, 13:30–18:00 · Sat 09:00–12:00"."""
    parts = [f"{part.days} {part.hours}" for part in week_parts(hours)]
    return " · ".join(parts) or _("no weekly hours")


def _days_words(numbers: Sequence[int]) -> str:
    if len(numbers) == len(WEEK):
        return _("Every day")
    runs = [[number for _place, number in run] for _gap, run in groupby(enumerate(numbers), lambda p: p[1] - p[0])]
    return pgettext("between names", ", ").join(_run_words(run) for run in runs)


def _run_words(run: Sequence[int]) -> str:
    names = [str(WEEKDAYS[number]) for number in run]
    return pgettext("between names", ", ").join(names) if len(run) < 3 else f"{names[0]}–{names[-1]}"


# --- a day ------------------------------------------------------------------------------------------


def date_words(day: date) -> str:
    """A date with its weekday: "Thu, Oct 1, 2026"."""
    return date_format(day, pgettext("date format: day with weekday", "D, M j, Y"))


def short_date_words(day: date) -> str:
    """The same without the year: "Thu, Oct 1"."""
    return date_format(day, pgettext("date format: day of a ledger", "D, M j"))


def like_words(day: str) -> str:
    """What a make-up day is, by the weekday whose hours it takes."""
    return _("works like %(weekday)s") % {"weekday": weekday_name(day)}


_KINDS: Mapping[DayIs, Any] = {
    DayIs.OPEN: lambda: pgettext("kind of day", "Open"),
    DayIs.CLOSED: lambda: _("Closed weekday"),
    DayIs.HOLIDAY: lambda: _("Public holiday"),
    DayIs.MAKEUP: lambda: _("Make-up working day"),
    DayIs.SPECIAL: lambda: _("Special hours"),
}
_MARKS: Mapping[DayIs, Any] = {
    DayIs.HOLIDAY: lambda: pgettext("one letter that marks a public holiday in a small calendar", "H"),
    DayIs.MAKEUP: lambda: pgettext("one letter that marks a make-up working day in a small calendar", "W"),
    DayIs.SPECIAL: lambda: pgettext("one letter that marks special hours in a small calendar", "S"),
}


def kind_words(kind: DayIs) -> str:
    """What a day is."""
    return str(_KINDS[kind]())


def kind_mark(kind: DayIs) -> str:
    """The letter that marks it, so that nobody has to tell colours apart; empty for ordinary days."""
    return str(_MARKS[kind]()) if kind in _MARKS else ""


def day_kind_words(day: YearDay) -> str:
    """What a date is, own exceptions told from the country's days: "Public holiday", "Closed (own exception)"."""
    if day.own is None:
        return kind_words(day.kind)
    if day.own.kind == OwnKind.OPEN:
        return _("Public holiday not observed")
    said = pgettext("kind of day", "Closed") if day.kind == DayIs.HOLIDAY else kind_words(day.kind)
    return _("%(what)s, own exception") % {"what": said}


def day_hours_words(day: YearDay) -> str:
    """The hours of a date that differs: "works like Monday, 09:00–18:00", "closed"."""
    if day.kind != DayIs.MAKEUP:
        return hours_words(day.hours)
    return _("%(like)s, %(hours)s") % {"like": like_words(day.like), "hours": hours_words(day.hours)}


# --- versions ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """Something that became otherwise."""

    what: str
    before: str
    after: str


def change_words(differences: Iterable[Difference], after: CalendarVersion) -> list[Change]:
    """What a version says differently from the one before it; dates that were over by then come last."""
    since = after.published_at or after.edited_at
    today = since.date().isoformat() if since else ""

    def is_over(difference: Difference) -> bool:
        return difference.what[:1].isdigit() and difference.what < today

    return [_change(difference, after) for difference in sorted(differences, key=is_over)]


def _change(difference: Difference, version: CalendarVersion) -> Change:
    what, before, after = difference.what, difference.before, difference.after
    if what == "time_zone":
        return Change(_("Time zone"), before, after)
    if what == "country":
        return Change(_("Public holidays"), _place(before), _place(after))
    if what.startswith("hours."):
        return Change(weekday_name(what.removeprefix("hours.")), hours_words(before), hours_words(after))
    return Change(named_date(what, version), _dated(before), _dated(after))


def _place(said: str) -> str:
    country, _space, region = said.partition(" ")
    return place_words(country, region)


def named_date(written: str, version: CalendarVersion) -> str:
    """An ISO date with what the version's country calls it."""
    day = date.fromisoformat(written)
    name = day_names(version.country, version.region, day.year, get_language() or "en").get(day, "")
    return f"{date_words(day)} · {name}" if name else date_words(day)


def _dated(said: Any) -> str:
    if said is None:
        return _("as the week")
    if said == "closed":
        return _("closed")
    return like_words(said) if isinstance(said, str) else hours_words(said)


# --- what the library knows by now -------------------------------------------------------------------


@dataclass(frozen=True)
class News:
    """Days that came or went since a version took them over, or a sentence about years."""

    title: str
    days: list[str]


def drift_words(found: Drift, version: CalendarVersion) -> list[News]:
    """What taking the public days over anew would change, group by group; none when nothing would (SLA-03)."""
    groups = [
        (found.closed, _("New public holidays")),
        (found.opened, _("No public holidays any more")),
        (found.made_up, _("New make-up working days")),
        (found.unmade, _("No make-up working days any more")),
    ]
    news = [News(title, [named_date(day, version) for day in days]) for days, title in groups if days]
    if found.announced:
        news.append(News(_("Official now, no longer provisional"), [str(year) for year in found.announced]))
    if found.uncovered:
        news.append(News(_("Years that come in"), [str(y) for y in found.uncovered]))
    return news


def provisional_words(definition: Mapping[str, Any], content: Content, years: Sequence[int]) -> str:
    """What it means that the notice for some years is not out, with what the last notice brought (SLA-03)."""
    known = make_up_days(definition, content)
    said = _(
        "The official notice is not out yet. The holidays fixed by law are in; which days are added around them, and "
        "which weekends become working days instead, is not known. This page will say what changes once it is."
    )
    last = max((year for year in known if year not in years), default=None)
    if last is None:
        return said
    brought = ngettext(
        "The notice for %(year)s brought %(count)s make-up working day.",
        "The notice for %(year)s brought %(count)s make-up working days.",
        known[last],
    ) % {"year": last, "count": known[last]}
    return f"{said} {brought}"
