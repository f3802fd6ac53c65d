"""The blocks of the page as tables: what its charts and rows are drawn from, and what its files hold (SLA-61)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.dashboard_parts import compliance_chart
from desk.levels.answers import Answers
from desk.levels.question import Heat
from desk.sheets import Column, Table, Unit
from sla.figures import COMPLIANCE_TARGETS
from web.words import WEEKDAYS, late_words


def tables_of(answers: Answers) -> list[Table]:
    """Every block, in the order of the page."""
    return [make(answers) for make in BLOCKS.values()]


def figures_table(answers: Answers) -> Table:
    """Compliance of each kind, and of repairs."""
    levels = [(str(kind.label), answers.levels[kind]) for kind in answers.kinds]
    if answers.has_repairs:
        levels.append((repairs_words(), answers.repairs))
    rows = [(label, level.now.share, level.target, level.before.share, *_counts(level.now)) for label, level in levels]
    columns = (
        _text(_("Clock")),
        _share(_("Compliance")),
        _share(_("Target")),
        _share(_("Period before")),
        *_outcomes(),
    )
    return Table("figures", _("Compliance"), columns, rows, note=compliance_note())


def repairs_words() -> str:
    """What the share of faults that were solved within their time is called (R-044)."""
    return _("Incidents solved in time")


def compliance_note() -> str:
    """What compliance is (SLA-60)."""
    return _("met ÷ (met + missed), by due date in the period")


def trend_table(answers: Answers) -> Table:
    """Compliance of the kind over time, as the chart draws it, with the cycles of each day or week."""
    chart = compliance_chart(answers.level, answers.question.scope)
    lines = [series["values"] for series in chart["series"]] or [[None] * len(chart["labels"])] * 2
    points = zip(answers.question.scope.period.points, *lines, answers.level.trend, strict=False)
    target = COMPLIANCE_TARGETS[answers.question.kind]
    rows = [(day, _part(now), _part(before), target, *_counts(tally)) for day, now, before, tally in points]
    columns = (
        Column(_("Day") if answers.question.scope.period.step == 1 else _("Week from"), Unit.DAY),
        _share(_("This period")),
        _share(_("Period before")),
        _share(_("Target")),
        *_outcomes(),
    )
    return Table("trend", _("Over time"), columns, rows, note=trend_note(answers))


def trend_note(answers: Answers) -> str:
    """What a point of the trend stands for."""
    daily = answers.question.scope.period.step == 1
    return _("Each point: the seven days up to it") if daily else _("Each point: a week")


def groups_table(answers: Answers) -> Table:
    """Compliance of the kind by client, service, team, priority or type."""
    group = answers.question.group.label
    rows = [(row.name, row.now.share, row.before.share, *_counts(row.now)) for row in answers.groups]
    columns = (_text(group), _share(_("Compliance")), _share(_("Period before")), *_outcomes())
    return Table("groups", group_title(answers), columns, rows, note=_("What hurts most comes first."))


def group_title(answers: Answers) -> str:
    """What the breakdown is called."""
    return _("By %(group)s") % {"group": answers.question.group.label.lower()}


def times_table(answers: Answers) -> Table:
    """How long the finished cycles of the kind took."""
    rows = [(each.least, each.below, each.met, each.missed, each.count) for each in answers.histogram.bins]
    columns = (
        Column(pgettext("lower bound", "From"), Unit.SECONDS),
        Column(_("Below"), Unit.SECONDS),
        _count(_("Met")),
        _count(_("Missed")),
        _count(_("All")),
    )
    return Table("times", _("How long it took"), columns, rows, note=times_note())


def times_note() -> str:
    """What the distribution counts."""
    return _("working time counted by clocks that have stopped")


def spans_table(answers: Answers) -> Table:
    """Median and 90th percentile of each kind."""
    spans = [(kind, answers.spans[kind]) for kind in answers.kinds]
    rows = [
        (kind.label, span.count, *(seconds_of(each) for each in (span.median, span.ninth, span.longest)))
        for kind, span in spans
    ]
    columns = (
        _text(_("Clock")),
        _count(_("Stopped")),
        Column(_("Median"), Unit.SECONDS),
        Column(_("90th percentile"), Unit.SECONDS),
        Column(_("Longest"), Unit.SECONDS),
    )
    return Table("spans", _("Median and percentiles"), columns, rows, note=times_note())


def hours_table(answers: Answers) -> Table:
    """Requests received, or the share of missed cycles, by weekday and hour of receipt."""
    place = (_text(_("Weekday")), _count(_("Hour")))
    if answers.question.heat is Heat.RECEIVED:
        counts = sorted(answers.received.items())
        rows: list[Sequence[Any]] = [(weekday_words(day), hour, count) for (day, hour), count in counts]
        columns: Sequence[Column] = (*place, _count(pgettext("number of requests", "Received")))
    else:
        tallies = sorted(answers.missed.items())
        rows = [
            (weekday_words(day), hour, tally.counted, tally.missed, tally.missed / tally.counted)
            for (day, hour), tally in tallies
        ]
        columns = (*place, _count(pgettext("outcome", "Counted")), _count(_("Missed")), _share(_("Share missed")))
    return Table("hours", _("Weekday and hour received"), columns, rows, note=hours_note(answers))


def hours_note(answers: Answers) -> str:
    """What the map of weekdays and hours counts."""
    if answers.question.heat is Heat.RECEIVED:
        return _("requests received in the period")
    return _("clocks due in the period, by when their request came in")


def weekday_words(day: int) -> str:
    """A weekday, 1 to 7, in short."""
    return str(WEEKDAYS[day - 1])


def causes_table(answers: Answers) -> Table:
    """Where the time of missed cycles went."""
    found = answers.causes
    rows = [
        (
            share.cause.label,
            _("yes") if share.cause.is_counted else _("no"),
            share.seconds,
            share.seconds / found.seconds,
            share.cycles,
        )
        for share in found.by_cause
    ]
    columns = (
        _text(_("Cause")),
        _text(_("Used up the target")),
        Column(_("Time"), Unit.SECONDS),
        _share(_("Share")),
        _count(pgettext("number of clocks", "Clocks")),
    )
    return Table("causes", _("Where the time went"), columns, rows, note=causes_note())


def causes_note() -> str:
    """What the causes are counted of."""
    return _("missed clocks that have stopped, from start to stop")


def teams_table(answers: Answers) -> Table:
    """The teams' shares of the counted time of missed cycles."""
    whole = answers.causes.counted_seconds
    rows = [(team.name, team.seconds, team.seconds / whole, team.cycles) for team in answers.causes.by_team]
    columns = (
        _text(_("Team")),
        Column(_("Time"), Unit.SECONDS),
        _share(_("Share")),
        _count(pgettext("number of clocks", "Clocks")),
    )
    return Table("teams", _("Counted time by team"), columns, rows, note=teams_note())


