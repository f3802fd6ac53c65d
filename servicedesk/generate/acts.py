"""The acts on a request, as `tickets.services` carries them out: each function writes what its namesake writes.

No checks: the stories only do what is allowed. `tests/setup/test_generate.py` tells one story both ways and compares.
"""

from __future__ import annotations

from typing import Any

from servicedesk.generate.request import INTERNAL, Request, digest
from servicedesk.generate.surveys import send_survey, void_surveys
from servicedesk.generate.words import Piece
from sla.engine.instants import moment
from tickets.services.texts import one_line
from tickets.states import (
    Channel,
    DeliveryOutcome,
    EventKind,
    MessageKind,
    PlanState,
    State,
    Turn,
    Wait,
)


def submit(request: Request, at: int, by: int, description: Piece, words: Piece) -> None:
    """`words` are the index words of everything but the description and the number."""
    request.created_by_id = by
    request.received_at = request.changed_at = at
    request.description = description.text
    request.last_line = request.last_line_public = one_line(description.text)
    request.public = {f"'{request.number.casefold()}'", *_parts(request.number), *description.words, *words.words}
    request.internal = set(request.public)
    data = {
        "channel": request.channel,
        "service": request.service_id,
        "team": request.team_id,
        "type": request.type,
        "priority": request.priority,
        "complexity": request.complexity,
        "organisation": request.organisation_id,
        "tier": request.client.tier,
        "subject_sha256": digest(request.subject),
        "description_sha256": digest(request.description),
    }
    request.record(EventKind.SUBMITTED, at, by, data)


def _parts(number: str) -> list[str]:
    """The pieces of a number, and its count without leading zeros, as `tickets.search` cuts it."""
    year, count = number.split("-")[1:]
    return ["'sd'", f"'{year}'", f"'{count}'", f"'{count.lstrip('0')}'"]


def reply(request: Request, at: int, by: int, said: Piece, channel: str = Channel.PORTAL) -> None:
    """A client's message ends a wait for the client."""
    pk, sha = request.say(said, by, at, MessageKind.REPLY, str(channel))
    data = {**request.authorship(by), "text_sha256": sha}
    request.record(EventKind.MESSAGE, at, by, data, message=pk)
    if by == request.client.pk:
        if request.wait == Wait.CLIENT:
            request.end_wait(at, by)
        if request.is_open and request.turn == Turn.NOBODY:
            request.turn = str(Turn.STAFF)
    request.changed_at = at


def note(request: Request, at: int, by: int, said: Piece) -> None:
    """An internal note."""
    pk, sha = request.say(said, by, at, MessageKind.NOTE)
    request.record(EventKind.NOTE, at, by, {"text_sha256": sha}, visibility=INTERNAL, message=pk)
    request.changed_at = at


def log_call(request: Request, at: int, by: int, said: Piece) -> None:
    """A call with the client."""
    pk, sha = request.say(said, by, at, MessageKind.CALL, str(Channel.PHONE))
    request.record(EventKind.CALL_LOGGED, at, by, {**request.authorship(by), "text_sha256": sha}, message=pk)
    request.changed_at = at


def assign(request: Request, at: int, by: int, assignee: int) -> None:
    """To somebody of the same team."""
    before, request.assignee_id = request.assignee_id, assignee
    team = request.team_id
    data = {"from": before, "to": assignee, "from_team": team, "to_team": team}
    request.record(EventKind.ASSIGNED, at, by, data, visibility=INTERNAL)
    request.changed_at = at


def take_up(request: Request, at: int, by: int) -> None:
    """Assignment, assessment and, where no plan is needed, execution in one step."""
    if request.assignee_id is None:
        assign(request, at, by, by)
    start_assessment(request, at, by)
    if not request.line.needs_plan:
        start_execution(request, at, by)


def start_assessment(request: Request, at: int, by: int) -> None:
    """intake → assessment."""
    request.state = str(State.ASSESSMENT)
    request.record(EventKind.ASSESSMENT_STARTED, at, by)
    request.changed_at = at


def start_execution(request: Request, at: int, by: int) -> None:
    """assessment → execution."""
    request.state = str(State.EXECUTION)
    request.record(EventKind.EXECUTION_STARTED, at, by)
    request.changed_at = at


def classify(request: Request, at: int, by: int, **wanted: int) -> None:
    """Impact and urgency; the priority follows."""
    data: dict[str, Any] = {}
    for name, value in wanted.items():
        if value != getattr(request, name):
            data[name] = {"from": getattr(request, name), "to": value}
            setattr(request, name, value)
    priority = request.world.priorities[request.impact, request.urgency, request.client.tier]
    if priority != request.priority and not request.priority_overridden:
        data["priority"] = {"from": request.priority, "to": priority}
        request.priority = priority
    if data:
        request.record(EventKind.CLASSIFIED, at, by, data, visibility=INTERNAL)
    request.changed_at = at


def set_priority(request: Request, at: int, by: int, priority: int, reason: Piece) -> None:
    """Overrides the matrix, with a note that says why."""
    before, request.priority, request.priority_overridden = request.priority, priority, True
    note(request, at, by, reason)
    request.record(EventKind.PRIORITY_CHANGED, at, by, {"from": before, "to": priority}, visibility=INTERNAL)


def wait(request: Request, at: int, by: int, wait_for: Wait, until: int | None = None) -> None:
    """For the client, a third party, or until a date."""
    request.wait, request.wait_until, request.waiting_since = str(wait_for), until, at
    request.turn = str(Turn.CLIENT if wait_for == Wait.CLIENT else Turn.STAFF)
    data = {"for": request.wait, "until": moment(until).isoformat() if until else None}
    request.record(EventKind.WAIT_STARTED, at, by, data)
    request.changed_at = at


