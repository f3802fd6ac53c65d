"""The answer to a what-if as tables, for files: the very numbers of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from desk.replays.answers import Answer, Compared, assumed_words, class_words, step_names
from desk.replays.changed import outcome_words
from desk.sheets import Column, Table, Unit
from sla.models import ClockKind, WhatIf, WhatIfFlip
from web.words import full_words

CHUNK = 2000


def about_lines(asked: WhatIf) -> list[tuple[str, str]]:
    """What the workbook is about."""
    words = assumed_words(asked)
    return [
        (_("What-if"), asked.name),
        (_("Assumed to have held all the time"), words["what"]),
        (_("Requests received"), words["days"]),
        (_("As of"), full_words(asked.at)),
        (_("Asked by"), asked.by.name),
        (_("Note"), _("The past was replayed. Nothing was changed by it.")),
    ]


def tables_of(answer: Answer) -> list[Table]:
    """Compliance by kind and by target, the distribution, what would have been sent."""
    return [_by_kind(answer), _by_target(answer), _times(answer), _steps(answer)]


_COMPARED = (
    ("met", Unit.COUNT),
    ("missed", Unit.COUNT),
    ("void", Unit.COUNT),
    ("running", Unit.COUNT),
    ("share", Unit.SHARE),
)


def _compared_columns() -> list[Column]:
    words = {
        "met": _("Met"),
        "missed": _("Missed"),
        "void": _("Void"),
        "running": _("Still running"),
        "share": _("Compliance"),
    }
    sides = (_("%(what)s, as it was"), _("%(what)s, as it would have been"))
    columns = [Column(side % {"what": words[name]}, unit) for side in sides for name, unit in _COMPARED]
    return [*columns, Column(_("Difference in points"), Unit.NUMBER)]


def _compared_cells(row: Compared) -> list[Any]:
    then, now = row.then, row.now
    return [
        *(then.met, then.missed, then.void, row.then_open, then.share),
        *(now.met, now.missed, now.void, row.now_open, now.share),
        row.points,
    ]


def _by_kind(answer: Answer) -> Table:
    rows = [[str(row.kind.label), *_compared_cells(row.compared)] for row in answer.kinds]
    return Table("kinds", _("By clock"), [Column(_("Clock")), *_compared_columns()], rows)


def _by_target(answer: Answer) -> Table:
    heads = [Column(_("Clock")), Column(_("Applies to")), Column(_("Within")), Column(_("Calendar"))]
    rows = [
        [
            *((row.line.clock, row.line.applies, row.line.within, row.line.calendar) if row.line else ("", "", "", "")),
            *_compared_cells(row.compared),
        ]
        for row in answer.targets
    ]
    note = _("Each clock stands at the target it would have run under, also with what really came of it.")
    return Table("targets", _("By target"), [*heads, *_compared_columns()], rows, note)


def _times(answer: Answer) -> Table:
    heads = [
        Column(_("Clock")),
        Column(_("Counted time")),
        Column(_("As it was"), Unit.COUNT),
        Column(_("As it would have been"), Unit.COUNT),
    ]
    rows = [
        [str(row.kind.label), class_words(place), then, now]
        for row in answer.kinds
        for place, then, now in answer.classes(row.kind)
    ]
    return Table("times", _("Times"), heads, rows)


def _steps(answer: Answer) -> Table:
    sides = (_("%(what)s, as it was"), _("%(what)s, as it would have been"))
    heads = [Column(side % {"what": each}, Unit.COUNT) for each in step_names() for side in sides]
    rows = [[row.label, *(count for pair in row.counts for count in pair)] for row in answer.steps]
    return Table("steps", _("Warnings and escalations"), [Column(_("Clock")), *heads], rows)


def changed_table(flips: QuerySet[WhatIfFlip]) -> Table:
    """The changed outcomes, one row each."""
    heads = [
        Column(_("Number")),
        Column(_("Subject")),
        Column(_("Client")),
        Column(_("Clock")),
        Column(_("Round"), Unit.COUNT),
        Column(_("Outcome, as it was")),
        Column(_("Outcome, as it would have been")),
        Column(_("Due, as it was"), Unit.MOMENT),
        Column(_("Due, as it would have been"), Unit.MOMENT),
        Column(_("Counted, as it was"), Unit.SECONDS),
        Column(_("Counted, as it would have been"), Unit.SECONDS),
    ]
    return Table("changed", _("Changed outcomes"), heads, _changed_rows(flips))


def _changed_rows(flips: QuerySet[WhatIfFlip]) -> Iterator[Sequence[Any]]:
    rows: Iterable[WhatIfFlip] = flips.iterator(chunk_size=CHUNK)
    for flip in rows:
        ticket = flip.ticket
        yield (
            *(ticket.number, ticket.subject, ticket.organisation.name, str(ClockKind(flip.kind).label), flip.cycle),
            *(outcome_words(flip.then), outcome_words(flip.now), flip.then_due_at, flip.now_due_at),
            *(flip.then_counted, flip.now_counted),
        )
