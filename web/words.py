"""How moments and stretches of time read: "2 h 10 m left", "35 m late", "tomorrow 10:30", "Nov 3".

The same formats serve the server's first rendering and the countdown in the browser (`words_for_scripts`), so both
always say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86_400
SECONDS_MATTER = 5 * MINUTE  # below this a countdown shows seconds
COUNT_WITHIN = timedelta(hours=12)  # a deadline on another day is a date until it is this near

COUNTDOWN = {
    "d_h": pgettext_lazy("countdown", "%(d)s d %(h)s h"),
    "d": pgettext_lazy("countdown", "%(d)s d"),
    "h_m": pgettext_lazy("countdown", "%(h)s h %(m)s m"),
    "h": pgettext_lazy("countdown", "%(h)s h"),
    "m_s": pgettext_lazy("countdown", "%(m)s m %(s)s s"),
    "m": pgettext_lazy("countdown", "%(m)s m"),
    "s": pgettext_lazy("countdown", "%(s)s s"),
}
DURATION = {
    "d_h": pgettext_lazy("duration", "%(d)s d %(h)s h"),
    "d": pgettext_lazy("duration", "%(d)s d"),
    "h_m": pgettext_lazy("duration", "%(h)s h %(m)s m"),
    "h": pgettext_lazy("duration", "%(h)s h"),
    "m_s": pgettext_lazy("duration", "%(m)s m %(s)s s"),
    "m": pgettext_lazy("duration", "%(m)s m"),
    "s": pgettext_lazy("duration", "%(s)s s"),
}
WEEKDAYS = (
    pgettext_lazy("short weekday", "Mon"),
    pgettext_lazy("short weekday", "Tue"),
    pgettext_lazy("short weekday", "Wed"),
    pgettext_lazy("short weekday", "Thu"),
    pgettext_lazy("short weekday", "Fri"),
    pgettext_lazy("short weekday", "Sat"),
    pgettext_lazy("short weekday", "Sun"),
)
_NAMED_DAYS = {
    -1: gettext_lazy("yesterday %(time)s"),
    0: gettext_lazy("today %(time)s"),
    1: gettext_lazy("tomorrow %(time)s"),
}
LEFT = gettext_lazy("%(time)s left")
LATE = gettext_lazy("%(time)s late")
AGO = gettext_lazy("%(time)s ago")
JUST_NOW = gettext_lazy("just now")
ICONS = {"soon": "hourglass_bottom", "late": "error", "paused": "pause", "met": "check"}


def words_for_scripts() -> dict[str, str]:
    """What the modules under `static/js/` say, in the reader's language."""
    return _words_for_scripts(get_language() or "")


@lru_cache(maxsize=16)
def _words_for_scripts(language: str) -> dict[str, str]:
    """In the language in use, which is part of the question: every page carries them."""
    return {
        **{key: str(text) for key, text in COUNTDOWN.items()},
        **{f"ago_{key}": str(DURATION[key]) for key in ("h_m", "h", "m")},
        "left": str(LEFT),
        "late": str(LATE),
        "ago": str(AGO),
        "just_now": str(JUST_NOW),
        "too_big": _("Too big; at most %(limit)s"),
        "offline": _("No answer from the server. Nothing you typed is lost; please try again."),
        "forbidden": _("You may not do that. Nothing was changed."),
        "conflict": _("Somebody was faster. Load the page anew to see what changed; your text is kept."),
        "refused": _("That did not work. Nothing was changed, and nothing you typed is lost."),
        "broken": _("Something went wrong on our side. Nothing you typed is lost; please try again."),
    }


def _stretch(seconds: int, formats: Mapping[str, str | Promise], *, with_seconds: bool, in_days: bool = True) -> str:
    d, rest = divmod(seconds, DAY) if in_days else (0, seconds)
    h, m, s = rest // HOUR, rest % HOUR // MINUTE, rest % MINUTE
    if d:
        key = "d_h" if h else "d"
    elif h:
        key = "h_m" if m else "h"
    elif m:
        key = "m_s" if with_seconds and s else "m"
    else:
        key = "s"
    return str(formats[key]) % {"d": d, "h": h, "m": m, "s": s}


def duration_words(seconds: float) -> str:
    """A stretch of time: "2 h 10 m", "2 小时 10 分"; seconds only below a minute.

    Up to 100 hours stay hours: targets count working time, whose days are not 24 hours long.
    """
    whole = round(abs(seconds))
    return _stretch(whole, DURATION, with_seconds=False, in_days=whole >= 100 * HOUR)


