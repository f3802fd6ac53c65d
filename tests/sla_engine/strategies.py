"""Hypothesis strategies: calendars as notation, instants around clock changes, lives of requests."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from sla.engine.calendar import Calendar
from sla.engine.clock import Fact, FactKind, Kind, TargetSpec, Threshold

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Weeks with a change of the clocks in one of the zones, and one without
ANCHORS = (
    date(2025, 3, 8),
    date(2025, 3, 29),
    date(2025, 4, 5),
    date(2025, 6, 10),
    date(2025, 10, 4),
    date(2025, 10, 25),
    date(2025, 11, 1),
    date(2024, 2, 28),
)

# No ends between 01:00 and 03:30: the oracle cannot tell the two readings of such a wall time apart
_minutes = st.one_of(st.integers(0, 60), st.integers(210, 1439))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def day_hours(draw: st.DrawFn) -> list[list[str]]:
    """Up to three intervals of one day; the last may cross midnight or end at 24:00."""
    marks = sorted(draw(st.sets(_minutes, min_size=0, max_size=6)))
    pairs = [[_clock(a), _clock(b)] for a, b in zip(marks[::2], marks[1::2], strict=False)]
    if len(marks) % 2:
        first = marks[0] if len(marks) > 1 else marks[-1]
        night = draw(st.sampled_from(["24:00", "00:00", _clock(min(first, 60)), "06:00"]))
        if night != _clock(marks[-1]):
            pairs.append([_clock(marks[-1]), night])
    return pairs if pairs and _is_valid(pairs) else pairs[:1]


def _is_valid(pairs: list[list[str]]) -> bool:
    ends = [(a, b if b > a else "48:00") for a, b in pairs]
    return all(first[1] <= second[0] for first, second in pairwise(ends))


@st.composite
def notations(draw: st.DrawFn) -> dict[str, object]:
    """A calendar's JSON with exceptions around the anchors; sometimes it never opens in a week."""
    days = st.sampled_from([anchor + timedelta(days=n) for anchor in ANCHORS for n in range(-2, 5)])
    shape = draw(st.sampled_from(["free", "office", "night", "always"]))
    rows = {
        "free": st.lists(day_hours(), min_size=7, max_size=7),
        "office": st.just([[["09:00", "12:00"], ["13:30", "18:00"]]] * 5 + [[], []]),
        "night": st.just([[["22:00", "06:00"]]] * 7),
        "always": st.just([[["00:00", "24:00"]]] * 7),
    }[shape]
    return {
        "timezone": draw(st.sampled_from(ZONES)),
        "hours": dict(zip(NAMES, draw(rows), strict=True)),
        "holidays": sorted({day.isoformat() for day in draw(st.lists(days, max_size=4))}),
        "workdays": {day.isoformat(): draw(st.sampled_from(NAMES)) for day in draw(st.lists(days, max_size=2))},
        "special": {day.isoformat(): draw(day_hours()) for day in draw(st.lists(days, max_size=2))},
    }


def instants(whole_minutes: bool = False) -> st.SearchStrategy[datetime]:
    """UTC instants within three days of an anchor."""
    step = 60_000_000 if whole_minutes else 1
    offsets = st.integers(-2 * 86_400_000_000 // step, 3 * 86_400_000_000 // step)
    return st.builds(
        lambda day, offset: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(microseconds=offset * step),
        st.sampled_from(ANCHORS),
        offsets,
    )


def durations(hours: int = 60) -> st.SearchStrategy[timedelta]:
    return st.timedeltas(timedelta(), timedelta(hours=hours))


def opens_weekly(notation: dict[str, object]) -> bool:
    return any(notation["hours"].values())


thresholds = st.one_of(
    st.builds(lambda percent: Threshold(percent=percent), st.integers(1, 100)),
    st.builds(lambda minutes: Threshold(before=timedelta(minutes=minutes)), st.integers(0, 120)),
    st.builds(lambda minutes: Threshold(after=timedelta(minutes=minutes)), st.integers(1, 600)),
)

CALENDARS = tuple(
    Calendar.from_json(
        {"timezone": zone, "hours": dict.fromkeys(NAMES, hours), "holidays": ["2025-10-27"], "special": special}
    )
    for zone, hours, special in [
        ("Europe/Berlin", [["09:00", "12:00"], ["13:00", "17:00"]], {"2025-10-28": [["09:00", "12:00"]]}),
        ("Europe/Berlin", [["00:00", "24:00"]], {}),
        ("America/New_York", [["20:00", "04:00"]], {}),
    ]
)

targets = st.builds(
    TargetSpec,
    duration=st.timedeltas(timedelta(), timedelta(hours=20)),
    calendar=st.sampled_from(CALENDARS),
    pauses=st.frozensets(st.sampled_from(["client", "third_party", "date"])),
    thresholds=st.lists(thresholds, max_size=4, unique_by=lambda each: each.step).map(tuple),
)

choices = st.dictionaries(
    st.tuples(st.sampled_from(list(Kind)), st.integers(0, 3)), st.one_of(targets, st.none()), min_size=4
)
"""Targets by kind and version; the version is the number of retargetings, modulo four."""


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """A submission and up to 14 further facts in order, often at equal instants."""
    now = datetime(2025, 10, 25, tzinfo=UTC) + draw(st.timedeltas(timedelta(), timedelta(days=2)))
    facts = [Fact(now, FactKind.SUBMITTED, 1)]
    # withdrawn, declined and merged end everything, so they are rarer
    usual = [kind for kind in FactKind if not kind.ends_request]
    kinds = st.one_of(st.sampled_from(usual), st.sampled_from(usual), st.sampled_from(list(FactKind)))
    for key in range(2, draw(st.integers(1, 15)) + 1):
        now += draw(st.sampled_from([0, 1, 7, 60, 200, 611, 1440])) * timedelta(minutes=1)
        wait_for = draw(st.sampled_from(["client", "third_party", "date"]))
        clocks = frozenset(draw(st.sets(st.sampled_from(list(Kind)), max_size=2)))
        facts.append(Fact(now, draw(kinds), key, specialist=draw(st.booleans()), wait_for=wait_for, clocks=clocks))
    return facts
