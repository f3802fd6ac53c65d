"""One target measured along the segments of one cycle."""

from bisect import insort
from collections.abc import Collection, Sequence

from sla.engine.instants import length
from sla.engine.story import Cycle, Wait
from sla.engine.terms import Phase, Segment, TargetSpec, Threshold
from sla.engine.weeks import without


def segments_of(cycle: Cycle, waits: Sequence[Wait], pauses: Collection[str], until: int) -> list[Segment]:
    """The phases of a cycle from its start to this instant, contiguous; only the last may be empty.

    Deciding and closed beat a wait. The last one is the phase that holds at `until`, so a wait which begins
    or still lasts there is the last segment, and a wait which ends there is followed by an empty running one.
    """
    found: list[Segment] = []
    cursor = cycle.started_at
    for start, end, phase, cause in _breaks(cycle, waits, pauses):
        if start > until or end <= cursor:
            continue
        if start > cursor:
            found.append(Segment(cursor, start, Phase.RUNNING, None))
        found.append(Segment(max(start, cursor), min(end, until), phase, cause))
        cursor = end
    if cursor <= until:
        found.append(Segment(cursor, until, Phase.RUNNING, None))
    return found


def _breaks(cycle: Cycle, waits: Sequence[Wait], pauses: Collection[str]) -> list[Segment]:
    """What interrupts a cycle, disjoint and in order."""
    breaks = [halt for halt in cycle.halts if halt.end > halt.start]
    holes = [(halt.start, halt.end) for halt in breaks]
    for wait in waits:
        if wait.wait_for in pauses:
            for start, end in without((wait.start, wait.end), holes):
                insort(breaks, Segment(start, end, Phase.PAUSED, wait.key))
    return breaks


class Meter:
    """Counts a target along segments; microseconds throughout.

    A target used up at the very instant a pause begins is not overdue: no clock breaches while paused
    (SLA-18), so the due instant moves to the end of the pause. `due` is None when the last segment is no
    running one.
    """

    def __init__(self, target: TargetSpec, segments: Sequence[Segment], *, live: bool) -> None:
        """Measure; `live` tells that the last segment reaches to now, not to a stop."""
        self.target = target
        self.duration = length(target.duration)
        self.counted = 0
        self.paused = 0
        self.due: int | None = None
        self.breached = False
        self.reached: dict[str, int] = {}
        self.upcoming: list[int] = []
        self._warnings = [threshold for threshold in target.thresholds if threshold.after is None]
        self._overruns = [threshold for threshold in target.thresholds if threshold.after is not None]
        for segment in segments:
            self._take(segment, is_last=segment is segments[-1], live=live)

    @property
    def remaining(self) -> int:
        """What is left of the target, never below zero."""
        return max(0, self.duration - self.counted)

    def due_from(self, at: int) -> int:
        """When the rest would be used up if the clock ran on from this instant."""
        return self.target.calendar.due_us(at, self.remaining)

    def _take(self, segment: Segment, *, is_last: bool, live: bool) -> None:
        if segment.phase is Phase.PAUSED:
            self.paused += self.target.calendar.worked_us(segment.start, segment.end)
        elif segment.phase is Phase.RUNNING:
            worked = self.target.calendar.worked_us(segment.start, segment.end)
            live = live and is_last
            if not self.breached:
                self._run(segment, worked, is_last=is_last, live=live)
            self._look_for(self._overruns, segment, worked, live=live)
            self.counted += worked

    def _run(self, segment: Segment, worked: int, *, is_last: bool, live: bool) -> None:
        due = self.due_from(segment.start)
        if segment.start < segment.end or live:
            self._look_for(self._warnings, segment, worked, due, live=live)
        self.breached = due < segment.end
        if self.breached or is_last:
            self.due = due
        if live and not self.breached:
            self.upcoming.append(due + 1)

    def _look_for(
        self, thresholds: Sequence[Threshold], segment: Segment, worked: int, due: int = 0, *, live: bool
    ) -> None:
        for threshold in thresholds:
            if threshold.step not in self.reached:
                at = self._instant_of(threshold, segment, worked, due, live=live)
                if at is None or at > segment.end:
                    self.upcoming += [at] if live and at is not None else []
                else:
                    self.reached[threshold.step] = at

    def _instant_of(self, threshold: Threshold, segment: Segment, worked: int, due: int, *, live: bool) -> int | None:
        """When this segment reaches the threshold, or will; None when that is not in sight."""
        if threshold.before is not None:
            return max(segment.start, due - length(threshold.before))
        wanted = self._share(threshold) - self.counted
        if wanted > worked and not live:
            return None
        return self.target.calendar.due_us(segment.start, max(0, wanted))

    def _share(self, threshold: Threshold) -> int:
        """The counted time that a threshold stands at."""
        if threshold.after is not None:
            return self.duration + length(threshold.after)
        return -(-self.duration * (threshold.percent or 0) // 100)  # rounded up to a whole microsecond
