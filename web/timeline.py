"""What happened to a request, as one list in order: messages, events, and what the clocks say (R-026, R-095).

Rows hold data; the words are made here, in the reader's language and with the reader's eyes: clients get their own
words for waits and never anything internal, staff also see how each clock began and ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

from django.db.models import BigIntegerField, F, IntegerField, Manager, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from i18nfield.strings import LazyI18nString

from accounts.models import Team, User
from sla.models import Clock, ClockKind, ClockState
from tickets.models import Attachment, Message, Service, ServiceField, ServiceFieldChoice, Task, Ticket, TicketEvent
from tickets.states import (
    Channel,
    Complexity,
    EventKind,
    Impact,
    MessageKind,
    Priority,
    TicketType,
    Urgency,
    Visibility,
    Wait,
)
from web.words import day_words, duration_words, late_words


class Side(StrEnum):
    """Who speaks or acts."""

    CLIENT = "client"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True)
class Fact:
    """A question of the form and its answer, in words."""

    label: str
    value: str


@dataclass(frozen=True)
class Entry:
    """One entry of the time line.

    Attributes:
        at: when it became true.
        seq: its place on the record; 0 for what is derived from the clocks.
        kind: "message" (a card) or "event" (one line).
        what: the kind of the event it comes from (`EventKind`); empty for what is derived from the clocks.
        author: who did it; nobody for what the system did.
        is_note: a message that clients never see.
        body: what was written; Markdown.
        facts: for the submission, what else was answered.
        icon, tone: for the line; tone is "", soon, late, met or paused.
        sentence: of an event what happened, of a message how it came in ("Phone call"), mostly empty.
        is_internal: not for clients.
    """

    at: datetime
    seq: int
    kind: str
    what: str = ""
    author: User | None = None
    side: Side = Side.SYSTEM
    is_note: bool = False
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    facts: tuple[Fact, ...] = ()
    icon: str = ""
    tone: str = ""
    sentence: str = ""
    is_internal: bool = False

    @property
    def is_message(self) -> bool:
        """Whether it is shown as a card."""
        return self.kind == "message"

    @property
    def anchor(self) -> str:
        """The id that an address can point at."""
        return f"m{self.seq}"

    @property
    def card(self) -> str:
        """The kind of the message component that shows it."""
        if self.is_note:
            return "note"
        return "client" if self.side == Side.CLIENT else "staff"

    @property
    def line(self) -> str:
        """The sentence with the name of who did it."""
        if self.author is None:
            return self.sentence
        return _("%(sentence)s · %(name)s") % {"sentence": self.sentence, "name": self.author.name}


def timeline(ticket: Ticket, user: User, *, now: datetime) -> list[Entry]:
    """Everything this person may know of a request, oldest first. At most four queries, however long it is.

    Args:
        ticket: with its people (`with_people`).
        now: decides how late an unanswered clock is.
    """
    events = list(
        TicketEvent.objects.visible_to(user)
        .filter(ticket=ticket)
        .select_related("actor", "message__author")
        .order_by("seq")
    )
    reader = _Reader(ticket, user, now)
    reader.files = _files(ticket, user)
    reader.names = _names(ticket, events)
    reader.clocks = [] if user.is_client else _clocks(ticket, user)
    entries = [entry for event in events for entry in reader.entries_of(event)]
    entries += [entry for clock in reader.clocks for entry in _clock_entries(clock)]
    return sorted(entries, key=lambda entry: (entry.at, not entry.seq, entry.seq))


def _files(ticket: Ticket, user: User) -> dict[int | None, tuple[Attachment, ...]]:
    """The files by message; those of the submission under None."""
    found: dict[int | None, tuple[Attachment, ...]] = {}
    for attachment in Attachment.objects.visible_to(user).filter(ticket=ticket).order_by("pk"):
        found[attachment.message_id] = (*found.get(attachment.message_id, ()), attachment)
    return found


def _clocks(ticket: Ticket, user: User) -> list[Clock]:
    return list(Clock.objects.visible_to(user).current().filter(ticket=ticket).order_by("started_at", "pk"))


# --- names, all in one query ------------------------------------------------------------------------------------

Names = dict[tuple[str, str], str]
_PLAIN = frozenset({"person", "task"})  # named in one language only


def _names(ticket: Ticket, events: Iterable[TicketEvent]) -> Names:
    """What the events and the answers point at, by kind and key: people, teams, services, tasks, questions, answers."""
    wanted = _mentioned(events)
    tables: list[tuple[str, Manager[Any], str]] = [
        ("person", User.objects, "name"),
        ("team", Team.objects, "name"),
        ("service", Service.objects, "name"),
        ("task", Task.objects, "title"),
    ]
    parts = [
        _named(table.filter(pk__in=wanted[what]), Value(what), F("pk"), column)
        for what, table, column in tables
        if wanted.get(what)
    ]
    if ticket.answers:
        fields = ServiceField.objects.filter(service=ticket.service_id).order_by()
        parts.append(_named(fields, _joined(Value("question:"), F("kind")), F("key"), "label", F("position")))
        choices = ServiceFieldChoice.objects.filter(field__service=ticket.service_id).order_by()
        parts.append(_named(choices, Value("answer"), _joined(F("field__key"), Value("="), F("value")), "label"))
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    in_order = sorted(rows, key=lambda row: row[3:])  # questions as the form asks them
    return {(what, key): text if what in _PLAIN else str(LazyI18nString(text)) for what, key, text, *_ in in_order}


def _joined(*pieces: Any) -> Concat:
    return Concat(*pieces, output_field=TextField())


def _named(rows: QuerySet[Any], what: Any, key: Any, column: str, place: Any = None) -> QuerySet[Any, Any]:
    plain: dict[str, Any] = {
        "said": Cast(what, TextField()),
        "under": Cast(key, TextField()),
        "called": Cast(column, TextField()),
    }
    plain |= {"place": Cast(place or Value(0), IntegerField()), "row": Cast(F("pk"), BigIntegerField())}
    named: QuerySet[Any, Any] = rows.order_by().annotate(**plain).values_list(*plain)
    return named


def _mentioned(events: Iterable[TicketEvent]) -> dict[str, set[int]]:
    """The primary keys that the data of the events mention."""
    found: dict[str, set[int]] = {}

    def note(what: str, *keys: Any) -> None:
        found.setdefault(what, set()).update(key for key in keys if isinstance(key, int))

    for event in events:
        if event.kind == EventKind.ASSIGNED:
            note("person", event.data.get("to"), event.data.get("from"))
            note("team", event.data.get("to_team"), event.data.get("from_team"))
        elif event.kind == EventKind.ESCALATED:
            note("person", *event.data.get("to", []))
        elif event.kind == EventKind.CLASSIFIED:
            change = event.data.get("service") or {}
            note("service", change.get("from"), change.get("to"))
        elif "task" in event.data:
            note("task", event.data["task"])
    return found


# --- events -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    sentence: str
    icon: str = "circle"
    tone: str = ""


@dataclass
class _Reader:
    """Turns events into entries for one person."""

    ticket: Ticket
    user: User
    now: datetime
    files: dict[int | None, tuple[Attachment, ...]] = field(default_factory=dict)
    names: Names = field(default_factory=dict)
    clocks: list[Clock] = field(default_factory=list)

    def entries_of(self, event: TicketEvent) -> Iterator[Entry]:
        """The line of an event, and the card of the message that goes with it; either may be missing."""
        if event.kind == EventKind.SUBMITTED:
            yield self._submission(event)
            return
        if event.kind not in _SPOKEN:
            yield self._line(event)
        if event.message is not None:
            yield self._message(event, event.message)

    def _submission(self, event: TicketEvent) -> Entry:
        ticket = self.ticket
        by_staff = event.actor is not None and event.actor_id != ticket.requester_id
        meta = _("taken down by %(name)s") % {"name": event.actor} if by_staff else ""
        if ticket.channel != Channel.PORTAL:
            channel = str(Channel(ticket.channel).label)
            meta = _("%(channel)s, %(how)s") % {"channel": channel, "how": meta} if meta else channel
        return Entry(
            at=event.at,
            seq=event.seq,
            kind="message",
            what=event.kind,
            author=ticket.requester,
            side=Side.CLIENT,
            body=ticket.description,
            attachments=self.files.get(None, ()),
            facts=tuple(submission_facts(ticket, self.names, self.now)),
            sentence=meta,
        )

    def _message(self, event: TicketEvent, message: Message) -> Entry:
        return Entry(
            at=event.at,
            seq=event.seq,
            kind="message",
            what=event.kind,
            author=message.author,
            side=_side(message.author),
            is_note=message.kind == MessageKind.NOTE,
            body=message.body,
            attachments=self.files.get(message.pk, ()),
            sentence=_("Progress report") if event.kind == EventKind.PROGRESS_REPORTED else _how_it_came(message),
            is_internal=message.visibility == Visibility.INTERNAL,
        )

    def _line(self, event: TicketEvent) -> Entry:
        said = _SENTENCES.get(event.kind, _plain)(self, event)
        return Entry(
            at=event.at,
            seq=event.seq,
            kind="event",
            what=event.kind,
            author=event.actor,
            side=_side(event.actor),
            icon=said.icon,
            tone=said.tone,
            sentence=said.sentence,
            is_internal=event.visibility == Visibility.INTERNAL,
        )

    def name(self, what: str, key: Any) -> str:
        """A name the events point at; empty for nobody and for what is gone."""
        return self.names.get((what, str(key)), "")

    def clock_of(self, event: TicketEvent) -> Clock | None:
        """The clock a warning or a breach is about."""
        place = (event.data.get("kind"), event.data.get("cycle"), event.data.get("part"))
        return next((each for each in self.clocks if (each.kind, each.cycle, each.part) == place), None)


# Events that are nothing but their message.
_SPOKEN = frozenset({EventKind.MESSAGE, EventKind.NOTE, EventKind.CALL_LOGGED, EventKind.PROGRESS_REPORTED})


def _side(person: User | None) -> Side:
    if person is None:
        return Side.SYSTEM
    return Side.CLIENT if person.is_client else Side.STAFF


def _how_it_came(message: Message) -> str:
    if message.kind == MessageKind.CALL:
        return _("Phone call")
    if message.kind == MessageKind.AUTO:
        return _("Automatic message")
    return "" if message.channel == Channel.PORTAL else str(Channel(message.channel).label)


def _plain(reader: _Reader, event: TicketEvent) -> _Line:
    """For kinds without a sentence of their own: their name."""
    known = event.kind in EventKind.values
    return _Line(str(EventKind(event.kind).label) if known else event.kind)


def _assigned(reader: _Reader, event: TicketEvent) -> _Line:
    person, team = reader.name("person", event.data.get("to")), reader.name("team", event.data.get("to_team"))
    is_other_team = event.data.get("from_team") != event.data.get("to_team")
    if person and team and is_other_team:
        return _Line(_("Assigned to %(name)s, %(team)s") % {"name": person, "team": team}, "person")
    if person:
        return _Line(_("Assigned to %(name)s") % {"name": person}, "person")
    if team and is_other_team and event.data.get("why"):
        return _Line(_("Escalation handed it over to the team %(team)s") % {"team": team}, "group", "late")
    if team and is_other_team:
        return _Line(_("Handed over to the team %(team)s") % {"team": team}, "group")
    return _Line(_("Assigned to nobody"), "person_off")


def _priority_changed(reader: _Reader, event: TicketEvent) -> _Line:
    words = {"before": _label(Priority, event.data.get("from")), "after": _label(Priority, event.data.get("to"))}
    if event.data.get("why"):
        return _Line(_("Escalation raised the priority from %(before)s to %(after)s") % words, "flag", "late")
    return _Line(_("Priority changed from %(before)s to %(after)s") % words, "flag")


_CLASSES: dict[str, tuple[Callable[[], str], type[Enum] | None]] = {
    "type": (lambda: _("Type"), TicketType),
    "service": (lambda: _("Service"), None),
    "impact": (lambda: _("Impact"), Impact),
    "urgency": (lambda: _("Urgency"), Urgency),
    "complexity": (lambda: _("Complexity"), Complexity),
    "priority": (lambda: _("Priority"), Priority),
}


def _classified(reader: _Reader, event: TicketEvent) -> _Line:
    changes = []
    for name, (label, choices) in _CLASSES.items():
        if change := event.data.get(name):
            before, after = (
                reader.name("service", value) if choices is None else _label(choices, value)
                for value in (change.get("from"), change.get("to"))
            )
            changes.append(
                _("%(what)s changed from %(before)s to %(after)s") % {"what": label(), "before": before, "after": after}
            )
    return _Line(pgettext("between sentences", "; ").join(changes) or _("Classified"), "sell")


def _label(choices: type[Enum], value: Any) -> str:
    """The word for a value of an enumeration; the value itself when it is none of it."""
    try:
        return str(getattr(choices(value), "label", value))
    except ValueError:
        return str(value)


def _plan(sentence: Callable[[], str], icon: str, tone: str = "") -> Callable[[_Reader, TicketEvent], _Line]:
    def line(reader: _Reader, event: TicketEvent) -> _Line:
        data = {"version": event.data.get("version", ""), "option": event.data.get("option", "")}
        return _Line(sentence() % data, icon, tone)

    return line


def _fixed(sentence: Callable[[], str], icon: str, tone: str = "") -> Callable[[_Reader, TicketEvent], _Line]:
    return lambda reader, event: _Line(sentence(), icon, tone)


def _task(sentence: Callable[[], str], icon: str) -> Callable[[_Reader, TicketEvent], _Line]:
    return lambda reader, event: _Line(sentence() % {"task": reader.name("task", event.data.get("task"))}, icon)


def _merged(reader: _Reader, event: TicketEvent) -> _Line:
    return _Line(_("Merged into %(number)s") % {"number": event.data.get("number", "")}, "merge")


def _wait_started(reader: _Reader, event: TicketEvent) -> _Line:
    wait, until = event.data.get("for", ""), parse_datetime(event.data.get("until") or "")
    if wait == Wait.CLIENT and reader.user.is_client:
        sentence = _("Waiting for your answer")
    elif wait == Wait.DATE and until is not None:
        sentence = _("Waiting until %(moment)s") % {"moment": day_words(until, reader.now)}
    else:
        sentence = _label(Wait, wait)
    return _Line(sentence, "pause_circle", "paused")


def _clock_warned(reader: _Reader, event: TicketEvent) -> _Line:
    return _Line(
        _("%(clock)s runs out soon: %(share)s of %(target)s used")
        % {
            "clock": _label(ClockKind, event.data.get("kind")),
            "share": str(event.data.get("step", "")).removeprefix("warn:"),
            "target": duration_words(event.data.get("target", 0)),
        }
        if str(event.data.get("step", "")).endswith("%")
        else _("%(clock)s runs out soon") % {"clock": _label(ClockKind, event.data.get("kind"))},
        "hourglass_bottom",
        "soon",
    )


def _clock_breached(reader: _Reader, event: TicketEvent) -> _Line:
    kind, clock = _label(ClockKind, event.data.get("kind")), reader.clock_of(event)
    if clock is None or clock.due_at is None:
        return _Line(_("Target missed: %(clock)s") % {"clock": kind}, "error", "late")
    late = ((clock.stopped_at or reader.now) - clock.due_at).total_seconds()
    return _Line(
        _("Target missed: %(clock)s, %(late)s") % {"clock": kind, "late": late_words(max(late, 0))}, "error", "late"
    )


def _escalated(reader: _Reader, event: TicketEvent) -> _Line:
    names = [reader.names.get(("person", str(pk)), "") for pk in event.data.get("to", [])]
    people = pgettext("between names", ", ").join(filter(None, names))
    late = str(event.data.get("step", "")).removeprefix("late:+")
    if late != event.data.get("step", ""):  # a rung some time after the breach
        words = {"clock": _label(ClockKind, event.data.get("kind")), "late": _length(late), "names": people}
        if people:
            return _Line(_("%(clock)s missed by %(late)s: escalated to %(names)s") % words, "arrow_upward", "late")
        return _Line(_("%(clock)s missed by %(late)s") % words, "arrow_upward", "late")
    return _Line(_("Escalated to %(names)s") % {"names": people}, "arrow_upward", "late")


def _length(text: str) -> str:
    """A length as a step names it, such as "30m" or "90s", in words."""
    return duration_words(float(text[:-1]) * (60 if text.endswith("m") else 1))


def _recalculated(reader: _Reader, event: TicketEvent) -> _Line:
    kinds = pgettext("between names", ", ").join(_label(ClockKind, kind) for kind in event.data.get("clocks", []))
    return _Line(_("Targets recalculated: %(clocks)s") % {"clocks": kinds}, "update")


def _survey_answered(reader: _Reader, event: TicketEvent) -> _Line:
    scores = [str(score) for score in event.data.get("scores", {}).values()]
    return _Line(_("Survey answered: %(scores)s") % {"scores": " · ".join(scores)}, "sentiment_satisfied")


_SENTENCES: dict[str, Callable[[_Reader, TicketEvent], _Line]] = {
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


# --- clocks, for staff ------------------------------------------------------------------------------------------


def _clock_entries(clock: Clock) -> Iterator[Entry]:
    """How a clock began and, if it did, how it ended."""
    words = {
        "clock": _label(ClockKind, clock.kind),
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


# --- the submission ---------------------------------------------------------------------------------------------


def submission_facts(ticket: Ticket, names: Names, now: datetime) -> Iterator[Fact]:
    """What the form asked beyond subject and description, with the answers in words."""
    service = ticket.service
    if ticket.service_object:
        yield Fact(_("System or device"), ticket.service_object)
    if ticket.began_at:
        yield Fact(_("Began"), day_words(ticket.began_at, now))
    if service.asks_impact:
        yield Fact(_("Who is affected"), str(Impact(ticket.impact).label))
        yield Fact(_("Urgency"), str(Urgency(ticket.urgency).label))
    if ticket.affected:
        yield Fact(_("Who exactly"), ticket.affected)
    if ticket.wanted_by:
        yield Fact(_("Wanted by"), day_words(ticket.wanted_by, now))
    if ticket.background:
        yield Fact(_("Business background"), ticket.background)
    questions = {key: (what.partition(":")[2], text) for (what, key), text in names.items() if ":" in what}
    order = list(questions)
    for key in sorted(ticket.answers, key=lambda key: order.index(key) if key in questions else len(order)):
        kind, label = questions.get(key, ("", key))
        yield Fact(label, _answer_words(kind, key, ticket.answers[key], names))


def _answer_words(kind: str, key: str, answer: Any, names: Names) -> str:
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    if kind == "choice":
        return names.get(("answer", f"{key}={answer}"), str(answer))
    if kind == "date" and (day := _day(answer)):
        return date_format(day, pgettext("date format: any year", "M j, Y"))
    return str(localize(answer)) if isinstance(answer, int | float) else str(answer)


def _day(text: Any) -> date | None:
    try:
        return parse_date(str(text))
    except ValueError:
        return None
