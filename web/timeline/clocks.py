"""How clocks began and ended, as entries for staff."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sla.models import Clock, ClockKind, ClockState
from web.timeline.entries import Entry
from web.timeline.sentences import label_of
from web.words import duration_words


def clock_entries(clock: Clock) -> Iterator[Entry]:
    """How a clock began and, if it did, how it ended."""
    words = {
        "clock": label_of(ClockKind, clock.kind),
        "target": duration_words(clock.target_seconds),
        "time": duration_words(clock.counted.total_seconds()),
    }
    began = _("%(clock)s clock started, within %(target)s") % words
    yield Entry(at=clock.started_at, seq=0, kind="event", icon="timer", sentence=began, is_internal=True)
    if clock.stopped_at is None:
        return
    if clock.state == ClockState.MET:
        sentence, icon, tone = _("%(clock)s met after %(time)s of %(target)s") % words, "check_circle", "met"
    elif clock.state == ClockState.BREACHED:
        sentence, icon, tone = _("%(clock)s missed: %(time)s instead of %(target)s") % words, "timer_off", "late"
    else:
        return
    yield Entry(at=clock.stopped_at, seq=0, kind="event", icon=icon, tone=tone, sentence=sentence, is_internal=True)