def teams_note() -> str:
    """What the teams' shares are of."""
    return _("of the time that used up the targets of missed clocks, by who held the request")


def offenders_table(answers: Answers) -> Table:
    """The missed cycles that spent most on a cause."""
    rows = [
        (
            clock.ticket.number,
            clock.ticket.subject,
            clock.ticket.organisation.name,
            str(clock.ticket.team or ""),
            clock.spent,
            clock.due_at,
            late_words((clock.stopped_at - clock.due_at).total_seconds()),
        )
        for clock in answers.offenders
    ]
    columns = (
        *(_text(label) for label in (_("Number"), _("Subject"), _("Client"), _("Team"))),
        Column(_("Time"), Unit.SECONDS),
        Column(_("Due"), Unit.MOMENT),
        _text(_("Late")),
    )
    return Table(
        "offenders", _("Worst by cause"), columns, rows, note=str(answers.cause.label) if answers.cause else ""
    )


BLOCKS: dict[str, Callable[[Answers], Table]] = {
    "figures": figures_table,
    "trend": trend_table,
    "groups": groups_table,
    "times": times_table,
    "spans": spans_table,
    "hours": hours_table,
    "causes": causes_table,
    "teams": teams_table,
    "offenders": offenders_table,
}


# --- columns ----------------------------------------------------------------------------------------


def _text(label: str) -> Column:
    return Column(label)


def _count(label: str) -> Column:
    return Column(label, Unit.COUNT)


def _share(label: str) -> Column:
    return Column(label, Unit.SHARE)


def _outcomes() -> tuple[Column, ...]:
    return _count(_("Met")), _count(_("Missed")), _count(_("Void"))


def _counts(tally: Any) -> tuple[int, int, int]:
    return tally.met, tally.missed, tally.void


def _part(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def seconds_of(length: timedelta | None) -> float | None:
    """A duration as sheets take it."""
    return None if length is None else length.total_seconds()
