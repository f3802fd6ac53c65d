"""The dashboard's figures, charts and rows, as its template shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any, TypeVar

from django.urls import reverse
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from desk.figure_lists import COMPLIANCE_KINDS, NOBODY
from desk.scope import Scope
from quality.figures import CSI_TARGET, Satisfaction, Scores
from quality.models import Score
from sla.figures import Compliance, Outcome, Tally
from sla.models import ClockKind
from tickets.figures import DAYS_PER_WEEK, AgeBand, Load, OpenCounts, Volume
from tickets.states import State
from web.templatetags.ui import percent

HEAT_LEVELS = 5
MOST_LOADED = 30

Values = list[float | None]
Summable = TypeVar("Summable", Tally, Scores)


def list_address(scope: Scope, figure: str, **more: Any) -> str:
    """Where the list behind a figure is."""
    return f"{reverse('desk:dashboard-list')}?{scope.query(figure=figure, **more)}"


def export_address(scope: Scope, figure: str, **more: Any) -> str:
    """Where the same list is as a spreadsheet."""
    return f"{reverse('desk:dashboard-export')}?{scope.query(figure=figure, **more)}"


# --- figures ----------------------------------------------------------------------------------------


def compliance_figure(level: Compliance, scope: Scope) -> dict[str, Any]:
    """A compliance with its target; "no data" in words when nothing was due (SLA-60)."""
    words = _("Target %(target)s") % {"target": target_words(level.target)}
    tally = level.now
    foot = _("%(met)d of %(counted)d") % {"met": tally.met, "counted": tally.counted}
    return {
        "label": _("%(clock)s in time") % {"clock": level.kind.label},
        "value": _share(tally.share),
        **_change(level.change),
        "foot": f"{words} · {foot}" if tally.counted else words,
        "points": _smooth(level.trend_before, level.trend, _window(scope))[1],
        "target": level.target * 100,
        "href": list_address(scope, level.kind, outcome=Outcome.COUNTED),
        "is_none": tally.share is None,
    }


def satisfaction_figure(opinion: Satisfaction, scope: Scope) -> dict[str, Any]:
    """The satisfaction index with target and response rate (R-051)."""
    rate = _("none") if opinion.responses.rate is None else _whole(opinion.responses.rate)
    target = _whole(CSI_TARGET)
    return {
        "label": _("Satisfaction index"),
        "value": _share(opinion.now.index),
        **_change(opinion.change),
        "foot": _("Target %(target)s · response %(rate)s") % {"target": target, "rate": rate},
        "points": _smooth(opinion.trend_before, opinion.trend, _window(scope))[1],
        "target": CSI_TARGET * 100,
        "href": list_address(scope, "satisfaction"),
        "is_none": opinion.now.index is None,
    }


def quality_figures(opinion: Satisfaction, scope: Scope) -> list[dict[str, Any]]:
    """The first row of the page about quality: index, response rate, answers, low scores."""
    rate, rate_before = opinion.responses.rate, opinion.responses_before.rate
    sent = {"answered": opinion.responses.answered, "sent": opinion.responses.sent}
    lows = opinion.distribution[Score.VERY_POOR] + opinion.distribution[Score.POOR]
    low_share = lows / opinion.now.count if opinion.now.count else None
    plain: dict[str, Any] = {"delta": "", "good": None, "points": [], "target": None}
    return [
        {
            **satisfaction_figure(opinion, scope),
            "foot": _("Target %(target)s") % {"target": _whole(CSI_TARGET)},
            "href": "",
        },
        {
            **plain,
            "label": _("Response rate"),
            "value": _share(rate),
            **_change(None if rate is None or rate_before is None else rate - rate_before),
            "foot": _("%(answered)d of %(sent)d surveys sent") % sent,
        },
        {
            **plain,
            "label": _("Mean score"),
            "value": _("No data") if opinion.now.mean is None else localize(round(opinion.now.mean, 2)),
            "foot": ngettext("%(count)d survey answered", "%(count)d surveys answered", opinion.surveys)
            % {"count": opinion.surveys},
        },
        {
            **plain,
            "label": _("Share of low scores"),
            "value": _share(low_share),
            "foot": _("%(low)d of %(count)d answers are 1 or 2") % {"low": lows, "count": opinion.now.count},
        },
    ]


def open_figure(now: OpenCounts, flow: Volume, scope: Scope) -> dict[str, Any]:
    """What is open now, against the beginning of the period."""
    change = now.open - flow.open_at_start
    return {
        "label": _("Open now"),
        "value": localize(now.open),
        "delta": _signed(change, 0) if change else "",
        "good": None,
        "foot": _("%(late)d late · %(soon)d due within an hour") % {"late": now.late, "soon": now.due_soon},
        "points": list(flow.open_at_end),
        "target": None,
        "href": list_address(scope, "open"),
    }


def volume_figure(flow: Volume, scope: Scope) -> dict[str, Any]:
    """What came in, against the period before; neither more nor less of it is good."""
    change = flow.total_received - flow.received_before
    return {
        "label": pgettext("number of requests", "Received"),
        "value": localize(flow.total_received),
        "delta": _signed(change, 0) if change else "",
        "good": None,
        "foot": _("%(ended)d ended") % {"ended": flow.total_ended},
        "points": list(flow.received),
        "target": None,
        "href": list_address(scope, "received"),
    }


def _share(share: float | None) -> str:
    return _("No data") if share is None else percent(share)


def _whole(share: float) -> str:
    return f"{round(share * 100)}%"


def target_words(share: float) -> str:
    """A share that has to be met: "95%", "99.9%"."""
    return f"{localize(round(share * 100, 2)).rstrip('0').rstrip('.,')}%" if share * 100 % 1 else _whole(share)


def _hundred(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _change(change: float | None) -> dict[str, Any]:
    """A change of a share in points, and whether it is welcome; nothing where it can't be said or is nil."""
    points = None if change is None else round(change * 100, 1)
    if not points:
        return {"delta": "", "good": None}
    return {"delta": _signed(points, 1), "good": points > 0}


