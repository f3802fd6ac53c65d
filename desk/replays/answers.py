"""The answer to a what-if, as its page and its files show it (SLA-62)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.replays.changed import direction_of
from desk.scope import range_words
from sla.figures import Tally
from sla.models import ClockKind, Target, WhatIf
from sla.services.assumptions import promise_from_json
from sla.services.tallies import EDGES, MISSED, OPEN
from sla.services.terms import promise_of
from web.agreements import Line, Names, lines_of
from web.words import exact_words

THEN, NOW = "then", "now"
STEPS = ("warn", "breach", "late")
MOST_MARKS = 3

Counts = Mapping[str, int]


def assumed_words(asked: WhatIf) -> dict[str, str]:
    """What was assumed, and over which requests: `what`, `days`, `client` (empty for several or all)."""
    agreement, calendars = asked.assumption.get("agreement"), asked.assumption.get("calendars", {})
    said = [_version_words(calendar, _("%(name)s, version %(number)s")) for calendar in calendars.values()]
    if agreement:
        text = _("%(name)s, version %(number)s, with changed targets") if agreement.get("is_changed") else ""
        said.insert(0, _version_words(agreement, text or _("%(name)s, version %(number)s")))
    until = min(asked.until, asked.at)
    return {
        "what": pgettext("between names", ", ").join(said),
        "days": range_words(timezone.localdate(asked.since), timezone.localdate(until)),
    }


def _version_words(row: Mapping[str, Any], text: str) -> str:
    return text % {"name": row["name"], "number": row["version"]}


@dataclass(frozen=True)
class Compared:
    """Cycles as they came out, and as they would have; those not counted yet apart."""

    then: Tally
    now: Tally
    then_open: int = 0
    now_open: int = 0

    @property
    def points(self) -> float | None:
        """The difference in percentage points; None where either has no data."""
        if self.then.share is None or self.now.share is None:
            return None
        return round((self.now.share - self.then.share) * 100, 1)

    @property
    def points_words(self) -> str:
        """The difference in words: "+1.2", "−0.8", "±0"; empty without data."""
        if not self.points:
            return "" if self.points is None else "±0"
        return f"{'+' if self.points > 0 else '−'}{localize(abs(self.points))}"

    @property
    def is_better(self) -> bool | None:
        """Whether more would have been met; None where nothing can be said or changed."""
        return None if not self.points else self.points > 0


@dataclass(frozen=True)
class KindRow:
    """A kind of clock, compared."""

    kind: ClockKind
    compared: Compared
    flips: int


@dataclass(frozen=True)
class TargetRow:
    """A target, compared: those cycles that would have run under it. Without a line: what nothing was assumed of."""

    line: Line | None
    compared: Compared


def step_names() -> tuple[str, str, str]:
    """What would have been sent, in the order of `STEPS`."""
    return _("Warnings"), _("Notices of misses"), _("Escalations")


@dataclass(frozen=True)
class StepRow:
    """What would have been sent: warnings, notices of misses, escalations, each then and now."""

    label: str
    counts: list[tuple[int, int]]

    @property
    def named(self) -> list[tuple[str, int, int]]:
        """The counts, each with its name."""
        return [(name, *pair) for name, pair in zip(step_names(), self.counts, strict=True)]

    @property
    def differences(self) -> list[int]:
        """More (or less) of each."""
        return [now - then for then, now in self.counts]


@dataclass(frozen=True)
class Answer:
    """A result read for people."""

    asked: WhatIf
    result: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, asked: WhatIf) -> Answer | None:
        """The answer; None while there is none."""
        return None if asked.result is None else cls(asked, asked.result)

    @property
    def requests(self) -> int:
        """How many requests it was replayed for."""
        return int(self.result.get("requests", 0))

    @cached_property
    def kinds(self) -> list[KindRow]:
        """Each kind of clock that ran then or would have."""
        then, now = self._counts("then"), self._counts("now")
        there = {key.partition(":")[0] for key in (*then, *now)}
        return [
            KindRow(kind, _compared(then, now, f"{kind}:"), self.flipped(kind)) for kind in ClockKind if kind in there
        ]

    @cached_property
    def whole(self) -> Compared:
        """All kinds together."""
        rows = [row.compared for row in self.kinds]
        return Compared(sum((row.then for row in rows), Tally()), sum((row.now for row in rows), Tally()))

    def flipped(self, kind: str = "", direction: str = "") -> int:
        """How many outcomes changed, of a kind and in a direction (see `desk.replays.changed.direction_of`)."""
        found = 0
        for key, count in self._counts("flips").items():
            of, then, now = key.split(":")
            if kind in ("", of) and direction in ("", direction_of(then, now)):
                found += count
        return found

    @property
    def flips(self) -> int:
        """How many outcomes changed in all."""
        return self.flipped()

    @cached_property
    def targets(self) -> list[TargetRow]:
        """The targets that were assumed, or those whose calendar was; two to four queries."""
        counts = self._counts("by_target")
        then = {key.replace(":then:", ":"): count for key, count in counts.items() if ":then:" in key}
        now = {key.replace(":now:", ":"): count for key, count in counts.items() if ":now:" in key}
        rows = [TargetRow(line, _compared(then, now, f"{key}:")) for key, line in self._lines(counts)]
        if any(key.startswith("0:") for key in counts):
            rows.append(TargetRow(None, _compared(then, now, "0:")))
        return rows

    def _lines(self, counts: Counts) -> Iterable[tuple[int, Line]]:
        agreement = self.asked.assumption.get("agreement")
        if agreement:
            promises = [promise_from_json(row) for row in agreement["targets"]]
            return enumerate(lines_of(promises, Names.known()), start=1)
        wanted = {int(key.partition(":")[0]) for key in counts}
        targets = list(Target.objects.filter(pk__in=wanted).prefetch_related("ladder").order_by("kind", "pk"))
        lines = lines_of([promise_of(target) for target in targets], Names.known())
        return zip((target.pk for target in targets), lines, strict=True)

    @cached_property
    def steps(self) -> list[StepRow]:
        """What would have been sent, by kind, and in all."""
        then, now = self._counts("then_steps"), self._counts("now_steps")
        rows = [
            StepRow(str(kind.label), [(then.get(f"{kind}:{step}", 0), now.get(f"{kind}:{step}", 0)) for step in STEPS])
            for kind in ClockKind
        ]
        rows = [row for row in rows if any(before or after for before, after in row.counts)]
        totals = [(sum(row.counts[n][0] for row in rows), sum(row.counts[n][1] for row in rows)) for n in range(3)]
        return [*rows, StepRow(_("All clocks"), totals)] if rows else []

    # --- the distribution ---------------------------------------------------------------------------

    def chart(self, wanted: str) -> dict[str, Any]:
        """How long things took, by class, for the kind asked for or the first there is; with its choices."""
        timed = [kind for kind in ClockKind if self._timed(kind)]
        kind = next((kind for kind in timed if kind == wanted), next(iter(timed), None))
        choices = [{"kind": each, "label": each.label, "is_current": each == kind} for each in timed]
        return {"kind": kind, "choices": choices, "data": self._distribution(kind) if kind else {}}

    def _timed(self, kind: ClockKind) -> bool:
        return any(key.startswith(f"{kind}:") for name in ("then_times", "now_times") for key in self._counts(name))

    def _distribution(self, kind: ClockKind) -> dict[str, Any]:
        then, now = self._classes("then_times", kind), self._classes("now_times", kind)
        targets = [*self._targets_of("then_targets", kind), *self._targets_of("now_targets", kind)]
        places = [*(n for n in range(len(then)) if then[n] or now[n]), *(round(place) for place, _label in targets)]
        first, last = max(0, min(places) - 1), min(len(then) - 1, max(places) + 1)
        old, new = (self._marks(name, kind, first) for name in ("then_targets", "now_targets"))
        return {
            "type": "bar",
            "digits": 0,
            "labels": [class_words(place) for place in range(first, last + 1)],
            "series": [
                {"label": _("As it would have been"), "values": now[first : last + 1]},
                {"label": _("As it was"), "values": then[first : last + 1]},
            ],
            "marks": [
                *({**mark, "label": _("old target %(time)s") % mark} for mark in old if mark not in new),
                *(
                    {
                        **mark,
                        "strong": True,
                        "label": (_("target %(time)s") if mark in old else _("new target %(time)s")) % mark,
                    }
                    for mark in new
                ),
            ],
        }

    def classes(self, kind: ClockKind) -> list[tuple[int, int, int]]:
        """The classes of a kind's distribution: place, how many as it was, how many as it would have been."""
        pairs = zip(self._classes("then_times", kind), self._classes("now_times", kind), strict=True)
        return [(place, then, now) for place, (then, now) in enumerate(pairs) if then or now]

    def _classes(self, name: str, kind: ClockKind) -> list[int]:
        counts = self._counts(name)
        return [counts.get(f"{kind}:{place}", 0) for place in range(len(EDGES) + 1)]

    def _targets_of(self, name: str, kind: ClockKind) -> list[tuple[float, int]]:
        """The most frequent targets of a kind: where they lie between the classes, and in seconds."""
        counts = {int(key.partition(":")[2]): n for key, n in self._counts(name).items() if key.startswith(f"{kind}:")}
        frequent = sorted(counts, key=lambda seconds: -counts[seconds])[:MOST_MARKS]
        return [(place_of(seconds), seconds) for seconds in sorted(frequent)]

    def _marks(self, name: str, kind: ClockKind, first: int) -> list[dict[str, Any]]:
        targets = self._targets_of(name, kind)
        return [{"at": place - first + 0.5, "time": exact_words(seconds)} for place, seconds in targets]

    def _counts(self, name: str) -> Counts:
        found: Counts = self.result.get(name, {})
        return found


def _compared(then: Counts, now: Counts, start: str) -> Compared:
    return Compared(
        _tally(then, start), _tally(now, start), then.get(f"{start}{OPEN}", 0), now.get(f"{start}{OPEN}", 0)
    )


def _tally(counts: Counts, start: str) -> Tally:
    return Tally(counts.get(f"{start}met", 0), counts.get(f"{start}{MISSED}", 0), counts.get(f"{start}void", 0))


def class_words(place: int) -> str:
    """A class of the distribution: "≤ 30 m"; the last one "> 240 h"."""
    if place < len(EDGES):
        return f"≤ {exact_words(EDGES[place])}"
    return f"> {exact_words(EDGES[-1])}"


def place_of(seconds: int) -> float:
    """Where a target lies among the classes, of which each is one wide and centred at its number."""
    before = 0
    for place, edge in enumerate(EDGES):
        if seconds <= edge:
            return place - 0.5 + (seconds - before) / (edge - before)
        before = edge
    return len(EDGES) - 0.25
