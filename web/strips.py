"""Time strips: stretches of time side by side, drawn in SVG, with marks and local times (SLA-41).

Places are per cent of the width, so that a strip fits every column without a script or an inline style. What did not
count may be drawn shorter than it was, so that counted time stays readable over nights, weekends and long waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from web.words import clock_words, duration_words

COUNTING = frozenset({"counted", "makeup", "special"})
AHEAD = frozenset({"ahead", "ahead-closed"})
RANK = ("counted", "makeup", "special", "paused", "deciding", "closed", "holiday", "outside", "ahead", "ahead-closed")

MOST_PIECES = 240  # more than that are drawn day by day
AHEAD_SHARE = 3  # what lies ahead takes at most so many times the room of what has passed
NARROWEST, NARROWEST_OF_MANY, MANY = 0.005, 0.001, 120
DATES_ONLY = timedelta(days=12)  # from here on the axis shows days, no times
GAPS = {"wide": 7.5, "narrow": 19.0}  # the room of a label, in per cent of the width
BROKEN, BREAK_WIDTH = 0.5, 2.2  # drawn at less than half its length; in per cent of the width
EDGE = 4.0  # so near an end a label is not centred any more


@dataclass(frozen=True)
class Stretch:
    """A piece of time [start, end): `kind` is one of RANK, `title` says what it was."""

    start: datetime
    end: datetime
    kind: str
    title: str

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True)
class Mark:
    """An instant worth a line: `kind` is warning, due, breach, late, stop or now; `label` names it in a word or two."""

    at: datetime
    kind: str
    label: str
    x: float = 0.0


@dataclass(frozen=True)
class Piece:
    """A stretch with its place, in per cent. `share`: how much of its room it got, 1 or less."""

    stretch: Stretch
    x: float
    width: float
    share: float

    @property
    def middle(self) -> float:
        """Where the sign of a shortened stretch stands."""
        return round(self.x + self.width / 2, 3)

    @property
    def shows_break(self) -> bool:
        """Whether it was shortened so much that it is said, and has room for the sign."""
        return self.share < BROKEN and self.width >= BREAK_WIDTH


@dataclass(frozen=True)
class Tick:
    """A label below the strip; `day` where another day begins."""

    x: float
    text: str
    day: str
    anchor: str


@dataclass(frozen=True)
class Key:
    """An entry of the legend: a kind that occurs, in words, and how long it was in all."""

    kind: str
    words: str
    length: timedelta


@dataclass(frozen=True)
class Strip:
    """Everything that `components/time_strip.html` draws. `id` is unique on its page."""

    id: str
    label: str
    pieces: list[Piece]
    marks: list[Mark]
    axes: dict[str, list[Tick]]
    legend: list[Key]

    @property
    def is_shortened(self) -> bool:
        """Whether something is drawn shorter than it was."""
        return any(piece.share < 1 for piece in self.pieces)

    @property
    def patterns(self) -> list[str]:
        """The kinds that are hatched and occur."""
        there = {piece.stretch.kind for piece in self.pieces}
        return [kind for kind in RANK if kind in there and kind != "counted"]


def make_strip(
    id: str, stretches: Sequence[Stretch], marks: Iterable[Mark] = (), *, label: str, words: dict[str, str]
) -> Strip:
    """Lay out contiguous stretches.

    Args:
        id: unique on the page; letters, digits and hyphens.
        marks: those outside of the stretches are left out.
        label: what a screen reader says for the picture.
        words: the legend's word for each kind that occurs.
    """
    stretches = [stretch for stretch in stretches if stretch.end > stretch.start]
    drawn = list(_by_day(stretches)) if len(stretches) > MOST_PIECES else list(_closed_joined(stretches))
    pieces = _placed(drawn)
    shown = [replace(mark, x=x) for mark in marks if (x := _place_of(mark.at, pieces)) is not None]
    return Strip(
        id=id,
        label=label,
        pieces=pieces,
        marks=sorted(shown, key=lambda mark: mark.at),
        axes={name: _axis(pieces, shown, gap) for name, gap in GAPS.items()} if pieces else {},
        legend=_legend(stretches, words),
    )


def _legend(stretches: Sequence[Stretch], words: dict[str, str]) -> list[Key]:
    totals: dict[str, timedelta] = {}
    for stretch in stretches:
        totals[stretch.kind] = totals.get(stretch.kind, timedelta()) + (stretch.end - stretch.start)
    return [Key(kind, words[kind], totals[kind]) for kind in RANK if kind in totals]


# --- room -------------------------------------------------------------------------------------------


def _placed(stretches: Sequence[Stretch]) -> list[Piece]:
    weights = _weights(stretches)
    least = sum(weights) * (NARROWEST if len(weights) <= MANY else NARROWEST_OF_MANY)
    weights = [max(weight, least) for weight in weights]
    whole, at, pieces = sum(weights), 0.0, []
    for stretch, weight in zip(stretches, weights, strict=True):
        share = min(1.0, round(weight / stretch.seconds, 3))
        pieces.append(Piece(stretch, round(at / whole * 100, 3), round(weight / whole * 100, 3), share))
        at += weight
    return pieces


def _weights(stretches: Sequence[Stretch]) -> list[float]:
    """How much room each stretch takes: as long as it was, but what did not count at most as much as what did."""
    counted = sum(each.seconds for each in stretches if each.kind in COUNTING)
    idle = [each.seconds for each in stretches if each.kind not in COUNTING and each.kind not in AHEAD]
    cap = _cap(idle, counted) if counted else float("inf")
    past = counted + sum(min(seconds, cap) for seconds in idle)
    ahead = sum(
        min(each.seconds, cap if each.kind == "ahead-closed" else float("inf"))
        for each in stretches
        if each.kind in AHEAD
    )
    factor = min(1.0, past * AHEAD_SHARE / ahead) if ahead and past else 1.0
    return [_weight(each, cap, factor) for each in stretches]


def _weight(stretch: Stretch, cap: float, factor: float) -> float:
    if stretch.kind in COUNTING:
        return stretch.seconds
    if stretch.kind == "ahead":
        return stretch.seconds * factor
    room = min(stretch.seconds, cap)
    return room * factor if stretch.kind in AHEAD else room


def _cap(lengths: Sequence[float], room: float) -> float:
    """The length to which the longest must be cut so that all together fit into a room; infinite if they do."""
    left, ordered = room, sorted(lengths)
    for position, length in enumerate(ordered):
        share = left / (len(ordered) - position)
        if length > share:
            return share
        left -= length
    return float("inf")


def _place_of(at: datetime, pieces: Sequence[Piece]) -> float | None:
    """Where an instant lies, in per cent; None outside of the strip."""
    for piece in pieces:
        stretch = piece.stretch
        if stretch.start <= at <= stretch.end:
            share = (at - stretch.start) / (stretch.end - stretch.start)
            return round(piece.x + share * piece.width, 3)
    return None


def _closed_joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Holidays with the nights, breaks and weekends between them as one stretch, so that a long feast is one piece."""
    for is_closed, group in groupby(stretches, key=lambda each: each.kind in ("holiday", "outside")):
        run = list(group)
        holidays = [place for place, each in enumerate(run) if each.kind == "holiday"]
        if not is_closed or len(holidays) < 2:
            yield from run
            continue
        first, last = holidays[0], holidays[-1]
        inner = run[first : last + 1]
        days = " – ".join(_day(_local_day(each)) for each in (inner[0].start, inner[-1].end))
        yield from run[:first]
        yield Stretch(inner[0].start, inner[-1].end, "holiday", f"{days}: {_day_title(inner)}")
        yield from run[last + 1 :]


