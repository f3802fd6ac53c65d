"""The parts of the page about service levels, as its template shows them; every number with the address of its list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.formats import localize

from accounts.roles import Capability
from desk.dashboard_parts import compliance_chart, compliance_figure
from desk.levels import tables
from desk.levels.answers import Answers
from desk.levels.blocks import block
from desk.levels.distribution import histogram_chart
from desk.levels.hour_map import hours
from desk.levels.question import Question
from desk.levels.tables import repairs_words
from desk.levels.time_spent import causes
from desk.scope import PERIODS, Scope, days_words
from sla.figures import Group, GroupTally, Outcome, Tally, goal_of
from sla.models import ClockKind
from tickets.figures import DAYS_PER_WEEK
from tickets.states import TicketType
from web.words import exact_words

MOST_GROUPS = 12


def context(answers: Answers) -> dict[str, Any]:
    """Everything the template needs."""
    question = answers.question
    return {
        "at": question.at,
        "scope": question.scope,
        "periods": periods(question),
        "question": question,
        "keep": question.kept,
        "is_partial": not question.user.may(Capability.SEE_ALL),
        "kind": question.kind,
        "figures": figures(answers),
        "clocks": clock_choices(answers),
        "tally": answers.level.now,
        "target": answers.level.target,
        "trend": trend(answers),
        "breakdown": breakdown(answers),
        "times": times(answers),
        "hours": hours(answers),
        "causes": causes(answers),
        "all_file": question.file("", "xlsx"),
    }


def periods(question: Question) -> list[dict[str, Any]]:
    """The last so many days to choose from."""
    scope = question.scope
    return [
        {
            "label": days_words(days),
            "href": question.here(**{"period": days, "from": "", "to": ""}),
            "is_current": days == scope.days and not scope.is_range,
        }
        for days in PERIODS
    ]


# --- figures and trend -------------------------------------------------------------------------------


def figures(answers: Answers) -> list[dict[str, Any]]:
    """Compliance of each kind with data, and of repairs: its change, its target, its list."""
    question = answers.question
    found = [
        {
            **compliance_figure(answers.levels[kind], question.scope),
            "href": question.rows(kind, outcome=Outcome.COUNTED),
        }
        for kind in answers.kinds
    ]
    if answers.has_repairs:
        found.append(
            {
                **compliance_figure(answers.repairs, question.scope),
                "label": repairs_words(),
                "href": question.rows(
                    ClockKind.RESOLUTION, outcome=Outcome.COUNTED, by=Group.TYPE, of=TicketType.INCIDENT
                ),
            }
        )
    return found


def clock_choices(answers: Answers) -> list[dict[str, Any]]:
    """The kinds to look at: those with data, and the one that is looked at."""
    question = answers.question
    kinds = [kind for kind in answers.levels if kind in answers.kinds or kind == question.kind]
    return [
        {"label": kind.label, "href": question.here(clock=kind, cause=""), "is_current": kind == question.kind}
        for kind in kinds
    ]


def trend(answers: Answers) -> dict[str, Any]:
    """Compliance over time; each point opens the list of the days it stands for."""
    question = answers.question
    chart = compliance_chart(answers.level, question.scope)
    spans = [point_days(question.scope, day) for day in question.scope.period.points]
    links = [
        question.cycles(outcome=Outcome.COUNTED, period="", **{"from": first, "to": last}) for first, last in spans
    ]
    return {**block(answers, "trend", tables.trend_note(answers)), "chart": {**chart, "links": links}}


def point_days(scope: Scope, day: date) -> tuple[date, date]:
    """The days that a point of a trend stands for: the seven up to it, or its week."""
    period = scope.period
    last = min(day + timedelta(days=period.step - 1), scope.last)
    first = day + timedelta(days=period.step - DAYS_PER_WEEK)
    return max(first, period.before.first), last


# --- breakdown ---------------------------------------------------------------------------------------


def breakdown(answers: Answers) -> dict[str, Any]:
    """The groups, what hurts most first, and their sum; of many only the first, unless all are asked for."""
    question = answers.question
    rows = [group_row(answers, row) for row in answers.groups]
    shown = rows if question.all_groups else rows[:MOST_GROUPS]
    return {
        **block(answers, "groups", tables.groups_table(answers).note),
        "title": tables.group_title(answers),
        "label": question.group.label,
        "choices": [
            {"label": group.label, "href": question.here(by=group, all=""), "is_current": group == question.group}
            for group in Group
        ],
        "rows": shown,
        "hidden": len(rows) - len(shown),
        "all_href": question.here(all=1),
        "total": tally_cells(answers, answers.level.now),
    }


def group_row(answers: Answers, row: GroupTally) -> dict[str, Any]:
    """One group."""
    of = "" if row.key is None else row.key
    points = None if row.change is None else round(row.change * 100, 1)
    return {
        "name": row.name,
        "change": "" if not points else f"{'↓' if points < 0 else '↑'} {localize(abs(points))}",
        "is_better": bool(points and points > 0),
        **tally_cells(answers, row.now, by=answers.question.group, of=of),
        "is_below": is_below(row.now, goal_of(answers.question.kind, answers.question.group, row.key)),
    }


def tally_cells(answers: Answers, tally: Tally, **asked: Any) -> dict[str, Any]:
    """Share, bar and counts of a tally, each count with its list."""
    counts = {
        outcome.value: {"count": tally.of(outcome), "href": answers.question.cycles(outcome=outcome, **asked)}
        for outcome in Outcome
    }
    below = is_below(tally, answers.level.target)
    return {"share": tally.share, "bar": round((tally.share or 0) * 100), "is_below": below, **counts}


def is_below(tally: Tally, goal: float) -> bool:
    """Whether a share that has data misses its goal."""
    return tally.share is not None and tally.share < goal


# --- how long it took --------------------------------------------------------------------------------


def times(answers: Answers) -> dict[str, Any]:
    """The histogram with its targets, median and 90th percentile, and these of every kind."""
    question, span, found = answers.question, answers.span, answers.histogram
    return {
        **block(answers, "times", tables.times_note()),
        "span": span,
        "chart": times_chart(answers),
        "targets": [
            {"words": exact_words(target.seconds), "cycles": target.cycles} for target in found.targets[:MOST_GROUPS]
        ],
        "href": question.cycles(outcome=Outcome.COUNTED, stopped=1),
        "spans": [
            {"kind": kind, "span": answers.spans[kind], "href": question.rows(kind, stopped=1)}
            for kind in answers.kinds
        ],
        "spans_block": block(answers, "spans"),
    }


def times_chart(answers: Answers) -> dict[str, Any]:
    """The histogram; each bar opens its list."""
    chart = histogram_chart(answers.histogram, answers.span)
    bins = answers.histogram.bins
    links = [answers.question.cycles(stopped=1, least=each.least, below=each.below) for each in bins]
    return {**chart, "links": links}
