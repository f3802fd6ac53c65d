"""Figures of the service levels: compliance, groups, times, hours, causes, the wall, the timers (SLA-60, SLA-61).

Every function takes requests that `visible_to` has narrowed already, and counts in the database. What a figure counts
is also a queryset here, so that page, list, export and API are made of the same rows.
"""

from sla.figures.causes import Causes, CauseShare, TeamShare, causes, spent_by_team, spent_on
from sla.figures.compliance import (
    COMPLIANCE_TARGETS,
    REPAIR_TARGET,
    Compliance,
    Outcome,
    Tally,
    compliance,
    cycles_behind,
    repairs,
    requests_behind,
    tally_of,
)
from sla.figures.groups import Group, GroupTally, by_group, goal_of, in_group
from sla.figures.hours import at_hour, missed_by_hour, received_by_hour
from sla.figures.timers import GRACE, TimerHealth, timer_health
from sla.figures.times import Bin, Histogram, Span, TargetUse, finished, histogram, spans, taking
from sla.figures.wall import Mark, TeamNow, Watch, due_between, marks, teams_now, watched, with_others, with_since

__all__ = [
    "COMPLIANCE_TARGETS",
    "GRACE",
    "REPAIR_TARGET",
    "Bin",
    "CauseShare",
    "Causes",
    "Compliance",
    "Group",
    "GroupTally",
    "Histogram",
    "Mark",
    "Outcome",
    "Span",
    "Tally",
    "TargetUse",
    "TeamNow",
    "TeamShare",
    "TimerHealth",
    "Watch",
    "at_hour",
    "by_group",
    "causes",
    "compliance",
    "cycles_behind",
    "due_between",
    "finished",
    "goal_of",
    "histogram",
    "in_group",
    "marks",
    "missed_by_hour",
    "received_by_hour",
    "repairs",
    "requests_behind",
    "spans",
    "spent_by_team",
    "spent_on",
    "taking",
    "tally_of",
    "teams_now",
    "timer_health",
    "watched",
    "with_others",
    "with_since",
]
