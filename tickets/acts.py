"""Every act on a request, declared once: who may do it, in which states, and which transition it runs.

`tickets.services` carries them out; `offers_for` tells a page or the API what a person can do now and what blocks the
rest. Both read this table, so what is offered and what is refused can't differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Capability
from tickets import checks
from tickets.checks import Blocker, Check
from tickets.states import OPEN_STATES, STEPS, PlanState, State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from tickets.models import Ticket

Who = Callable[["Ticket", User], bool]


class Act(StrEnum):
    """The names of the acts, as in addresses, forms and the API."""

    REPLY = "reply"
    NOTE = "note"
    LOG_CALL = "log_call"
    TAKE_UP = "take_up"
    CLASSIFY = "classify"
    SET_PRIORITY = "set_priority"
    ASSIGN = "assign"
    START_ASSESSMENT = "start_assessment"
    DECLINE = "decline"
    DRAFT_PLAN = "draft_plan"
    REVIEW_PLAN = "review_plan"
    PROPOSE_PLAN = "propose_plan"
    CONFIRM_PLAN = "confirm_plan"
    RETURN_PLAN = "return_plan"
    START_EXECUTION = "start_execution"
    ADD_TASK = "add_task"
    FINISH_TASK = "finish_task"
    REOPEN_TASK = "reopen_task"
    REPORT_PROGRESS = "report_progress"
    VERIFY = "verify"
    DELIVER = "deliver"
    ACCEPT = "accept"
    REJECT = "reject"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    WAIT = "wait"
    RESUME = "resume"


@dataclass(frozen=True)
class Rule:
    """The declaration of one act.

    Attributes:
        label: what the button says.
        who: whether this person may do it, given that they may see the request.
        states: where it can be done.
        transition: the method of `Ticket` it runs, if it changes the state; its conditions are blockers.
        needs: further checks, beyond the transition's.
        shown: whether it is offered at all now (a wait can only end when there is one).
        main: the usual next step in its state; pages show it as the primary button.
    """

    label: StrOrPromise
    who: Who
    states: frozenset[State]
    transition: str = ""
    needs: tuple[Check, ...] = ()
    shown: Callable[[Ticket], bool] = lambda ticket: True
    main: bool = False

    def blockers(self, ticket: Ticket) -> list[Blocker]:
        """What stands in the way of it now."""
        conditions = [*self.needs, *_conditions(ticket, self.transition)]
        return [blocker for check in conditions for blocker in check.missing(ticket)]


@dataclass(frozen=True)
class Offer:
    """An act that concerns this person now: possible, or blocked with reasons."""

    act: Act
    rule: Rule
    blockers: list[Blocker]

    @property
    def is_possible(self) -> bool:
        """Whether it can be done this moment."""
        return not self.blockers


def _conditions(ticket: Ticket, transition: str) -> list[Check]:
    if not transition:
        return []
    declared = getattr(type(ticket), transition)._django_fsm.transitions
    return [check for each in {id(t): t for t in declared.values()}.values() for check in each.conditions]


def handles(ticket: Ticket, user: User) -> bool:
    """Staff who carry requests."""
    return user.may(Capability.HANDLE)


def asks(ticket: Ticket, user: User) -> bool:
    """The client's side of this request."""
    return user.is_client


def converses(ticket: Ticket, user: User) -> bool:
    """Both sides, each with a role that takes part."""
    return user.is_client or user.may(Capability.HANDLE)


def notes(ticket: Ticket, user: User) -> bool:
    """All staff may leave a note."""
    return user.is_service_staff


def decides_with_us(ticket: Ticket, user: User) -> bool:
    """The client's side, or staff who note down what the client said on the phone."""
    return user.is_client or user.may(Capability.HANDLE)


def verifies(ticket: Ticket, user: User) -> bool:
    """A colleague other than the one responsible (R-030)."""
    return (user.may(Capability.REVIEW) or user.may(Capability.HANDLE)) and ticket.assignee_id != user.pk


def _plan_is(*states: PlanState) -> Callable[[Ticket], bool]:
    def shown(ticket: Ticket) -> bool:
        return ticket.current_plan is not None and ticket.current_plan.state in states

    return shown


def _needs_plan(ticket: Ticket) -> bool:
    return ticket.service.needs_plan


_OPEN = frozenset(OPEN_STATES)
_ANY = frozenset(State)

