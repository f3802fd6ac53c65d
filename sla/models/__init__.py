"""Calendars, agreements, and the clocks that run under them (SLA-01…SLA-44); import the models from here.

What is agreed is versioned and a published version never changes (SLA-30). What is measured is a cache: a `Clock` row
can be thrown away and computed again from the request's events and its `Pin` rows (SLA-40).
"""

from sla.models.agreements import (
    AGREED,
    BREACH_POINT,
    Agreement,
    AgreementComment,
    AgreementDeed,
    AgreementEntry,
    AgreementFile,
    AgreementVersion,
    EscalationStep,
    Target,
)
from sla.models.calendars import CalendarVersion, WorkingCalendar
from sla.models.clocks import Clock, ClockQuerySet, ClockShare, ClockStep, Pin
from sla.models.kinds import AgreementState, Audience, Cause, ClockKind, ClockState, VersionState
from sla.models.replays import Recalculation, RecalculationChange, RecalculationStage, WhatIf, WhatIfFlip

__all__ = [
    "AGREED",
    "BREACH_POINT",
    "Agreement",
    "AgreementComment",
    "AgreementDeed",
    "AgreementEntry",
    "AgreementFile",
    "AgreementState",
    "AgreementVersion",
    "Audience",
    "CalendarVersion",
    "Cause",
    "Clock",
    "ClockKind",
    "ClockQuerySet",
    "ClockShare",
    "ClockState",
    "ClockStep",
    "EscalationStep",
    "Pin",
    "Recalculation",
    "RecalculationChange",
    "RecalculationStage",
    "Target",
    "VersionState",
    "WhatIf",
    "WhatIfFlip",
    "WorkingCalendar",
]
