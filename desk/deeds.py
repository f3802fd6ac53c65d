"""The acts of `tickets.acts` that staff do on a request's page: the form each asks, and the service it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from desk import forms
from desk.forms import DeedForm, Visit
from tickets import services
from tickets.acts import Act
from tickets.states import Complexity, Impact, Priority, TicketType, Urgency, Wait

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Run = Callable[[Visit, DeedForm, dict[str, Any]], object]


@dataclass(frozen=True)
class Deed:
    """How a page does an act.

    Attributes:
        run: calls the service.
        done: what to say afterwards.
        form: what it asks.
        submit: what the form's button says.
        intro: a sentence above the form.
        body: the template of the form's inside.
    """

    run: Run
    done: StrOrPromise
    icon: str
    form: type[DeedForm] = forms.QuietForm
    submit: StrOrPromise = ""
    intro: StrOrPromise = ""
    body: str = "desk/request/acts/_fields.html"
    is_wide: bool = False
    is_grave: bool = False

    @property
    def is_quick(self) -> bool:
        """Whether one press does it."""
        return self.form is forms.QuietForm and not self.submit


def _plain(service: Callable[..., object], *names: str) -> Run:
    """A service that takes the form's fields as they are."""

    def run(visit: Visit, form: DeedForm, data: dict[str, Any]) -> object:
        given = {name: data[name] for name in (*names, "once")}
        return service(visit.ticket, by=visit.user, at=visit.at, **given)

    return run


def _assign(visit: Visit, form: DeedForm, data: dict[str, Any]) -> object:
    return services.assign(
        visit.ticket,
        by=visit.user,
        at=visit.at,
        assignee=data["assignee"],
        team=data["team"],
        once=data["once"],
    )


_KINDS: dict[str, Callable[[Any], Any]] = {
    "type": TicketType,
    "impact": Impact,
    "urgency": Urgency,
    "complexity": Complexity,
}


def _classify(visit: Visit, form: DeedForm, data: dict[str, Any]) -> object:
    given = {name: _KINDS[name](value) if name in _KINDS else value for name, value in data.items() if name != "once"}
    return services.classify(visit.ticket, by=visit.user, at=visit.at, once=data["once"], **given)


def _set_priority(visit: Visit, form: DeedForm, data: dict[str, Any]) -> object:
    return services.set_priority(
        visit.ticket,
        by=visit.user,
        at=visit.at,
        priority=Priority(data["priority"]),
        reason=data["reason"],
        once=data["once"],
    )


def _wait(visit: Visit, form: DeedForm, data: dict[str, Any]) -> object:
    wait_for, until = Wait(data["wait_for"]), data["until"]
    return services.wait(
        visit.ticket,
        by=visit.user,
        at=visit.at,
        wait_for=wait_for,
        until=until if wait_for == Wait.DATE else None,
        once=data["once"],
    )


def _draft(visit: Visit, form: DeedForm, data: dict[str, Any]) -> object:
    assert isinstance(form, forms.PlanForm)  # noqa: S101 - as the table below pairs them
    return services.draft_plan(visit.ticket, by=visit.user, at=visit.at, options=form.options(), once=data["once"])


def _propose(visit: Visit, form: DeedForm, data: dict[str, Any]) -> object:
    """With new options, or the draft as it stands (a review holds only for what was reviewed)."""
    if isinstance(form, forms.PlanForm) and data["draft"]:
        return _draft(visit, form, data)
    options = form.options() if isinstance(form, forms.PlanForm) else None
    return services.propose_plan(
        visit.ticket, by=visit.user, at=visit.at, options=options, message=data["message"], once=data["once"]
    )