def _signed(value: float, digits: int) -> str:
    arrow = "↓" if value < 0 else "↑"
    return f"{arrow} {localize(round(abs(value), digits) if digits else abs(int(value)))}"


# --- charts -----------------------------------------------------------------------------------------


def _day_label(day: date) -> str:
    return date_format(day, pgettext("date format: this year", "M j"))


def _labels(scope: Scope) -> list[str]:
    return [_day_label(day) for day in scope.period.points]


def _window(scope: Scope) -> int:
    """Points that one point of a trend stands for: seven days, or the one week that a point is."""
    return DAYS_PER_WEEK // scope.period.step


def _smooth(before: Sequence[Summable], now: Sequence[Summable], window: int) -> tuple[Values, Values]:
    """Both trends in per cent, each point standing for the `window` points up to it, so that quiet days don't jump."""
    points = [*before, *now]
    ends = range(1, len(points) + 1)
    sums = [reduce(add, points[max(0, end - window) : end]) for end in ends]
    shares = [_hundred(point.share) for point in sums]
    return shares[: len(before)], shares[len(before) :]


def _trend_chart(scope: Scope, trends: tuple[Values, Values], target: float, *, known: bool) -> dict[str, Any]:
    before, now = trends
    series = [{"label": _("This period"), "values": now}, {"label": _("Period before"), "values": before}]
    return {
        "type": "line",
        "labels": _labels(scope),
        "series": series if known else [],
        "target": round(target * 100),
        "unit": "%",
        "max": 100,
    }


def compliance_chart(level: Compliance, scope: Scope) -> dict[str, Any]:
    """The share per day or week, the period before in grey, the target as a line."""
    return _trend_chart(
        scope, _smooth(level.trend_before, level.trend, _window(scope)), level.target, known=bool(level.now.counted)
    )


