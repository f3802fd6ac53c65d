"""The one door to requests: one function per act, imported from here.

Each takes the request and keyword arguments: `by` (the person), `at` (the instant, UTC) and `once` (identifies the form
that was sent). Each locks the request, checks who may and what stands in the way, changes, records, and tells people.
"""

from tickets.services.conversation import log_call, note, reply
from tickets.services.execution import (
    accept,
    add_task,
    deliver,
    finish_task,
    reject,
    reopen_task,
    report_progress,
    verify,
)
from tickets.services.intake import Asked, submit
from tickets.services.plans import Option, confirm_plan, draft_plan, propose_plan, return_plan, review_plan
from tickets.services.process import (
    decline,
    merge,
    reopen,
    start_assessment,
    start_execution,
    take_up,
    withdraw,
)
from tickets.services.triage import assign, classify, set_priority
from tickets.services.waiting import end_waits_until, resume, wait

__all__ = [
    "Asked",
    "Option",
    "accept",
    "add_task",
    "assign",
    "classify",
    "confirm_plan",
    "decline",
    "deliver",
    "draft_plan",
    "end_waits_until",
    "finish_task",
    "log_call",
    "merge",
    "note",
    "propose_plan",
    "reject",
    "reopen",
    "reopen_task",
    "reply",
    "report_progress",
    "resume",
    "return_plan",
    "review_plan",
    "set_priority",
    "start_assessment",
    "start_execution",
    "submit",
    "take_up",
    "verify",
    "wait",
    "withdraw",
]
