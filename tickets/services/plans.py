"""Plans: drafted, reviewed, proposed, confirmed or sent back (R-012…R-014)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from tickets import telling
from tickets.acts import Act
from tickets.checks import plan_is_reviewed
from tickets.errors import Blocked, Invalid, MovedOn
from tickets.events import digest, record
from tickets.models import MAX_OPTIONS, Plan, PlanOption, Ticket
from tickets.services import texts
from tickets.services.conversation import authorship
from tickets.services.door import enter
from tickets.services.waiting import end_wait
from tickets.states import EventKind, MessageKind, PlanState, Risk, Turn, Visibility, Wait


@dataclass(frozen=True)
class Option:
    """One way to do it, as it is written down."""

    title: str
    steps: str
    effect: str = ""
    resources: str = ""
    duration: str = ""
    risk: int = Risk.LOW
    risk_note: str = ""


def draft_plan(ticket: Ticket, *, by: User, at: datetime, options: Sequence[Option], once: UUID | None = None) -> Plan:
    """Write a plan down, or rewrite the draft; the client does not see it yet.

    Raises:
        Invalid: at `options`, or at `options.<n>.<field>`.
    """
    clean = _clean(options)
    with enter(ticket, Act.DRAFT_PLAN, by=by, at=at, once=once) as held:
        return _write_draft(held, clean, by=by, at=at)


def _write_draft(ticket: Ticket, options: Sequence[Option], *, by: User, at: datetime) -> Plan:
    before = ticket.current_plan
    if before is not None and before.is_draft:
        before.state = PlanState.REPLACED
        before.save(update_fields=["state"])
    plan = Plan.objects.create(ticket=ticket, version=before.version + 1 if before else 1, author=by, created_at=at)
    PlanOption.objects.bulk_create(
        PlanOption(plan=plan, position=position, **asdict(option)) for position, option in enumerate(options, start=1)
    )
    _forget(ticket)
    record(
        ticket,
        EventKind.PLAN_DRAFTED,
        at=at,
        actor=by,
        visibility=Visibility.INTERNAL,
        data={"plan": plan.pk, "version": plan.version, "plan_sha256": plan_digest(options)},
    )
    return plan


def plan_digest(options: Sequence[Option]) -> str:
    """What the record keeps of a version of the plan."""
    return digest(repr([asdict(option) for option in options]))


def _forget(ticket: Ticket) -> None:
    ticket.__dict__.pop("current_plan", None)


def review_plan(ticket: Ticket, *, by: User, at: datetime, once: UUID | None = None) -> Plan:
    """Approve a draft as somebody other than its author (R-013)."""
    with enter(ticket, Act.REVIEW_PLAN, by=by, at=at, once=once) as held:
        plan = _current(held)
        if plan.author_id == by.pk:
            raise Invalid({"__all__": [_("Somebody other than the author reviews a plan.")]})
        plan.reviewer, plan.reviewed_at = by, at
        plan.save(update_fields=["reviewer", "reviewed_at"])
        record(
            held,
            EventKind.PLAN_REVIEWED,
            at=at,
            actor=by,
            visibility=Visibility.INTERNAL,
            data={"plan": plan.pk, "version": plan.version},
        )
        return plan


def _current(ticket: Ticket) -> Plan:
    plan = ticket.current_plan
    if plan is None:
        raise MovedOn(_("There is no plan yet."))
    return plan


def propose_plan(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    options: Sequence[Option] | None = None,
    message: str = "",
    once: UUID | None = None,
) -> Plan:
    """Show a plan to the client: the draft, or `options` written down and proposed at once.

    Args:
        message: what to say with it; a standard sentence otherwise is the page's business.

    Raises:
        Invalid: at `options` or `options.<n>.<field>`.
        Blocked: a high risk and no review; the options are kept as a draft all the same when they were saved before.
    """
    clean = _clean(options) if options is not None else None
    text = texts.clean_text(message, "message", required=False)
    with enter(ticket, Act.PROPOSE_PLAN, by=by, at=at, once=once) as held:
        if clean is not None:
            _write_draft(held, clean, by=by, at=at)
        plan = held.current_plan
        if plan is None or not plan.is_draft:
            raise Invalid({"options": [_("Please describe at least one option.")]})
        missing = plan_is_reviewed.missing(held)
        if missing:
            raise Blocked(missing)
        _propose(held, plan, text, by=by, at=at)
        return plan


def _propose(ticket: Ticket, plan: Plan, text: str, *, by: User, at: datetime) -> None:
    plan.state, plan.proposed_at = PlanState.PROPOSED, at
    plan.save(update_fields=["state", "proposed_at"])
    end_wait(ticket, by=by, at=at)
    ticket.turn = Turn.CLIENT
    said = texts.add_message(ticket, text, kind=MessageKind.REPLY, at=at, author=by) if text else None
    event = record(
        ticket,
        EventKind.PLAN_PROPOSED,
        at=at,
        actor=by,
        message=said,
        data={"plan": plan.pk, "version": plan.version, **authorship(ticket, by)},
    )
    telling.tell_client(ticket, "plan_proposed", event, at=at, data={"version": plan.version})


def confirm_plan(
    ticket: Ticket, *, by: User, at: datetime, version: int, option: int, once: UUID | None = None
) -> Plan:
    """The client chooses an option; who, when and which version are kept for ever (R-014).

    Args:
        version: of the plan the client saw; a newer one refuses the act.
        option: its position in the plan.

    Raises:
        Invalid: at `option`.
        MovedOn: there is a newer version.
    """
    with enter(ticket, Act.CONFIRM_PLAN, by=by, at=at, once=once) as held:
        plan = _seen(held, version)
        chosen = next((each for each in plan.options.all() if each.position == option), None)
        if chosen is None:
            raise Invalid({"option": [_("Please choose one of the options.")]})
        plan.chosen = chosen
        _decide(plan, PlanState.CONFIRMED, by=by, at=at)
        _our_turn(held, by=by, at=at)
        event = record(
            held,
            EventKind.PLAN_CONFIRMED,
            at=at,
            actor=by,
            data={"plan": plan.pk, "version": plan.version, "option": option},
        )
        telling.tell_staff(held, "plan_decided", event, at=at, data={"decision": "confirmed", "version": plan.version})
        _forget(held)
        return plan


def _seen(ticket: Ticket, version: int) -> Plan:
    plan = _current(ticket)
    if plan.version != version:
        raise MovedOn(_("There is a newer version of the plan. Please look at it first."))
    return plan


def _decide(plan: Plan, state: PlanState, *, by: User, at: datetime) -> None:
    plan.state, plan.decided_by, plan.decided_at = state, by, at
    plan.save(update_fields=["state", "decided_by", "decided_at", "chosen"])


def _our_turn(ticket: Ticket, *, by: User, at: datetime) -> None:
    """The client has decided: a wait for the client is over, as after a message (SLA-17)."""
    if ticket.wait == Wait.CLIENT:
        end_wait(ticket, by=by, at=at)
    ticket.turn = Turn.STAFF


def return_plan(
    ticket: Ticket, *, by: User, at: datetime, version: int, comment: str, once: UUID | None = None
) -> Plan:
    """The client sends the plan back with a comment.

    Raises:
        Invalid: at `comment`.
        MovedOn: there is a newer version.
    """
    comment = texts.clean_text(comment, "comment")
    with enter(ticket, Act.RETURN_PLAN, by=by, at=at, once=once) as held:
        plan = _seen(held, version)
        _decide(plan, PlanState.RETURNED, by=by, at=at)
        _our_turn(held, by=by, at=at)
        said = texts.add_message(held, comment, kind=MessageKind.REPLY, at=at, author=by)
        event = record(
            held,
            EventKind.PLAN_RETURNED,
            at=at,
            actor=by,
            message=said,
            data={"plan": plan.pk, "version": plan.version, **authorship(held, by)},
        )
        telling.tell_staff(
            held,
            "plan_decided",
            event,
            at=at,
            data={"decision": "returned", "version": plan.version, "line": texts.one_line(comment)},
        )
        _forget(held)
        return plan


def _clean(options: Sequence[Option]) -> list[Option]:
    """The options as they are kept.

    Raises:
        Invalid: none or too many, or a field of one; at `options.<n>.<field>`, counted from 1.
    """
    if not options:
        raise Invalid({"options": [_("Please describe at least one option.")]})
    if len(options) > MAX_OPTIONS:
        raise Invalid({"options": [_("At most %d options are possible.") % MAX_OPTIONS]})
    problems: dict[str, list[str]] = {}
    clean = [_clean_option(option, f"options.{n}", problems) for n, option in enumerate(options, start=1)]
    if problems:
        raise Invalid(problems)
    return clean


_LIMITS = {
    "title": 200,
    "steps": texts.MAX_TEXT,
    "effect": 300,
    "resources": 300,
    "duration": 100,
    "risk_note": 300,
}


def _clean_option(option: Option, where: str, problems: dict[str, list[str]]) -> Option:
    values: dict[str, str] = {}
    for name, limit in _LIMITS.items():
        place = f"{where}.{name}"
        try:
            values[name] = texts.clean_text(
                getattr(option, name), place, required=name in {"title", "steps"}, limit=limit
            )
        except Invalid as error:
            problems.update(error.message_dict)
    if option.risk not in Risk.values:
        problems[f"{where}.risk"] = [_("Please choose one of the answers.")]
    elif option.risk == Risk.HIGH and not values.get("risk_note"):
        problems.setdefault(f"{where}.risk_note", []).append(_("Please say how a high risk is met."))
    return Option(risk=option.risk, **{name: values.get(name, "") for name in _LIMITS})
