"""The names that events and answers point at, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, F, IntegerField, Manager, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from i18nfield.strings import LazyI18nString

from accounts.models import Team
from accounts.people import People
from accounts.prepared import OneOf, array_of, prepared
from tickets.models import Service, ServiceField, ServiceFieldChoice, Task, Ticket, TicketEvent
from tickets.states import EventKind

Names = dict[tuple[str, str], str]
_PLAIN = frozenset({"task"})  # named in one language only


def names_of(ticket: Ticket, events: Iterable[TicketEvent], people: People) -> Names:
    """What the events and the answers point at, by kind and key: people, teams, services, tasks, questions, answers.
    At most one query, and one for people who are not known yet."""
    wanted = _mentioned(events)
    people.expect_named(wanted["person"])
    people.arrive()
    names = {("person", str(key)): name for key in wanted["person"] if (name := people.name(key))}
    teams, services, tasks = wanted["team"], wanted["service"], wanted["task"]
    if not (ticket.answers or teams or services or tasks):
        return names
    asked = ticket.service_id if ticket.answers else 0
    found = _named_things(array_of(teams), array_of(services), array_of(tasks), asked)
    in_order = sorted(found, key=lambda row: row[3:])  # questions as the form asks them
    return names | {
        (what, key): text if what in _PLAIN else str(LazyI18nString(text)) for what, key, text, *_ in in_order
    }


@prepared
def _named_things(teams: str, services: str, tasks: str, asked: int) -> QuerySet[Any, Any]:
    """Some teams, services and tasks, and the questions of a service with their answers."""
    tables: list[tuple[str, Manager[Any], str, str]] = [
        ("team", Team.objects, teams, "name"),
        ("service", Service.objects, services, "name"),
        ("task", Task.objects, tasks, "title"),
    ]
    first, *others = (
        _named(table.filter(OneOf("pk", keys)), Value(what), F("pk"), column) for what, table, keys, column in tables
    )
    fields = ServiceField.objects.filter(service=asked)
    questions = _named(fields, _joined(Value("question:"), F("kind")), F("key"), "label", F("position"))
    choices = ServiceFieldChoice.objects.filter(field__service=asked)
    answers = _named(choices, Value("answer"), _joined(F("field__key"), Value("="), F("value")), "label")
    return first.union(*others, questions, answers, all=True)


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
    found: dict[str, set[int]] = {what: set() for what in ("person", "team", "service", "task")}

    def note(what: str, *keys: Any) -> None:
        found[what].update(key for key in keys if isinstance(key, int))

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
