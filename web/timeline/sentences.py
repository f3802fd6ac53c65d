"""What an event says, in one line, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from sla.models import Clock, ClockKind
from tickets.models import Ticket, TicketEvent
from tickets.states import Complexity, EventKind, Impact, Priority, TicketType, Urgency, Wait
from web.timeline.names import Names
from web.words import day_words, duration_words, late_words


@dataclass(frozen=True)
class Line:
    """A sentence with its sign; `tone` is "", soon, late, met or paused."""

    sentence: str
    icon: str = "circle"
    tone: str = ""


@dataclass
class Reading:
    """What the sentences ask: the request, its reader, the instant, the names and clocks that events point at."""

    ticket: Ticket
    user: User
    now: datetime
    names: Names = field(default_factory=dict)
    clocks: list[Clock] = field(default_factory=list)

    def name(self, what: str, key: Any) -> str:
        """A name the events point at; empty for nobody and for what is gone."""
        return self.names.get((what, str(key)), "")

    def clock_of(self, event: TicketEvent) -> Clock | None:
        """The clock a warning or a breach is about."""
        place = (event.data.get("kind"), event.data.get("cycle"), event.data.get("part"))
        return next((each for each in self.clocks if (each.kind, each.cycle, each.part) == place), None)


def line_of(reader: Reading, event: TicketEvent) -> Line:
    """The line of an event."""
    return SENTENCES.get(event.kind, _plain)(reader, event)


def _plain(reader: Reading, event: TicketEvent) -> Line:
    """For kinds without a sentence of their own: their name."""
    known = event.kind in EventKind.values
    return Line(str(EventKind(event.kind).label) if known else event.kind)


def _assigned(reader: Reading, event: TicketEvent) -> Line:
    person, team = reader.name("person", event.data.get("to")), reader.name("team", event.data.get("to_team"))
    is_other_team = event.data.get("from_team") != event.data.get("to_team")
    if person and team and is_other_team:
        return Line(_("Assigned to %(name)s, %(team)s") % {"name": person, "team": team}, "person")
    if person:
        return Line(_("Assigned to %(name)s") % {"name": person}, "person")
    if team and is_other_team and event.data.get("why"):
        return Line(_("Escalation handed it over to the team %(team)s") % {"team": team}, "group", "late")
    if team and is_other_team:
        return Line(_("Handed over to the team %(team)s") % {"team": team}, "group")
    return Line(_("Assigned to nobody"), "person_off")


def _priority_changed(reader: Reading, event: TicketEvent) -> Line:
    words = {"before": label_of(Priority, event.data.get("from")), "after": label_of(Priority, event.data.get("to"))}
    if event.data.get("why"):
        return Line(_("Escalation raised the priority from %(before)s to %(after)s") % words, "flag", "late")
    return Line(_("Priority changed from %(before)s to %(after)s") % words, "flag")


_CLASSES: dict[str, tuple[Callable[[], str], type[Enum] | None]] = {
    "type": (lambda: _("Type"), TicketType),
    "service": (lambda: _("Service"), None),
    "impact": (lambda: _("Impact"), Impact),
    "urgency": (lambda: _("Urgency"), Urgency),
    "complexity": (lambda: _("Complexity"), Complexity),
    "priority": (lambda: _("Priority"), Priority),
}


def _classified(reader: Reading, event: TicketEvent) -> Line:
    changes = []
    for name, (label, choices) in _CLASSES.items():
        if change := event.data.get(name):
            before, after = (
                reader.name("service", value) if choices is None else label_of(choices, value)
                for value in (change.get("from"), change.get("to"))
            )
            changes.append(
                _("%(what)s changed from %(before)s to %(after)s") % {"what": label(), "before": before, "after": after}
            )
    return Line(pgettext("between sentences", "; ").join(changes) or _("Classified"), "sell")


def label_of(choices: type[Enum], value: Any) -> str:
    """The word for a value of an enumeration; the value itself when it is none of it."""
    try:
        return str(getattr(choices(value), "label", value))
    except ValueError:
        return str(value)


def _plan(sentence: Callable[[], str], icon: str, tone: str = "") -> Callable[[Reading, TicketEvent], Line]:
    def line(reader: Reading, event: TicketEvent) -> Line:
        data = {"version": event.data.get("version", ""), "option": event.data.get("option", "")}
        return Line(sentence() % data, icon, tone)

    return line


def _fixed(sentence: Callable[[], str], icon: str, tone: str = "") -> Callable[[Reading, TicketEvent], Line]:
    return lambda reader, event: Line(sentence(), icon, tone)


def _task(sentence: Callable[[], str], icon: str) -> Callable[[Reading, TicketEvent], Line]:
    return lambda reader, event: Line(sentence() % {"task": reader.name("task", event.data.get("task"))}, icon)


def _merged(reader: Reading, event: TicketEvent) -> Line:
    return Line(_("Merged into %(number)s") % {"number": event.data.get("number", "")}, "merge")


def _wait_started(reader: Reading, event: TicketEvent) -> Line:
    wait, until = event.data.get("for", ""), parse_datetime(event.data.get("until") or "")
    if wait == Wait.CLIENT and reader.user.is_client:
        sentence = _("Waiting for your answer")
    elif wait == Wait.DATE and until is not None:
        sentence = _("Waiting until %(moment)s") % {"moment": day_words(until, reader.now)}
    else:
        sentence = label_of(Wait, wait)
    return Line(sentence, "pause_circle", "paused")


def _clock_warned(reader: Reading, event: TicketEvent) -> Line:
    return Line(
        _("%(clock)s runs out soon: %(share)s of %(target)s used")
        % {
            "clock": label_of(ClockKind, event.data.get("kind")),
            "share": str(event.data.get("step", "")).removeprefix("warn:"),
            "target": duration_words(event.data.get("target", 0)),
        }
        if str(event.data.get("step", "")).endswith("%")
        else _("%(clock)s runs out soon") % {"clock": label_of(ClockKind, event.data.get("kind"))},
        "hourglass_bottom",
        "soon",
    )


def _clock_breached(reader: Reading, event: TicketEvent) -> Line:
    kind, clock = label_of(ClockKind, event.data.get("kind")), reader.clock_of(event)
    if clock is None or clock.due_at is None:
        return Line(_("Target missed: %(clock)s") % {"clock": kind}, "error", "late")
    late = ((clock.stopped_at or reader.now) - clock.due_at).total_seconds()
    return Line(
        _("Target missed: %(clock)s, %(late)s") % {"clock": kind, "late": late_words(max(late, 0))}, "error", "late"
    )


def _escalated(reader: Reading, event: TicketEvent) -> Line:
    names = [reader.names.get(("person", str(pk)), "") for pk in event.data.get("to", [])]
    people = pgettext("between names", ", ").join(filter(None, names))
    late = str(event.data.get("step", "")).removeprefix("late:+")
    if late != event.data.get("step", ""):  # a rung some time after the breach
        words = {"clock": label_of(ClockKind, event.data.get("kind")), "late": _length(late), "names": people}
        if people:
            return Line(_("%(clock)s missed by %(late)s: escalated to %(names)s") % words, "arrow_upward", "late")
        return Line(_("%(clock)s missed by %(late)s") % words, "arrow_upward", "late")
    return Line(_("Escalated to %(names)s") % {"names": people}, "arrow_upward", "late")


def _length(text: str) -> str:
    """A length as a step names it, such as "30m" or "90s", in words."""
    return duration_words(float(text[:-1]) * (60 if text.endswith("m") else 1))


def _recalculated(reader: Reading, event: TicketEvent) -> Line:
    kinds = pgettext("between names", ", ").join(label_of(ClockKind, kind) for kind in event.data.get("clocks", []))
    return Line(_("Targets recalculated: %(clocks)s") % {"clocks": kinds}, "update")


def _survey_answered(reader: Reading, event: TicketEvent) -> Line:
    scores = [str(score) for score in event.data.get("scores", {}).values()]
    return Line(_("Survey answered: %(scores)s") % {"scores": " · ".join(scores)}, "sentiment_satisfied")


SENTENCES: dict[str, Callable[[Reading, TicketEvent], Line]] = {
    EventKind.CLASSIFIED: _classified,
    EventKind.PRIORITY_CHANGED: _priority_changed,
    EventKind.ASSIGNED: _assigned,
    EventKind.ASSESSMENT_STARTED: _fixed(lambda: _("Assessment started"), "search"),
    EventKind.DECLINED: _fixed(lambda: _("Request declined"), "block"),
    EventKind.PLAN_DRAFTED: _plan(lambda: _("Plan version %(version)s drafted"), "edit_note"),
    EventKind.PLAN_REVIEWED: _plan(lambda: _("Plan version %(version)s reviewed"), "fact_check"),
    EventKind.PLAN_PROPOSED: _plan(lambda: _("Plan version %(version)s proposed"), "assignment"),
    EventKind.PLAN_CONFIRMED: _plan(
        lambda: _("Plan version %(version)s confirmed, option %(option)s"), "task_alt", "met"
    ),
    EventKind.PLAN_RETURNED: _plan(lambda: _("Plan version %(version)s sent back"), "undo"),
    EventKind.EXECUTION_STARTED: _fixed(lambda: _("Execution started"), "play_circle"),
    EventKind.TASK_ADDED: _task(lambda: _("Task added: %(task)s"), "add_task"),
    EventKind.TASK_DONE: _task(lambda: _("Task done: %(task)s"), "check"),
    EventKind.TASK_REOPENED: _task(lambda: _("Task reopened: %(task)s"), "undo"),
    EventKind.VERIFIED: _fixed(lambda: _("Work verified"), "verified", "met"),
    EventKind.DELIVERED: _fixed(lambda: _("Delivered for acceptance"), "inventory_2"),
    EventKind.ACCEPTED: _fixed(lambda: _("Delivery accepted"), "check_circle", "met"),
    EventKind.REJECTED: _fixed(lambda: _("Delivery rejected, work goes on"), "undo"),
    EventKind.REOPENED: _fixed(lambda: _("Request reopened"), "restart_alt"),
    EventKind.WITHDRAWN: _fixed(lambda: _("Request withdrawn"), "cancel"),
    EventKind.MERGED: _merged,
    EventKind.WAIT_STARTED: _wait_started,
    EventKind.WAIT_ENDED: _fixed(lambda: _("No longer waiting, work goes on"), "play_circle"),
    EventKind.CLOCK_WARNED: _clock_warned,
    EventKind.CLOCK_BREACHED: _clock_breached,
    EventKind.ESCALATED: _escalated,
    EventKind.RECALCULATED: _recalculated,
    EventKind.SURVEY_SENT: _fixed(lambda: _("Survey sent"), "mail"),
    EventKind.SURVEY_ANSWERED: _survey_answered,
}