def _by_day(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """One stretch for each local day: the one that matters most, with the lengths of all in its title."""
    cut = (piece for stretch in stretches for piece in _cut_at_midnight(stretch))
    for (day, _ahead), group in groupby(cut, key=lambda each: (_local_day(each.start), each.kind in AHEAD)):
        pieces = list(group)
        kind = min((piece.kind for piece in pieces), key=RANK.index)
        yield Stretch(pieces[0].start, pieces[-1].end, kind, f"{_day(day)}: {_day_title(pieces)}")


def _cut_at_midnight(stretch: Stretch) -> Iterator[Stretch]:
    start = stretch.start
    while start < stretch.end:
        local = timezone.localtime(start)
        next_day = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        end = min(stretch.end, next_day.astimezone(start.tzinfo))
        yield replace(stretch, start=start, end=end)
        start = end


def _day_title(pieces: Sequence[Stretch]) -> str:
    totals: dict[str, float] = {}
    for piece in pieces:
        what = piece.title.partition(":")[0]
        totals[what] = totals.get(what, 0.0) + piece.seconds
    return pgettext("between names", ", ").join(f"{what} {duration_words(seconds)}" for what, seconds in totals.items())


# --- labels -----------------------------------------------------------------------------------------


@dataclass
class _Wanted:
    at: datetime
    x: float
    rank: int
    text: str = field(default="")

    @property
    def anchor(self) -> str:
        """Where its text stands: at the ends within the strip, elsewhere under its mark."""
        return "start" if self.x < EDGE else "end" if self.x > 100 - EDGE else "middle"

    def middle(self, room: float) -> float:
        """The middle of its text, which takes so much room."""
        return self.x + {"start": room / 2, "middle": 0.0, "end": -room / 2}[self.anchor]


def _axis(pieces: Sequence[Piece], marks: Sequence[Mark], gap: float) -> list[Tick]:
    """Labels that don't touch: both ends first, then where it was due, where it paused, where days begin, the rest."""
    first, last = pieces[0].stretch.start, pieces[-1].stretch.end
    dates_only = last - first > DATES_ONLY
    chosen: list[_Wanted] = []
    for wanted in sorted(_wanted(pieces, marks), key=lambda each: (each.rank, each.x)):
        wanted.text = _day(_local_day(wanted.at)) if dates_only else clock_words(wanted.at)
        if all(abs(wanted.middle(gap) - other.middle(gap)) >= gap for other in chosen):
            chosen.append(wanted)
    return list(_ticks(sorted(chosen, key=lambda each: each.x), dates_only=dates_only))


def _wanted(pieces: Sequence[Piece], marks: Sequence[Mark]) -> Iterator[_Wanted]:
    yield _Wanted(pieces[0].stretch.start, 0.0, 0)
    yield _Wanted(pieces[-1].stretch.end, 100.0, 0)
    yield from (_Wanted(mark.at, mark.x, 1) for mark in marks if mark.kind in ("due", "breach", "now"))
    day: date | None = None
    for piece in pieces[:-1]:
        here = _local_day(piece.stretch.end)
        is_break = piece.stretch.kind in ("paused", "deciding", "closed")
        yield _Wanted(piece.stretch.end, round(piece.x + piece.width, 3), 2 if is_break or here != day else 3)
        day = here


def _ticks(chosen: Sequence[_Wanted], *, dates_only: bool) -> Iterator[Tick]:
    before: date | None = None
    said = ""
    for wanted in chosen:
        day = _local_day(wanted.at)
        if dates_only and wanted.text == said:
            continue
        said = wanted.text
        yield Tick(wanted.x, wanted.text, "" if dates_only or day == before else _day(day), wanted.anchor)
        before = day


def _local_day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _day(day: date) -> str:
    return date_format(day, pgettext("date format: this year", "M j"))


# --- words ------------------------------------------------------------------------------------------


def kind_words() -> dict[str, str]:
    """What the kinds are called in a legend."""
    return {
        "counted": _("Counted"),
        "makeup": _("Counted, make-up working day"),
        "special": _("Counted, special hours"),
        "paused": _("Paused"),
        "deciding": _("The client was deciding"),
        "closed": _("The request was closed"),
        "holiday": _("Holiday"),
        "outside": _("Outside working hours"),
        "ahead": _("Still to come"),
        "ahead-closed": _("To come, outside working hours"),
    }
