"""The names that events and answers point at, all in one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, F, IntegerField, Manager, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from i18nfield.strings import LazyI18nString

from accounts.models import Team, User
from tickets.models import Service, ServiceField, ServiceFieldChoice, Task, Ticket, TicketEvent
from tickets.states import EventKind

Names = dict[tuple[str, str], str]
_PLAIN = frozenset({"person", "task"})  # named in one language only


def names_of(ticket: Ticket, events: Iterable[TicketEvent]) -> Names:
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