def clock_choices(current: ClockKind, scope: Scope) -> list[dict[str, Any]]:
    """The kinds of clock whose trend can be shown."""
    return [
        {"label": kind.label, "query": scope.query(clock=kind), "is_current": kind == current}
        for kind in COMPLIANCE_KINDS
    ]


def volume_chart(flow: Volume, scope: Scope) -> dict[str, Any]:
    """Received and ended per day or week; no bars at all when nothing happened."""
    has_any = flow.total_received or flow.total_ended
    series = [
        {"label": pgettext("number of requests", "Received"), "values": list(flow.received)},
        {"label": _("Ended"), "values": list(flow.ended)},
    ]
    return {"type": "bar", "labels": _labels(scope), "series": series if has_any else [], "digits": 0}


def satisfaction_chart(opinion: Satisfaction, scope: Scope) -> dict[str, Any]:
    """The index per day or week, the period before in grey, the target as a line."""
    smooth = _smooth(opinion.trend_before, opinion.trend, _window(scope))
    return _trend_chart(scope, smooth, CSI_TARGET, known=bool(opinion.now.count))


def score_chart(opinion: Satisfaction) -> dict[str, Any]:
    """How often each score was given."""
    series = [{"label": _("Answers"), "values": [opinion.distribution[score] for score in Score]}]
    return {
        "type": "bar",
        "labels": [f"{score.value}" for score in Score],
        "series": series if opinion.now.count else [],
        "digits": 0,
    }


# --- rows -------------------------------------------------------------------------------------------


def backlog_table(cells: dict[State, dict[AgeBand, int]], scope: Scope) -> dict[str, Any]:
    """Open requests by state and age: shades of one colour with the number in each cell, which opens its list."""
    most = max((count for bands in cells.values() for count in bands.values()), default=0)

    def cell(state: State | None, band: AgeBand | None, count: int) -> dict[str, Any]:
        return {
            "count": count,
            "level": -(-count * HEAT_LEVELS // most) if most else 0,
            "href": list_address(scope, "backlog", state=state, band=band),
            "band": band.label if band else "",
        }

    rows = [
        {
            "label": state.label,
            "cells": [cell(state, band, count) for band, count in bands.items()],
            "total": cell(state, None, sum(bands.values())),
        }
        for state, bands in cells.items()
    ]
    totals = [cell(None, band, sum(bands[band] for bands in cells.values())) for band in AgeBand]
    total = sum(one["count"] for one in totals)
    return {
        "bands": [band.label for band in AgeBand],
        "rows": rows,
        "totals": totals,
        "sum": total,
        "is_empty": not most,
    }


def load_rows(rows: Sequence[Load], scope: Scope, *, everybody: bool = False) -> dict[str, Any]:
    """Who carries how much, the most loaded first, what has nobody last; the rest of a large desk as one row, unless
    `everybody` is asked for."""
    people = [row for row in rows if row.person is not None]
    shown = people if everybody or len(people) <= MOST_LOADED else people[:MOST_LOADED]
    rest = people[len(shown) :]
    nobody = [row for row in rows if row.person is None]
    return {
        "most": max((row.open for row in rows), default=1),
        "rows": [
            {"load": row, "href": list_address(scope, "load", person=row.person or NOBODY), "name": row.name}
            for row in (*shown, *nobody)
        ],
        "rest": len(rest)
        and {
            "people": len(rest),
            "href": f"?{scope.query(everybody=1)}#load",
            "open": sum(row.open for row in rest),
            "late": sum(row.late for row in rest),
            "waiting": sum(row.waiting for row in rest),
        },
    }


def dimension_rows(opinion: Satisfaction) -> list[dict[str, Any]]:
    """The index of each dimension; nothing without answers."""
    if not opinion.now.count:
        return []
    return [
        {"label": dimension.label, "index": scores.index, "value": round((scores.index or 0) * 100)}
        for dimension, scores in opinion.by_dimension.items()
    ]
