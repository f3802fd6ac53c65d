"""The acts on plans; see `acts`."""

from __future__ import annotations

from servicedesk.generate.request import INTERNAL, Request
from servicedesk.generate.words import Piece
from tickets.services.plans import Option, plan_digest
from tickets.states import EventKind, MessageKind, PlanState, Turn, Wait


def draft_plan(request: Request, at: int, by: int, options: list[Option]) -> None:
    """The next version of the plan."""
    version = len(request.plans) + 1
    plan = {"pk": request.ids.next("plan"), "version": version, "state": PlanState.DRAFT, "author": by, "created": at}
    request.plans.append(plan)
    for position, option in enumerate(options, start=1):
        request.options.append((request.ids.next("option"), plan["pk"], position, option))
    data = {"plan": plan["pk"], "version": version, "plan_sha256": plan_digest(options)}
    request.record(EventKind.PLAN_DRAFTED, at, by, data, visibility=INTERNAL)


def propose_plan(request: Request, at: int, by: int, options: list[Option], said: Piece) -> None:
    """Drafted and shown to the client."""
    draft_plan(request, at, by, options)
    plan = request.plans[-1]
    plan.update(state=PlanState.PROPOSED, proposed=at)
    request.end_wait(at, by)
    request.turn = str(Turn.CLIENT)
    pk, sha = request.say(said, by, at, MessageKind.REPLY)
    data = {"plan": plan["pk"], "version": plan["version"], **request.authorship(by), "text_sha256": sha}
    request.record(EventKind.PLAN_PROPOSED, at, by, data, message=pk)
    request.changed_at = at


def confirm_plan(request: Request, at: int, by: int) -> None:
    """The client takes the first option."""
    plan = request.plans[-1]
    chosen = next(pk for pk, of, position, _ in request.options if of == plan["pk"] and position == 1)
    plan.update(state=PlanState.CONFIRMED, decided_by=by, decided=at, chosen=chosen)
    _our_turn(request, at, by)
    data = {"plan": plan["pk"], "version": plan["version"], "option": 1}
    request.record(EventKind.PLAN_CONFIRMED, at, by, data)


def return_plan(request: Request, at: int, by: int, said: Piece) -> None:
    """The client wants another one."""
    plan = request.plans[-1]
    plan.update(state=PlanState.RETURNED, decided_by=by, decided=at)
    _our_turn(request, at, by)
    pk, sha = request.say(said, by, at, MessageKind.REPLY)
    data = {"plan": plan["pk"], "version": plan["version"], **request.authorship(by), "text_sha256": sha}
    request.record(EventKind.PLAN_RETURNED, at, by, data, message=pk)


def _our_turn(request: Request, at: int, by: int) -> None:
    if request.wait == Wait.CLIENT:
        request.end_wait(at, by)
    request.turn, request.changed_at = str(Turn.STAFF), at
