"""The figures a question asks for, each counted once, when something first needs it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import F

from desk.levels.question import Question
from sla import figures
from sla.figures import Causes, Compliance, GroupTally, Histogram, Span, Tally
from sla.figures.hours import Hour
from sla.models import Cause, ClockKind

OFFENDERS = 8


class Answers:
    """What page and files show. A fixed number of queries, however many requests there are."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._about: tuple[Any, Any] = (question.tickets, question.scope.period)

    @cached_property
    def levels(self) -> dict[ClockKind, Compliance]:
        """Compliance of every kind."""
        return figures.compliance(*self._about, at=self.question.at, kinds=ClockKind)

    @cached_property
    def repairs(self) -> Compliance:
        """That of the resolution of faults (R-044)."""
        return figures.repairs(*self._about, at=self.question.at)

    @property
    def has_repairs(self) -> bool:
        """Whether faults were to be repaired in this period or the one before."""
        return Tally() != self.repairs.now + self.repairs.before

    @property
    def level(self) -> Compliance:
        """That of the kind in question."""
        return self.levels[self.question.kind]

    @property
    def kinds(self) -> list[ClockKind]:
        """The kinds with data in this period or the one before; where none has, those every request may have."""
        known = [kind for kind, level in self.levels.items() if level.now != Tally() or level.before != Tally()]
        return known or [ClockKind.FIRST_RESPONSE, ClockKind.TECHNICAL_RESPONSE, ClockKind.RESOLUTION]

    @cached_property
    def groups(self) -> list[GroupTally]:
        """Compliance broken down, what hurts most first."""
        return figures.by_group(*self._about, self.question.kind, self.question.group, at=self.question.at)

    @cached_property
    def spans(self) -> dict[ClockKind, Span]:
        """Median and 90th percentile of every kind."""
        return figures.spans(*self._about, at=self.question.at)

    @property
    def span(self) -> Span:
        """That of the kind in question."""
        return self.spans[self.question.kind]

    @cached_property
    def histogram(self) -> Histogram:
        """How long the finished cycles of the kind took."""
        return figures.histogram(*self._about, self.question.kind, self.span, at=self.question.at)

    @cached_property
    def received(self) -> dict[Hour, int]:
        """Requests received, by weekday and hour."""
        return figures.received_by_hour(*self._about)

    @cached_property
    def missed(self) -> dict[Hour, Tally]:
        """The kind's cycles by weekday and hour in which their requests came in."""
        return figures.missed_by_hour(*self._about, self.question.kind, at=self.question.at)

    @cached_property
    def causes(self) -> Causes:
        """Where the time of the kind's missed cycles went."""
        return figures.causes(*self._about, self.question.kind, at=self.question.at)

    @property
    def cause(self) -> Cause | None:
        """Whose worst offenders are shown: the one asked for, else what used up most of the targets."""
        shares = self.causes.by_cause
        counted = [share.cause for share in shares if share.cause.is_counted]
        known = [share.cause for share in shares]
        return self.question.cause if self.question.cause in known else next(iter(counted or known), None)

    @cached_property
    def offenders(self) -> list[Any]:
        """The missed cycles that spent most on the cause, with `spent`."""
        if self.cause is None:
            return []
        found = figures.spent_on(*self._about, self.question.kind, self.cause, at=self.question.at)
        people = ("ticket__organisation", "ticket__assignee", "ticket__team")
        return list(found.select_related(*people).order_by(F("spent").desc(), "pk")[:OFFENDERS])