RULES: dict[Act, Rule] = {
    Act.REPLY: Rule(_("Reply"), converses, _ANY),
    Act.NOTE: Rule(_("Note"), notes, _ANY),
    Act.LOG_CALL: Rule(_("Log a call"), handles, _ANY),
    Act.TAKE_UP: Rule(
        _("Take it up"),
        handles,
        frozenset({State.INTAKE}),
        needs=(checks.is_classified,),
        main=True,
    ),
    Act.START_ASSESSMENT: Rule(_("Start assessment"), handles, frozenset({State.INTAKE}), transition="to_assessment"),
    Act.DECLINE: Rule(_("Decline"), handles, frozenset({State.INTAKE}), transition="to_declined"),
    Act.PROPOSE_PLAN: Rule(
        _("Propose a plan"),
        handles,
        frozenset({State.ASSESSMENT}),
        needs=(checks.plan_is_with_us, checks.plan_is_reviewed),
        shown=_needs_plan,
        main=True,
    ),
    Act.DRAFT_PLAN: Rule(_("Draft a plan"), handles, frozenset({State.ASSESSMENT}), needs=(checks.plan_is_with_us,)),
    Act.REVIEW_PLAN: Rule(
        _("Review the plan"),
        lambda ticket, user: user.may(Capability.REVIEW),
        frozenset({State.ASSESSMENT}),
        shown=_plan_is(PlanState.DRAFT),
    ),
    Act.CONFIRM_PLAN: Rule(
        _("Confirm the plan"),
        asks,
        frozenset({State.ASSESSMENT}),
        shown=_plan_is(PlanState.PROPOSED),
        main=True,
    ),
    Act.RETURN_PLAN: Rule(
        _("Send the plan back"), asks, frozenset({State.ASSESSMENT}), shown=_plan_is(PlanState.PROPOSED)
    ),
    Act.START_EXECUTION: Rule(
        _("Start execution"), handles, frozenset({State.ASSESSMENT}), transition="to_execution", main=True
    ),
    Act.ADD_TASK: Rule(_("Add a task"), handles, frozenset({State.ASSESSMENT, State.EXECUTION})),
    Act.FINISH_TASK: Rule(_("Finish a task"), handles, frozenset({State.ASSESSMENT, State.EXECUTION})),
    Act.REOPEN_TASK: Rule(_("Reopen a task"), handles, frozenset({State.ASSESSMENT, State.EXECUTION})),
    Act.REPORT_PROGRESS: Rule(_("Report progress"), handles, frozenset({State.EXECUTION})),
    Act.VERIFY: Rule(
        _("Verify the work"),
        verifies,
        frozenset({State.EXECUTION}),
        needs=(checks.tasks_are_done,),
        shown=lambda ticket: ticket.service.needs_verification and not ticket.is_verified,
    ),
    Act.DELIVER: Rule(_("Deliver"), handles, frozenset({State.EXECUTION}), transition="to_acceptance", main=True),
    Act.ACCEPT: Rule(_("Accept"), asks, frozenset({State.ACCEPTANCE}), transition="to_closed", main=True),
    Act.REJECT: Rule(_("Reject"), asks, frozenset({State.ACCEPTANCE}), transition="back_from_acceptance"),
    Act.REOPEN: Rule(_("Reopen"), decides_with_us, frozenset({State.CLOSED}), transition="back_to_work"),
    Act.WAIT: Rule(_("Wait"), handles, frozenset(STEPS[:3]), shown=lambda ticket: not ticket.wait),
    Act.RESUME: Rule(_("Go on"), handles, frozenset(STEPS[:3]), shown=lambda ticket: bool(ticket.wait), main=True),
    Act.ASSIGN: Rule(_("Assign"), lambda ticket, user: user.may(Capability.ASSIGN), _OPEN),
    Act.CLASSIFY: Rule(_("Classify"), handles, _OPEN),
    Act.SET_PRIORITY: Rule(_("Change priority"), handles, _OPEN),
    Act.WITHDRAW: Rule(_("Withdraw"), asks, _OPEN, transition="to_withdrawn"),
    Act.MERGE: Rule(_("Merge"), handles, _OPEN, transition="to_withdrawn"),
}


def offers_for(ticket: Ticket, user: User) -> list[Offer]:
    """What this person can do with this request now, and what blocks the rest, in the order of the process."""
    state = State(ticket.state)
    return [
        Offer(act, rule, rule.blockers(ticket))
        for act, rule in RULES.items()
        if state in rule.states and rule.who(ticket, user) and rule.shown(ticket)
    ]
