"""Weekdays against hours: requests received, or the share of cycles that were missed; every cell opens its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _

from desk.dashboard_parts import HEAT_LEVELS
from desk.levels import tables
from desk.levels.answers import Answers
from desk.levels.blocks import block
from desk.levels.question import Heat
from sla.figures import Outcome
from sla.figures.hours import Hour
from tickets.figures import DAYS_PER_WEEK

DAY_HOURS = range(8, 19)  # hours that are shown even when nothing happened in them


def hours(answers: Answers) -> dict[str, Any]:
    """Weekdays against hours: requests received, or the share of cycles that were missed."""
    question = answers.question
    cells = received_cells(answers) if question.heat is Heat.RECEIVED else missed_cells(answers)
    columns = hours_shown(cells)
    rows = [
        {"label": tables.weekday_words(day), "cells": [cells.get((day, hour), {"hour": hour}) for hour in columns]}
        for day in range(1, DAYS_PER_WEEK + 1)
    ]
    return {
        **block(answers, "hours", tables.hours_note(answers)),
        "columns": columns,
        "rows": rows if cells else [],
        "choices": [
            {"label": heat.label, "href": question.here(map=heat), "is_current": heat == question.heat} for heat in Heat
        ],
        "is_missed": question.heat is Heat.MISSED,
    }


def hours_shown(places: Mapping[Hour, Any]) -> Sequence[int]:
    """The hours of the day, from the first to the last in which anything happened."""
    hours = [hour for _day, hour in places]
    return range(min([*hours, DAY_HOURS.start]), max([*hours, DAY_HOURS.stop - 1]) + 1)


def received_cells(answers: Answers) -> dict[Hour, dict[str, Any]]:
    """A shade and a count for each hour."""
    most = max(answers.received.values(), default=1)
    return {
        (day, hour): {
            "hour": hour,
            "text": localize(count),
            "level": -(-count * HEAT_LEVELS // most),
            "title": _("%(day)s %(hour)s:00: %(count)s")
            % {"day": tables.weekday_words(day), "hour": hour, "count": count},
            "href": answers.question.rows("received", weekday=day, hour=hour),
        }
        for (day, hour), count in answers.received.items()
    }


def missed_cells(answers: Answers) -> dict[Hour, dict[str, Any]]:
    """A shade and a share for each hour in which anything was counted."""
    shares = {place: tally.missed / tally.counted for place, tally in answers.missed.items()}
    most = max(shares.values(), default=0) or 1
    return {
        (day, hour): {
            "hour": hour,
            "text": f"{round(shares[day, hour] * 100)}",
            "level": -(-round(shares[day, hour] * 1000) * HEAT_LEVELS // round(most * 1000)),
            "title": _("%(day)s %(hour)s:00: %(missed)s of %(counted)s missed")
            % {"day": tables.weekday_words(day), "hour": hour, "missed": tally.missed, "counted": tally.counted},
            "href": answers.question.cycles(
                outcome=Outcome.MISSED if tally.missed else Outcome.COUNTED, weekday=day, hour=hour
            ),
        }
        for (day, hour), tally in answers.missed.items()
    }
