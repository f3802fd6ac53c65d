"""A calendar and its versions as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.shortcuts import get_object_or_404
from django.utils.translation import pgettext

from desk.calendars.places import place_words
from desk.calendars.words import Change, News, change_words, drift_words, week_line
from desk.calendars.year import Shown
from sla.models import CalendarVersion, WorkingCalendar
from sla.services.calendar_content import Content
from sla.services.differences import differences
from sla.services.standing import Standing, standings
from web.words import short_words

VERSIONS_SHOWN = 10
CHANGES_SHOWN = 8


def shown_version(version: CalendarVersion) -> Shown:
    """A version, ready to be drawn."""
    return Shown(version.definition, Content.of(version), version.covered_years, version.provisional_years)


@dataclass(frozen=True)
class Line:
    """A calendar in the list."""

    standing: Standing
    week: str
    place: str
    since: str
    provisional: str

    @classmethod
    def of(cls, standing: Standing, at: datetime) -> Line:
        """In words; provisional years that are over don't matter any more."""
        version = standing.shown
        begun = standing.current.effective_from if standing.current else None
        years = [str(year) for year in version.provisional_years if year >= at.year]
        return cls(
            standing=standing,
            week=week_line(version.definition["hours"]),
            place=place_words(version.country, version.region),
            since=short_words(begun, at) if begun else "",
            provisional=pgettext("between names", ", ").join(years),
        )


@dataclass(frozen=True)
class VersionLine:
    """A version with what it changed; `rest` of the changes are folded away."""

    version: CalendarVersion
    is_current: bool
    is_pending: bool
    is_shown: bool
    is_first: bool
    changes: list[Change]
    rest: list[Change]


@dataclass(frozen=True)
class Record:
    """The versions of a calendar, newest first; `older` is the number to go on before, 0 for no more."""

    lines: list[VersionLine]
    older: int


def record_of(standing: Standing, shown: CalendarVersion, before: int | None) -> Record:
    """A page of the versions, each compared with the one before it; one query."""
    versions = standing.calendar.versions.select_related("calendar", "published_by", "edited_by").order_by("-number")
    if before is not None:
        versions = versions.filter(number__lt=before)
    found = list(versions[: VERSIONS_SHOWN + 1])
    pairs = [*pairwise(found), (found[-1], None)] if len(found) <= VERSIONS_SHOWN else list(pairwise(found))
    lines = [_version_line(standing, shown, version, earlier) for version, earlier in pairs if version]
    is_more = len(found) > VERSIONS_SHOWN
    return Record(lines, lines[-1].version.number if is_more and lines else 0)


def _version_line(
    standing: Standing, shown: CalendarVersion, version: CalendarVersion, earlier: CalendarVersion | None
) -> VersionLine:
    changes = change_words(differences(earlier, version), version) if earlier else []
    return VersionLine(
        version=version,
        is_current=standing.current is not None and version.pk == standing.current.pk,
        is_pending=any(version.pk == pending.pk for pending in standing.pending),
        is_shown=version.pk == shown.pk,
        is_first=earlier is None,
        changes=changes[:CHANGES_SHOWN],
        rest=changes[CHANGES_SHOWN:],
    )


def standing_of(pk: int, at: datetime) -> Standing:
    """A calendar by its id, or 404."""
    return standings([get_object_or_404(WorkingCalendar, pk=pk)], at)[0]


def news_for(version: CalendarVersion | None, standing: Standing) -> list[News]:
    """What the library knows by now that the newest published version does not, in words."""
    return drift_words(standing.drift, version) if version and standing.drift else []
