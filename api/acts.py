"""Every act of the workflow at the API: what it takes and which function carries it out. One table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rest_framework.serializers import Serializer

from api.serializers import acts as takes
from tickets import services
from tickets.acts import Act
from tickets.states import Channel


@dataclass(frozen=True)
class Way:
    """How an act is done through the API.

    Attributes:
        takes: what has to be sent; its cleaned values are the function's arguments.
        run: called with the request, these, and `by`, `at`, `once`.
        files: whether files can be sent along.
    """

    takes: type[Serializer[Any]]
    run: Callable[..., object]
    files: bool = False


WAYS: dict[Act, Way] = {
    Act.REPLY: Way(takes.ReplySerializer, partial(services.reply, channel=Channel.API), files=True),
    Act.NOTE: Way(takes.NoteSerializer, services.note, files=True),
    Act.LOG_CALL: Way(takes.CallSerializer, services.log_call),
    Act.TAKE_UP: Way(takes.NothingSerializer, services.take_up),
    Act.CLASSIFY: Way(takes.ClassifySerializer, services.classify),
    Act.SET_PRIORITY: Way(takes.PrioritySerializer, services.set_priority),
    Act.ASSIGN: Way(takes.AssignSerializer, services.assign),
    Act.START_ASSESSMENT: Way(takes.NothingSerializer, services.start_assessment),
    Act.DECLINE: Way(takes.ReasonSerializer, services.decline),
    Act.DRAFT_PLAN: Way(takes.DraftPlanSerializer, services.draft_plan),
    Act.REVIEW_PLAN: Way(takes.NothingSerializer, services.review_plan),
    Act.PROPOSE_PLAN: Way(takes.ProposePlanSerializer, services.propose_plan),
    Act.CONFIRM_PLAN: Way(takes.ConfirmPlanSerializer, services.confirm_plan),
    Act.RETURN_PLAN: Way(takes.ReturnPlanSerializer, services.return_plan),
    Act.START_EXECUTION: Way(takes.NothingSerializer, services.start_execution),
    Act.ADD_TASK: Way(takes.AddTaskSerializer, services.add_task),
    Act.FINISH_TASK: Way(takes.TaskRefSerializer, services.finish_task),
    Act.REOPEN_TASK: Way(takes.TaskRefSerializer, services.reopen_task),
    Act.REPORT_PROGRESS: Way(takes.ReplySerializer, services.report_progress, files=True),
    Act.VERIFY: Way(takes.NothingSerializer, services.verify),
    Act.DELIVER: Way(takes.DeliverSerializer, services.deliver, files=True),
    Act.ACCEPT: Way(takes.AcceptSerializer, services.accept),
    Act.REJECT: Way(takes.RejectSerializer, services.reject),
    Act.REOPEN: Way(takes.ReasonSerializer, services.reopen),
    Act.WITHDRAW: Way(takes.MaybeReasonSerializer, services.withdraw),
    Act.MERGE: Way(takes.MergeSerializer, services.merge),
    Act.WAIT: Way(takes.WaitSerializer, services.wait),
    Act.RESUME: Way(takes.NothingSerializer, services.resume),
}
