"""Names of time zones, countries and regions, in the reader's language where there is one."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from django.utils.translation import get_language, gettext, to_locale
from django.utils.translation import gettext_lazy as _

from sla.services.public_days import countries, region_names

NO_COUNTRY = _("No public holidays")
NO_REGION = _("The whole country")

# How names are put in order: by sound in simplified, by strokes in traditional Chinese. These encodings do just that.
_ORDERS = {"zh-hans": "gbk", "zh-hant": "big5"}


def country_name(code: str, language: str = "") -> str:
    """What a country is called; its code where nobody knows, empty for none."""
    return _territories(language or get_language() or "en").get(code, code)


def place_words(country: str, region: str) -> str:
    """A country with its region: "Germany, Bayern"; a sentence for none."""
    if not country:
        return str(NO_COUNTRY)
    name = country_name(country)
    return (
        name
        if not region
        else gettext("%(country)s, %(region)s")
        % {
            "country": name,
            "region": region_names(country).get(region, region),
        }
    )


def country_choices() -> list[tuple[str, str]]:
    """Every country the library knows, in the order of the reader's language."""
    return [("", str(NO_COUNTRY)), *_sorted_countries(get_language() or "en")]


def region_choices(country: str) -> list[tuple[str, str]]:
    """The regions of a country by code and name; only "the whole" where there are none."""
    named = region_names(country).items()
    return [("", str(NO_REGION)), *((code, name if name == code else f"{name} ({code})") for code, name in named)]


@lru_cache(maxsize=8)
def _sorted_countries(language: str) -> tuple[tuple[str, str], ...]:
    encoding = _ORDERS.get(language, "utf-8")
    named = [(code, country_name(code, language)) for code in countries()]
    return tuple(sorted(named, key=lambda pair: pair[1].encode(encoding, "replace")))


@lru_cache(maxsize=8)
def _territories(language: str) -> dict[str, str]:
    return {str(code): str(name) for code, name in Locale.parse(to_locale(language)).territories.items()}


def zone_options(at: datetime) -> list[tuple[str, str]]:
    """Every time zone with what it differs from UTC at an instant: ("Asia/Shanghai", "UTC+08:00")."""
    return _zones_in(at.replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=4)
def _zones_in(hour: datetime) -> list[tuple[str, str]]:
    return [(name, offset_words(name, hour)) for name in _zone_names()]


@lru_cache(maxsize=1)
def _zone_names() -> tuple[str, ...]:
    """Looked up on the disk, so once."""
    return tuple(sorted(name for name in available_timezones() if _is_place(name)))


def _is_place(name: str) -> bool:
    region, slash, _place = name.partition("/")
    return name == "UTC" or (bool(slash) and region not in {"Etc", "SystemV", "posix", "right"})


def offset_words(zone: str, at: datetime) -> str:
    """How far a zone is from UTC at an instant."""
    offset = f"{at.astimezone(ZoneInfo(zone)):%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"
