"""What a client can do on the page of a request: for each act its form, its service, and what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal import forms
from quality.models import AnsweredVia, Survey
from quality.services import surveys
from tickets import services
from tickets.acts import Act
from tickets.models import Ticket
from web.acts import ActForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SURVEY = "survey"
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """One act of a client.

    Attributes:
        typed: the field with a text of theirs, if there is one.
    """

    form: type[ActForm]
    do: Callable[[Ticket, Data, User, datetime], Any]
    said: StrOrPromise
    typed: str = ""


def _reply(ticket: Ticket, data: Data, by: User, at: datetime) -> Any:
    return services.reply(ticket, by=by, at=at, body=data["body"], files=data["files"], once=data["once"])


def _confirm(ticket: Ticket, data: Data, by: User, at: datetime) -> Any:
    return services.confirm_plan(
        ticket, by=by, at=at, version=data["version"], option=data["option"], once=data["once"]
    )


def _return(ticket: Ticket, data: Data, by: User, at: datetime) -> Any:
    return services.return_plan(
        ticket, by=by, at=at, version=data["version"], comment=data["comment"], once=data["once"]
    )


def _accept(ticket: Ticket, data: Data, by: User, at: datetime) -> Any:
    return services.accept(ticket, by=by, at=at, delivery=data["delivery"], once=data["once"])


def _reject(ticket: Ticket, data: Data, by: User, at: datetime) -> Any:
    return services.reject(ticket, by=by, at=at, delivery=data["delivery"], reason=data["reason"], once=data["once"])


def _withdraw(ticket: Ticket, data: Data, by: User, at: datetime) -> Any:
    return services.withdraw(ticket, by=by, at=at, reason=data["reason"], once=data["once"])


def _reopen(ticket: Ticket, data: Data, by: User, at: datetime) -> Any:
    return services.reopen(ticket, by=by, at=at, reason=data["reason"], once=data["once"])


def survey_of(ticket: Ticket, user: User) -> Survey | None:
    """The newest survey this person was sent about a request; only its contact is asked."""
    if ticket.requester_id != user.pk:
        return None
    return Survey.objects.visible_to(user).filter(ticket=ticket).first()


WAYS: dict[str, Way] = {
    Act.REPLY: Way(forms.ReplyForm, _reply, _("Your message was sent."), "body"),
    Act.CONFIRM_PLAN: Way(forms.ConfirmPlanForm, _confirm, _("Thank you. The plan is confirmed.")),
    Act.RETURN_PLAN: Way(forms.ReturnPlanForm, _return, _("The plan went back to us with your comment."), "comment"),
    Act.ACCEPT: Way(forms.AcceptForm, _accept, _("Thank you. The delivery is accepted.")),
    Act.REJECT: Way(forms.RejectForm, _reject, _("Thank you. We go on with the work."), "reason"),
    Act.WITHDRAW: Way(forms.WithdrawForm, _withdraw, _("The request is withdrawn."), "reason"),
    Act.REOPEN: Way(forms.ReopenForm, _reopen, _("The request is open again."), "reason"),
}


def answer_survey(ticket: Ticket, form: forms.SurveyForm, data: Data, *, by: User, at: datetime) -> Survey:
    """Answer the survey of a request in the portal.

    Raises:
        Http404: this person was not asked.
    """
    survey = survey_of(ticket, by)
    if survey is None:
        raise Http404
    return surveys.answer(
        survey, scores=form.scores(data), comment=data["comment"], at=at, via=AnsweredVia.PORTAL, by=by
    )