def exact_words(seconds: float) -> str:
    """A duration to the second, in hours, minutes and seconds: "48 h", "1 h 30 m", "2 m 5 s"; what can be read back."""
    whole = round(seconds)
    parts = {"h": whole // HOUR, "m": whole % HOUR // MINUTE, "s": whole % MINUTE}
    said = [str(DURATION[unit]) % {unit: count} for unit, count in parts.items() if count]
    return " ".join(said) or str(DURATION["s"]) % {"s": 0}


def left_words(seconds: float) -> str:
    """A countdown: "2 h 10 m left"; seconds only in the last five minutes."""
    whole = int(seconds)
    return LEFT % {"time": _stretch(whole, COUNTDOWN, with_seconds=whole < SECONDS_MATTER)}


def late_words(seconds: float) -> str:
    """How long past: "35 m late"."""
    return LATE % {"time": _stretch(int(seconds), COUNTDOWN, with_seconds=False)}


def clock_words(at: datetime) -> str:
    """The time of day, "14:02"."""
    return date_format(timezone.localtime(at), pgettext("date format: time", "H:i"))


def day_words(at: datetime, now: datetime) -> str:
    """A moment near or far, with its time: "today 14:02", "tomorrow 10:30", "Mon 10:30", "Nov 3, 14:02"."""
    return _day_words(at, timezone.localdate(now), *_here())


@lru_cache(maxsize=20_000)
def _day_words(at: datetime, today: date, zone: str, language: str) -> str:
    """In the zone and language in use, which are part of the question: lists and time lines ask it on every poll."""
    local = timezone.localtime(at)
    days = (local.date() - today).days
    if days in _NAMED_DAYS:
        return _NAMED_DAYS[days] % {"time": clock_words(at)}
    if 1 < days < 7:
        return _("%(weekday)s %(time)s") % {"weekday": WEEKDAYS[local.weekday()], "time": clock_words(at)}
    if local.year == today.year:
        return date_format(local, pgettext("date format: this year with time", "M j, H:i"))
    return dated_words(at)


def dated_words(at: datetime) -> str:
    """A moment with its day and year, however near, for what is agreed: "Nov 3, 2026, 14:02"."""
    return date_format(timezone.localtime(at), pgettext("date format: any year with time", "M j, Y, H:i"))


def short_words(at: datetime, now: datetime) -> str:
    """A moment in the fewest words: "14:02" today, "Nov 3" this year, "Nov 3, 2025" before or after."""
    local, today = timezone.localtime(at), timezone.localdate(now)
    if local.date() == today:
        return clock_words(at)
    if local.year == today.year:
        return date_format(local, pgettext("date format: this year", "M j"))
    return date_format(local, pgettext("date format: any year", "M j, Y"))


def ago_words(at: datetime, now: datetime) -> str:
    """How long since, for the last day: "5 m ago"; before that the short form."""
    seconds = int((now - at).total_seconds())
    if seconds < MINUTE:
        return str(JUST_NOW)
    if seconds < DAY:
        return AGO % {"time": _stretch(seconds, DURATION, with_seconds=False)}
    return short_words(at, now)


def full_words(at: datetime) -> str:
    """The exact moment with its zone, for titles and documents."""
    return _full_words(at, *_here())


def _here() -> tuple[str, str]:
    """The zone and the language in use."""
    return str(timezone.get_current_timezone()), get_language() or ""


@lru_cache(maxsize=20_000)
def _full_words(at: datetime, zone: str, language: str) -> str:
    """In the zone and language in use, which are part of the question: every row of a list asks it on every poll."""
    local = timezone.localtime(at)
    offset = f"{local:%z}"
    return _("%(moment)s (%(zone)s, UTC%(offset)s)") % {
        "moment": date_format(local, pgettext("date format: exact", "D, M j, Y, H:i:s")),
        "zone": str(local.tzinfo),
        "offset": f"{offset[:3]}:{offset[3:]}",
    }


@dataclass(frozen=True)
class Due:
    """A deadline in words. `state` is one of track, soon, late, paused, met, missed, none."""

    state: str
    text: str
    due_at: datetime | None = None
    soon_at: datetime | None = None
    counts: bool = False  # whether the browser goes on counting
    dated_until: datetime | None = None  # until then the text is a date and stands still

    @property
    def tone(self) -> str:
        """The colour that goes with the state; empty when none does."""
        return {"track": "", "none": "", "missed": "late"}.get(self.state, self.state)

    @property
    def icon(self) -> str:
        """The sign that goes with the colour; empty on track."""
        return ICONS.get(self.tone, "")


def due_words(
    due_at: datetime | None,
    now: datetime,
    *,
    soon_at: datetime | None = None,
    paused: bool = False,
    wait: str = "",
    stopped: datetime | None = None,
) -> Due:
    """The words for a deadline. `wait` names what is waited for; `stopped` is when the clock was stopped for good."""
    if due_at is None and not paused:
        return Due("met", _("Done")) if stopped else Due("none", _("No deadline"))
    if paused:
        return Due("paused", str(wait) or _("Paused"), due_at)
    assert due_at is not None  # noqa: S101 - said above, for the type checker
    if stopped is not None:
        late = (stopped - due_at).total_seconds()
        return Due("missed", late_words(late), due_at) if late > 0 else Due("met", _("On time"), due_at)
    if now >= due_at:
        return Due("late", late_words((now - due_at).total_seconds()), due_at, soon_at, counts=True)
    state = "soon" if soon_at and now >= soon_at else "track"
    midnight = timezone.localtime(due_at).replace(hour=0, minute=0, second=0, microsecond=0)
    dated_until = min(midnight, due_at - COUNT_WITHIN)
    text = day_words(due_at, now) if now < dated_until else left_words((due_at - now).total_seconds())
    return Due(state, text, due_at, soon_at, counts=True, dated_until=dated_until)
