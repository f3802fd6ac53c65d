"""Public holidays and make-up working days of a country, from the `holidays` library (SLA-03)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import holidays
from django.utils.translation import gettext as _

from sla.models import CalendarVersion
from tickets.errors import Invalid

MAKE_UP_HOURS_OF = "mon"
MEMORY = 2  # a country that ordered no make-up days for so many years before is not waited for
_LANGUAGES = {"en": ("en_US", "en_GB"), "zh-hans": ("zh_CN",), "zh-hant": ("zh_TW", "zh_HK", "zh_CN")}


@dataclass(frozen=True)
class PublicDays:
    """What the library knows of some years.

    Attributes:
        closed: ISO dates, in order.
        made_up: make-up working days with the weekday whose hours they take.
        provisional: years for which a country that orders make-up days has not announced any yet.
    """

    closed: list[str] = field(default_factory=list)
    made_up: dict[str, str] = field(default_factory=dict)
    provisional: list[int] = field(default_factory=list)


def countries() -> list[str]:
    """The codes of the countries the library knows (ISO 3166)."""
    return sorted(code for code in holidays.list_supported_countries(include_aliases=False) if len(code) == 2)


def regions(country: str) -> list[str]:
    """The regions of a country that have holidays of their own, by the library's codes."""
    return sorted(holidays.list_supported_countries(include_aliases=False).get(country, []))


@lru_cache(maxsize=64)
def region_names(country: str) -> dict[str, str]:
    """The regions of a country by code, with the library's name for each; the code itself where it has none."""
    if country not in countries():
        return {}
    named = _library(country, "", ()).get_subdivision_aliases()
    return {code: (named.get(code) or [code])[0] for code in regions(country)}


def public_days(country: str, region: str, years: tuple[int, ...]) -> PublicDays:
    """What the library says today; nothing without a country.

    Raises:
        Invalid: at `country` or `region`, what the library does not know.
    """
    if not country:
        return PublicDays()
    if country not in countries():
        raise Invalid({"country": [_("The public holidays of this country are not known.")]})
    if region and region not in regions(country):
        raise Invalid({"region": [_("This country has no such region.")]})
    return _known(country, region, years)


@lru_cache(maxsize=64)
def _known(country: str, region: str, years: tuple[int, ...]) -> PublicDays:
    found = _library(country, region, tuple(range(years[0] - MEMORY, years[-1] + 1)))
    ordered: set[date] = getattr(found, "weekend_workdays", set())
    made_up = sorted(day for day in ordered if day.year in years)
    announced = {day.year for day in ordered}
    return PublicDays(
        closed=[day.isoformat() for day in sorted(found) if day not in made_up and day.year in years],
        made_up={day.isoformat(): MAKE_UP_HOURS_OF for day in made_up},
        provisional=[year for year in years if announced and year > max(announced)],
    )


def _library(country: str, region: str, years: tuple[int, ...], language: str | None = None) -> Any:
    return holidays.country_holidays(country, subdiv=region or None, years=years, language=language)


@lru_cache(maxsize=128)
def day_names(country: str, region: str, year: int, language: str) -> dict[date, str]:
    """What the days are called: in the reader's language where the library has it, else in English, else in the
    country's own. The language is always named, since the library would take the server's otherwise."""
    if not country or country not in countries():
        return {}
    entity = _library(country, region, ())
    wishes = (*_LANGUAGES.get(language, ()), *_LANGUAGES["en"])
    wanted = next((code for code in wishes if code in entity.supported_languages), entity.default_language)
    return {day: name for day, name in _library(country, region, (year,), wanted).items() if day.year == year}


@dataclass(frozen=True)
class Drift:
    """What the library says today that a published version does not know yet; dates are ISO.

    Attributes:
        closed, opened: public holidays that came or went.
        made_up, unmade: make-up days that came or went.
        announced: years from this one on that were provisional and are official now.
        uncovered: the years ahead that the version does not cover.
    """

    closed: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    made_up: list[str] = field(default_factory=list)
    unmade: list[str] = field(default_factory=list)
    announced: list[int] = field(default_factory=list)
    uncovered: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.closed, self.opened, self.made_up, self.unmade, self.announced, self.uncovered))


def drift(version: CalendarVersion, today: date) -> Drift:
    """How the library differs, from today on, from what a version took over; own days are left out."""
    if not version.country:
        return Drift()
    known = public_days(version.country, version.region, tuple(version.covered_years))
    own = {row["date"] for row in version.exceptions}

    def ahead(days: set[str]) -> list[str]:
        return sorted(day for day in days - own if day >= today.isoformat())

    official = set(version.provisional_years) - set(known.provisional)
    closed, made_up = set(version.definition["holidays"]), set(version.definition["workdays"])
    return Drift(
        closed=ahead(set(known.closed) - closed),
        opened=ahead(closed - set(known.closed)),
        made_up=ahead(set(known.made_up) - made_up),
        unmade=ahead(made_up - set(known.made_up)),
        announced=sorted(year for year in official if year >= today.year),
        uncovered=[year for year in (today.year, today.year + 1) if year not in version.covered_years],
    )