DEEDS: dict[Act, Deed] = {
    Act.TAKE_UP: Deed(_plain(services.take_up), _("It is yours now."), "back_hand"),
    Act.START_ASSESSMENT: Deed(_plain(services.start_assessment), _("Assessment has started."), "search"),
    Act.START_EXECUTION: Deed(_plain(services.start_execution), _("Execution has started."), "play_circle"),
    Act.RESUME: Deed(_plain(services.resume), _("Work goes on."), "play_arrow"),
    Act.DECLINE: Deed(
        _plain(services.decline, "reason"),
        _("The request was declined."),
        "block",
        forms.ReasonForm,
        _("Decline"),
        _("For what lies outside our services. The client is told the reason and may answer."),
        is_grave=True,
    ),
    Act.DRAFT_PLAN: Deed(
        _draft,
        _("The draft is kept. The client does not see it yet."),
        "edit_note",
        forms.PlanForm,
        _("Keep as a draft"),
        body="desk/request/acts/_plan.html",
        is_wide=True,
    ),
    Act.REVIEW_PLAN: Deed(
        _plain(services.review_plan),
        _("The plan is approved."),
        "fact_check",
        submit=_("Approve the plan"),
        intro=_("You say that this plan may go to the client."),
        body="desk/request/acts/_review.html",
        is_wide=True,
    ),
    Act.PROPOSE_PLAN: Deed(
        _propose,
        _("The plan is saved."),
        "assignment",
        forms.PlanForm,
        _("Send to the client"),
        body="desk/request/acts/_plan.html",
        is_wide=True,
    ),
    Act.ADD_TASK: Deed(
        _plain(services.add_task, "title", "owner", "due_at"),
        _("The task is on the list."),
        "add_task",
        forms.TaskForm,
        _("Add"),
    ),
    Act.FINISH_TASK: Deed(_plain(services.finish_task, "task"), _("Done."), "check", forms.TickForm, _("Done")),
    Act.REOPEN_TASK: Deed(
        _plain(services.reopen_task, "task"), _("The task is open again."), "undo", forms.TickForm, _("Open again")
    ),
    Act.REPORT_PROGRESS: Deed(
        _plain(services.report_progress, "body", "files"),
        _("The client has your report."),
        "trending_up",
        forms.ProgressForm,
        _("Send the report"),
    ),
    Act.VERIFY: Deed(
        _plain(services.verify),
        _("The work is verified."),
        "verified",
        submit=_("Verify"),
        intro=_("You say that you have looked at the work of your colleague and found it good."),
    ),
    Act.DELIVER: Deed(
        _plain(services.deliver, "summary", "self_checked", "files"),
        _("Delivered. The client is asked to accept it."),
        "inventory_2",
        forms.DeliverForm,
        _("Deliver"),
        body="desk/request/acts/_deliver.html",
    ),
    Act.REOPEN: Deed(
        _plain(services.reopen, "reason"), _("The request is open again."), "restart_alt", forms.ReasonForm, _("Reopen")
    ),
    Act.WAIT: Deed(_wait, _("It waits. Targets that say so stand still."), "pause", forms.WaitForm, _("Wait")),
    Act.ASSIGN: Deed(
        _assign,
        _("It is assigned."),
        "person_add",
        forms.AssignForm,
        _("Assign"),
        body="desk/request/acts/_assign.html",
    ),
    Act.CLASSIFY: Deed(_classify, _("It is classified."), "sell", forms.ClassifyForm, _("Save")),
    Act.SET_PRIORITY: Deed(
        _set_priority,
        _("The priority is set."),
        "flag",
        forms.PriorityForm,
        _("Set"),
        _("The matrix no longer decides the priority of this request."),
    ),
    Act.MERGE: Deed(
        _plain(services.merge, "into"),
        _("The request was merged."),
        "call_merge",
        forms.MergeForm,
        _("Merge"),
        _("This request ends; the client is told where it goes on."),
        body="desk/request/acts/_merge.html",
        is_grave=True,
    ),
}

# What the side panel lists under “What comes next”, and what stands behind “More”.
NEXT = (
    Act.RESUME,
    Act.TAKE_UP,
    Act.START_ASSESSMENT,
    Act.REVIEW_PLAN,
    Act.PROPOSE_PLAN,
    Act.START_EXECUTION,
    Act.REPORT_PROGRESS,
    Act.VERIFY,
    Act.DELIVER,
    Act.REOPEN,
    Act.WAIT,
)
MORE = (Act.ASSIGN, Act.CLASSIFY, Act.SET_PRIORITY, Act.DRAFT_PLAN, Act.ADD_TASK, Act.MERGE, Act.DECLINE)
WRITING = (Act.REPLY, Act.NOTE, Act.LOG_CALL)


def form_of(act: Act, visit: Visit) -> type[DeedForm]:
    """The form an act asks; a plan that is drafted already is proposed as it stands."""
    plan = visit.ticket.current_plan
    if act == Act.PROPOSE_PLAN and plan is not None and plan.is_draft:
        return forms.ProposeForm
    return DEEDS[act].form
