"""What can stand in the way of an act: named checks that say what is missing.

A check is both a django-fsm condition (called, it answers yes or no) and a source of words (`missing` lists blockers),
so a page's greyed button, the API's answer and the refusal of a crafted request come from one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from tickets.models import Ticket


@dataclass(frozen=True)
class Blocker:
    """One thing that stands in the way.

    Attributes:
        code: stable, for the API.
        sentence: for people, in their language.
    """

    code: str
    sentence: StrOrPromise


class Check:
    """A named function that yields blockers, usable as a django-fsm condition."""

    def __init__(self, function: Callable[[Ticket], Iterator[Blocker]]) -> None:
        self._function = function
        update_wrapper(self, function)

    def __call__(self, ticket: Any) -> bool:
        """Whether nothing is missing."""
        return not self.missing(ticket)

    def missing(self, ticket: Ticket) -> list[Blocker]:
        """What is missing, in words."""
        return list(self._function(ticket))


@Check
def is_classified(ticket: Ticket) -> Iterator[Blocker]:
    """Type, service and priority are set (R-003)."""
    if not ticket.type:
        yield Blocker("type_missing", _("The type is not set."))
    if not ticket.service_id:
        yield Blocker("service_missing", _("The service is not set."))
    if not ticket.priority:
        yield Blocker("priority_missing", _("The priority is not set."))


@Check
def has_assignee(ticket: Ticket) -> Iterator[Blocker]:
    """Somebody is responsible."""
    if ticket.assignee_id is None:
        yield Blocker("assignee_missing", _("Nobody is responsible yet."))


@Check
def plan_is_settled(ticket: Ticket) -> Iterator[Blocker]:
    """The client has confirmed a plan, where the service asks for one (R-014)."""
    if not ticket.service.needs_plan:
        return
    plan = ticket.current_plan
    if plan is None:
        yield Blocker("plan_missing", _("There is no plan yet."))
    elif not plan.is_confirmed:
        yield Blocker("plan_not_confirmed", _("The client has not confirmed the plan."))


@Check
def plan_is_with_us(ticket: Ticket) -> Iterator[Blocker]:
    """The client is not deciding on a plan at the moment."""
    if ticket.current_plan is not None and ticket.current_plan.is_with_client:
        yield Blocker("plan_with_client", _("The client is deciding on the plan."))


@Check
def plan_is_reviewed(ticket: Ticket) -> Iterator[Blocker]:
    """A drafted high-risk plan has been reviewed by somebody else before the client sees it (R-013)."""
    plan = ticket.current_plan
    if plan is not None and plan.is_draft and plan.reviewer_id is None and plan.is_risky:
        yield Blocker("review_missing", _("A plan with a high risk needs a review by somebody else first."))


@Check
def tasks_are_done(ticket: Ticket) -> Iterator[Blocker]:
    """No task is open (R-020)."""
    open_tasks = sum(task.done_at is None for task in ticket.tasks.all())
    if open_tasks:
        yield Blocker("tasks_open", ngettext_lazy("%d task is open.", "%d tasks are open.", open_tasks) % open_tasks)


@Check
def work_is_verified(ticket: Ticket) -> Iterator[Blocker]:
    """A colleague has verified the work since the last delivery, where the service asks for it (R-030)."""
    if ticket.service.needs_verification and not ticket.is_verified:
        yield Blocker("not_verified", _("A colleague has not verified the work yet."))


@Check
def may_still_be_reopened(ticket: Ticket) -> Iterator[Blocker]:
    """The period for reopening is not over (SLA-19, R-035)."""
    if ticket.closed_at is None:
        return
    days = ticket.service.reopen_days
    if (ticket.acting_at or timezone.now()) > ticket.closed_at + timedelta(days=days):
        yield Blocker(
            "reopening_over",
            ngettext_lazy(
                "It was closed more than %d day ago. Please submit a new request.",
                "It was closed more than %d days ago. Please submit a new request.",
                days,
            )
            % days,
        )