def resume(request: Request, at: int, by: int) -> None:
    """Ends a wait."""
    request.end_wait(at, by)
    request.changed_at = at


def add_task(request: Request, at: int, by: int, title: str, owner: int | None) -> None:
    """A piece of the work."""
    request.tasks.append({"pk": request.ids.next("task"), "title": title, "owner": owner, "created": at})
    _record_task(request, EventKind.TASK_ADDED, at, by)


def finish_task(request: Request, at: int, by: int) -> None:
    """The last one is done."""
    request.tasks[-1].update(done=at, done_by=by)
    _record_task(request, EventKind.TASK_DONE, at, by)


def _record_task(request: Request, kind: EventKind, at: int, by: int) -> None:
    task = request.tasks[-1]
    data = {"task": task["pk"], "title_sha256": digest(task["title"])}
    request.record(kind, at, by, data, visibility=INTERNAL)
    request.changed_at = at


def report_progress(request: Request, at: int, by: int, said: Piece) -> None:
    """How the work goes."""
    pk, sha = request.say(said, by, at, MessageKind.REPLY)
    data = {**request.authorship(by), "text_sha256": sha}
    request.record(EventKind.PROGRESS_REPORTED, at, by, data, message=pk)
    request.changed_at = at


def verify(request: Request, at: int, by: int) -> None:
    """A colleague found the work good."""
    request.is_verified = True
    request.record(EventKind.VERIFIED, at, by, visibility=INTERNAL)
    request.changed_at = at


def deliver(request: Request, at: int, by: int, said: Piece) -> None:
    """execution → acceptance."""
    request.end_wait(at, by)
    request.state, request.turn = str(State.ACCEPTANCE), str(Turn.CLIENT)
    request.stop_waiting()
    pk, sha = request.say(said, by, at, MessageKind.REPLY)
    number = len(request.deliveries) + 1
    delivery = {"pk": request.ids.next("delivery"), "number": number, "message": pk, "by": by, "at": at}
    request.deliveries.append({**delivery, "outcome": DeliveryOutcome.PENDING})
    data = {"delivery": delivery["pk"], "number": number, **request.authorship(by), "text_sha256": sha}
    request.record(EventKind.DELIVERED, at, by, data, message=pk)
    request.changed_at = at


def accept(request: Request, at: int, by: int, said: Piece | None) -> None:
    """acceptance → closed; a survey goes out."""
    pk, sha = request.say(said, by, at, MessageKind.REPLY) if said else (None, "")
    found = _decided(request, DeliveryOutcome.ACCEPTED, at, by)
    request.state = str(State.CLOSED)
    request.end(at)
    data = {"delivery": found["pk"], "number": found["number"], **({"text_sha256": sha} if sha else {})}
    request.record(EventKind.ACCEPTED, at, by, data, message=pk)
    request.changed_at = at
    send_survey(request, at)


def _decided(request: Request, outcome: DeliveryOutcome, at: int, by: int) -> dict[str, Any]:
    found = request.deliveries[-1]
    found.update(outcome=outcome, decided_by=by, decided=at)
    return found


def reject(request: Request, at: int, by: int, said: Piece) -> None:
    """acceptance → execution."""
    found = _decided(request, DeliveryOutcome.REJECTED, at, by)
    request.state, request.turn = str(State.EXECUTION), str(Turn.STAFF)
    request.rework_count += 1
    request.is_verified = False
    pk, sha = request.say(said, by, at, MessageKind.REPLY)
    data = {"delivery": found["pk"], "number": found["number"], **request.authorship(by), "text_sha256": sha}
    request.record(EventKind.REJECTED, at, by, data, message=pk)
    request.changed_at = at


def reopen(request: Request, at: int, by: int, said: Piece) -> None:
    """closed → execution; the invitation to the survey is taken back."""
    request.state, request.turn, request.closed_at = str(State.EXECUTION), str(Turn.STAFF), None
    request.reopen_count += 1
    request.is_verified = False
    pk, sha = request.say(said, by, at, MessageKind.REPLY)
    data = {**request.authorship(by), "text_sha256": sha}
    request.record(EventKind.REOPENED, at, by, data, message=pk)
    request.changed_at = at
    void_surveys(request, at)


def decline(request: Request, at: int, by: int, said: Piece) -> None:
    """intake → declined."""
    request.state = str(State.DECLINED)
    request.end(at)
    pk, sha = request.say(said, by, at, MessageKind.REPLY)
    request.record(EventKind.DECLINED, at, by, {**request.authorship(by), "text_sha256": sha}, message=pk)
    request.changed_at = at


def withdraw(request: Request, at: int, by: int, said: Piece) -> None:
    """any open → withdrawn."""
    _let_go(request, at, by)
    pk, sha = request.say(said, by, at, MessageKind.REPLY)
    request.record(EventKind.WITHDRAWN, at, by, {"text_sha256": sha}, message=pk)


def merge(request: Request, at: int, by: int, into: tuple[int, str]) -> None:
    """any open → withdrawn, going on in another request (id and number)."""
    _let_go(request, at, by)
    request.merged_into_id = into[0]
    request.record(EventKind.MERGED, at, by, {"into": into[0], "number": into[1]})


def _let_go(request: Request, at: int, by: int) -> None:
    request.state = str(State.WITHDRAWN)
    request.end(at)
    request.changed_at = at
    for delivery in request.deliveries:
        if delivery["outcome"] == DeliveryOutcome.PENDING:
            delivery.update(outcome=DeliveryOutcome.VOID, decided_by=by, decided=at)
    for plan in request.plans:
        if plan["state"] == PlanState.PROPOSED:
            plan.update(state=PlanState.REPLACED, decided=at)
