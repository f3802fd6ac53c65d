"""Where the time of missed cycles went: causes, teams' shares, and the worst of one cause."""

from __future__ import annotations

from typing import Any

from desk.levels import tables
from desk.levels.answers import Answers
from desk.levels.blocks import block
from desk.levels.question import NOBODY
from sla.figures import Outcome


def causes(answers: Answers) -> dict[str, Any]:
    """The causes, what used up targets before what did not; the teams' shares; the worst of one cause."""
    question, found = answers.question, answers.causes
    rows = [
        {
            "label": share.cause.label,
            "is_counted": share.cause.is_counted,
            "seconds": share.seconds,
            "share": share.seconds / found.seconds,
            "value": round(share.seconds / found.seconds * 100),
            "cycles": share.cycles,
            "href": question.cycles(cause=share.cause),
            "worst_href": f"{question.here(cause=share.cause)}#offenders",
            "is_current": share.cause == answers.cause,
        }
        for share in found.by_cause
    ]
    return {
        **block(answers, "causes", tables.causes_note()),
        "found": found,
        "missed_href": question.cycles(outcome=Outcome.MISSED),
        "counted": [row for row in rows if row["is_counted"]],
        "stood_still": [row for row in rows if not row["is_counted"]],
        "teams": teams(answers),
        "teams_block": block(answers, "teams", tables.teams_note()),
        "offenders": offenders(answers),
        "offenders_block": block(answers, "offenders"),
        "cause": answers.cause,
        "choices": rows,
        "cause_href": question.cycles(cause=answers.cause or ""),
        "cause_count": next((share.cycles for share in found.by_cause if share.cause == answers.cause), 0),
    }


def teams(answers: Answers) -> list[dict[str, Any]]:
    """Each team's part of what used up the targets."""
    whole = answers.causes.counted_seconds or 1
    return [
        {
            "label": team.name,
            "seconds": team.seconds,
            "share": team.seconds / whole,
            "value": round(team.seconds / whole * 100),
            "cycles": team.cycles,
            "href": answers.question.cycles(held=team.team or NOBODY),
        }
        for team in answers.causes.by_team
    ]


def offenders(answers: Answers) -> list[dict[str, Any]]:
    """The cycles that spent most on one cause."""
    return [
        {
            "clock": clock,
            "ticket": clock.ticket,
            "spent": clock.spent,
            "late": (clock.stopped_at - clock.due_at).total_seconds(),
        }
        for clock in answers.offenders
    ]
