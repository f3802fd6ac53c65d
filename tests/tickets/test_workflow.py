"""From intake to closed and the other ends: every act of the table in docs/workflow.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django_fsm import TransitionNotAllowed

from notifications.models import Notice
from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.acts import RULES, Act, offers_for
from tickets.errors import ActError, AlreadyDone, Blocked, Invalid, MovedOn, NotAllowed
from tickets.models import Ticket
from tickets.states import DeliveryOutcome, EventKind, PlanState, Priority, Risk, State, Turn, Wait

LATER = MONDAY + timedelta(hours=1)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("seq").values_list("kind", flat=True))


def possible(ticket: Ticket, user: object) -> dict[str, list[str]]:
    return {offer.act.value: [b.code for b in offer.blockers] for offer in offers_for(ticket, user)}  # type: ignore[arg-type]


def test_the_state_cannot_be_assigned(cast: Cast) -> None:
    with pytest.raises(AttributeError):
        cast.submit().state = State.CLOSED


def test_a_transition_outside_its_states_is_refused_by_the_field_itself(cast: Cast) -> None:
    with pytest.raises(TransitionNotAllowed):
        cast.submit().to_closed(MONDAY)


def test_assessment_needs_somebody_responsible(cast: Cast) -> None:
    ticket = cast.submit()
    assert possible(ticket, cast.zhou)["start_assessment"] == ["assignee_missing"]
    with pytest.raises(Blocked) as refused:
        services.start_assessment(ticket, by=cast.zhou, at=MONDAY)
    assert [blocker.code for blocker in refused.value.blockers] == ["assignee_missing"]
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.zhou)
    services.start_assessment(ticket, by=cast.zhou, at=MONDAY)
    assert cast.fresh(ticket).state == State.ASSESSMENT


def test_whole_story_with_a_plan_and_a_rejection(cast: Cast) -> None:
    """R-012, R-014, R-030, R-031."""
    ticket = cast.with_plan()
    assert ticket.turn == Turn.CLIENT
    assert possible(ticket, cast.zhou)["start_execution"] == ["plan_not_confirmed"]
    plan = services.confirm_plan(ticket, by=cast.chen, at=LATER, version=1, option=2)
    assert (plan.chosen.position, plan.decided_by, plan.decided_at) == (2, cast.chen, LATER)
    services.start_execution(ticket, by=cast.zhou, at=LATER)
    services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True)
    services.reject(ticket, by=cast.chen, at=LATER, delivery=1, reason="One page is still blank.")
    assert cast.fresh(ticket).state == State.EXECUTION
    services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done, really.", self_checked=True)
    services.accept(ticket, by=cast.chen, at=LATER, delivery=2)
    ticket = cast.fresh(ticket)
    assert (ticket.state, ticket.turn, ticket.closed_at, ticket.rework_count) == (State.CLOSED, Turn.NOBODY, LATER, 1)
    assert [d.outcome for d in ticket.deliveries.all()] == [DeliveryOutcome.REJECTED, DeliveryOutcome.ACCEPTED]
    told = set(kinds(ticket))
    assert {"plan_proposed", "plan_confirmed", "delivered", "rejected", "accepted", "survey_sent"} <= told


def test_a_plan_is_sent_back_with_a_comment_and_revised(cast: Cast) -> None:
    ticket = cast.with_plan()
    with pytest.raises(Invalid):
        services.return_plan(ticket, by=cast.chen, at=LATER, version=1, comment=" ")
    services.return_plan(ticket, by=cast.chen, at=LATER, version=1, comment="Too expensive.")
    services.propose_plan(ticket, by=cast.zhou, at=LATER, options=[services.Option(title="Cheaper", steps="One")])
    assert [p.state for p in ticket.plans.all()] == [PlanState.RETURNED, PlanState.PROPOSED]
    with pytest.raises(MovedOn):
        services.confirm_plan(ticket, by=cast.chen, at=LATER, version=1, option=1)


def test_a_risky_plan_is_reviewed_by_somebody_else_first(cast: Cast) -> None:
    """R-013."""
    ticket = cast.in_assessment()
    risky = [services.Option(title="Switch", steps="All at once", risk=Risk.HIGH, risk_note="Roll back by snapshot")]
    services.draft_plan(ticket, by=cast.zhao, at=LATER, options=risky)
    with pytest.raises(Blocked) as refused:
        services.propose_plan(ticket, by=cast.zhao, at=LATER)
    assert refused.value.blockers[0].code == "review_missing"
    with pytest.raises(Invalid):
        services.review_plan(ticket, by=cast.zhao, at=LATER)
    with pytest.raises(NotAllowed):
        services.review_plan(ticket, by=cast.zhou, at=LATER)
    services.review_plan(ticket, by=cast.li, at=LATER)
    assert services.propose_plan(ticket, by=cast.zhao, at=LATER).reviewer == cast.li


def test_a_plan_has_one_to_three_options_and_each_says_what_to_do(cast: Cast) -> None:
    """R-012."""
    ticket = cast.in_assessment()
    fine = services.Option(title="One", steps="First")
    for options, places in (
        ([], {"options"}),
        ([fine] * 4, {"options"}),
        ([fine, services.Option(title="", steps="")], {"options.2.title", "options.2.steps"}),
        ([services.Option(title="x", steps="y", risk=Risk.HIGH)], {"options.1.risk_note"}),
    ):
        with pytest.raises(Invalid) as refused:
            services.propose_plan(ticket, by=cast.zhou, at=LATER, options=options)
        assert set(refused.value.message_dict) == places
    assert not ticket.plans.exists()


def test_open_tasks_hold_a_delivery_back(cast: Cast) -> None:
    """R-020."""
    ticket = cast.in_execution()
    task = services.add_task(ticket, by=cast.zhou, at=LATER, title="Replace the certificate", owner=cast.zhao)
    assert possible(cast.fresh(ticket), cast.zhou)["deliver"] == ["tasks_open"]
    with pytest.raises(Blocked):
        services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True)
    services.finish_task(ticket, by=cast.zhao, at=LATER, task=task.pk)
    services.reopen_task(ticket, by=cast.zhao, at=LATER, task=task.pk)
    services.finish_task(ticket, by=cast.zhao, at=LATER, task=task.pk)
    services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True)
    assert kinds(ticket).count("task_done") == 2


def test_a_colleague_verifies_where_the_service_asks_for_it(cast: Cast) -> None:
    """R-030; a rejection asks for it again."""
    cast.support.needs_verification = True
    cast.support.save()
    ticket = cast.in_execution()
    with pytest.raises(Blocked):
        services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True)
    with pytest.raises(NotAllowed):
        services.verify(ticket, by=cast.zhou, at=LATER)
    services.verify(ticket, by=cast.zhao, at=LATER)
    services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True)
    services.reject(ticket, by=cast.chen, at=LATER, delivery=1, reason="No.")
    assert possible(cast.fresh(ticket), cast.zhou)["deliver"] == ["not_verified"]


def test_a_delivery_is_checked_by_whoever_did_it_and_carries_files_where_asked(cast: Cast) -> None:
    """R-030, R-032."""
    cast.support.needs_deliverable = True
    cast.support.save()
    ticket = cast.in_execution()
    with pytest.raises(Invalid) as refused:
        services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=False)
    assert "self_checked" in refused.value.message_dict
    with pytest.raises(Invalid) as refused:
        services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True)
    assert "files" in refused.value.message_dict
    services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True, files=[a_file()])


def test_a_decline_has_a_reason_the_client_reads_and_may_answer(cast: Cast) -> None:
    """R-006."""
    ticket = cast.submit()
    with pytest.raises(Invalid):
        services.decline(ticket, by=cast.zhou, at=LATER, reason="")
    services.decline(ticket, by=cast.zhou, at=LATER, reason="We do not repair coffee machines.")
    assert cast.fresh(ticket).state == State.DECLINED
    assert Notice.objects.filter(recipient=cast.chen, kind="request_declined").exists()
    services.reply(ticket, by=cast.chen, at=LATER, body="But it runs Linux.")


def test_a_client_withdraws(cast: Cast) -> None:
    ticket = cast.delivered()
    services.withdraw(ticket, by=cast.chen, at=LATER)
    ticket = cast.fresh(ticket)
    assert (ticket.state, ticket.turn) == (State.WITHDRAWN, Turn.NOBODY)
    assert ticket.deliveries.get().outcome == DeliveryOutcome.VOID


def test_a_duplicate_is_merged_into_an_open_request_of_the_same_client(cast: Cast) -> None:
    """R-005."""
    first, second, foreign = cast.submit(), cast.submit(), cast.submit(by=cast.stranger)
    done = cast.closed()
    for wrong in (second, foreign, done):
        with pytest.raises(Invalid):
            services.merge(second, by=cast.zhou, at=LATER, into=wrong)
    unseen = cast.submit(service=cast.complaint)
    with pytest.raises(Invalid):
        services.merge(second, by=cast.zhou, at=LATER, into=unseen)
    services.merge(second, by=cast.zhou, at=LATER, into=first)
    assert cast.fresh(second).merged_into == first
    assert cast.fresh(second).state == State.WITHDRAWN


def test_reopening_is_possible_for_some_days_only(cast: Cast) -> None:
    """SLA-19, R-035; what closing did is undone."""
    ticket = cast.closed()
    late = MONDAY + timedelta(days=15)
    with pytest.raises(Blocked) as refused:
        services.reopen(ticket, by=cast.chen, at=late, reason="It is back.")
    assert refused.value.blockers[0].code == "reopening_over"
    services.reopen(ticket, by=cast.chen, at=MONDAY + timedelta(days=14), reason="It is back.")
    ticket = cast.fresh(ticket)
    assert (ticket.state, ticket.closed_at, ticket.turn, ticket.reopen_count) == (State.EXECUTION, None, Turn.STAFF, 1)


@pytest.mark.parametrize(("who", "told"), [("chen", ("request_moved", "周敏")), ("zhou", ("request_answered", "陈立"))])
def test_reopening_tells_the_other_side_once(cast: Cast, who: str, told: tuple[str, str]) -> None:
    ticket = cast.closed()
    before = Notice.objects.count()
    services.reopen(ticket, by=getattr(cast, who), at=MONDAY + timedelta(minutes=1), reason="It is back.")
    fresh = Notice.objects.order_by("pk")[before:]
    assert [(notice.kind, notice.recipient.name) for notice in fresh] == [told]


class TestWaiting:
    """SLA-17: waiting is beside the state."""

    def test_a_clients_message_ends_a_wait_for_the_client(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        services.wait(ticket, by=cast.zhou, at=LATER, wait_for=Wait.CLIENT)
        assert cast.fresh(ticket).turn == Turn.CLIENT
        services.reply(ticket, by=cast.chen, at=LATER, body="It is 20318.")
        ticket = cast.fresh(ticket)
        assert (ticket.wait, ticket.turn) == ("", Turn.STAFF)
        assert kinds(ticket)[-2:] == ["message", "wait_ended"]

    def test_our_own_message_does_not_end_it(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        services.wait(ticket, by=cast.zhou, at=LATER, wait_for=Wait.THIRD_PARTY)
        services.reply(ticket, by=cast.zhou, at=LATER, body="The vendor is on it.")
        assert cast.fresh(ticket).wait == Wait.THIRD_PARTY

    def test_a_wait_for_a_date_ends_by_itself_at_that_date(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        with pytest.raises(Invalid):
            services.wait(ticket, by=cast.zhou, at=LATER, wait_for=Wait.DATE)
        until = LATER + timedelta(days=1)
        services.wait(ticket, by=cast.zhou, at=LATER, wait_for=Wait.DATE, until=until)
        assert services.end_waits_until(until - timedelta(seconds=1)) == 0
        assert services.end_waits_until(until + timedelta(hours=5)) == 1
        assert services.end_waits_until(until + timedelta(hours=5)) == 0
        assert ticket.events.get(kind=EventKind.WAIT_ENDED).at == until

    def test_a_delivery_ends_a_wait(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        services.wait(ticket, by=cast.zhou, at=LATER, wait_for=Wait.CLIENT)
        services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True)
        assert cast.fresh(ticket).wait == ""


class TestSorting:
    """R-003."""

    def test_the_priority_follows_a_new_classification(self, cast: Cast) -> None:
        ticket = cast.submit(impact=1, urgency=1)
        services.classify(ticket, by=cast.zhou, at=LATER, impact=3, urgency=3)
        assert cast.fresh(ticket).priority == Priority.CRITICAL
        (event,) = ticket.events.filter(kind=EventKind.CLASSIFIED)
        assert event.data["priority"] == {"from": 1, "to": 4}

    def test_an_override_has_a_reason_and_stays(self, cast: Cast) -> None:
        ticket = cast.submit(impact=1, urgency=1)
        with pytest.raises(Invalid):
            services.set_priority(ticket, by=cast.zhou, at=LATER, priority=Priority.HIGH, reason="")
        services.set_priority(ticket, by=cast.zhou, at=LATER, priority=Priority.HIGH, reason="The CEO waits.")
        services.classify(ticket, by=cast.zhou, at=LATER, impact=3)
        assert cast.fresh(ticket).priority == Priority.HIGH

    def test_changing_nothing_leaves_no_event(self, cast: Cast) -> None:
        ticket = cast.submit()
        before = len(kinds(ticket))
        services.classify(ticket, by=cast.zhou, at=LATER, impact=ticket.impact)
        services.assign(ticket, by=cast.zhou, at=LATER, assignee=None)
        assert len(kinds(ticket)) == before

    def test_work_goes_only_to_people_who_handle_requests(self, cast: Cast) -> None:
        for person in (cast.chen, cast.qin):
            with pytest.raises(Invalid):
                services.assign(cast.submit(), by=cast.li, at=LATER, assignee=person)

    def test_the_new_person_is_told_once(self, cast: Cast) -> None:
        ticket = cast.submit()
        services.assign(ticket, by=cast.li, at=LATER, assignee=cast.zhou)
        services.assign(ticket, by=cast.li, at=LATER, assignee=cast.zhou)
        assert Notice.objects.filter(recipient=cast.zhou, kind="request_assigned").count() == 1


def _acts(cast: Cast) -> dict[Act, Callable[..., object]]:
    """Every act as a call with plausible arguments."""
    option = [services.Option(title="x", steps="y")]
    return {
        Act.REPLY: lambda t, by: services.reply(t, by=by, at=LATER, body="x"),
        Act.NOTE: lambda t, by: services.note(t, by=by, at=LATER, body="x"),
        Act.LOG_CALL: lambda t, by: services.log_call(t, by=by, at=LATER, body="x"),
        Act.TAKE_UP: lambda t, by: services.take_up(t, by=by, at=LATER),
        Act.CLASSIFY: lambda t, by: services.classify(t, by=by, at=LATER, impact=3),
        Act.SET_PRIORITY: lambda t, by: services.set_priority(t, by=by, at=LATER, priority=Priority.HIGH, reason="x"),
        Act.ASSIGN: lambda t, by: services.assign(t, by=by, at=LATER, assignee=cast.zhou),
        Act.START_ASSESSMENT: lambda t, by: services.start_assessment(t, by=by, at=LATER),
        Act.DECLINE: lambda t, by: services.decline(t, by=by, at=LATER, reason="x"),
        Act.DRAFT_PLAN: lambda t, by: services.draft_plan(t, by=by, at=LATER, options=option),
        Act.REVIEW_PLAN: lambda t, by: services.review_plan(t, by=by, at=LATER),
        Act.PROPOSE_PLAN: lambda t, by: services.propose_plan(t, by=by, at=LATER, options=option),
        Act.CONFIRM_PLAN: lambda t, by: services.confirm_plan(t, by=by, at=LATER, version=1, option=1),
        Act.RETURN_PLAN: lambda t, by: services.return_plan(t, by=by, at=LATER, version=1, comment="x"),
        Act.START_EXECUTION: lambda t, by: services.start_execution(t, by=by, at=LATER),
        Act.ADD_TASK: lambda t, by: services.add_task(t, by=by, at=LATER, title="x"),
        Act.FINISH_TASK: lambda t, by: services.finish_task(t, by=by, at=LATER, task=1),
        Act.REOPEN_TASK: lambda t, by: services.reopen_task(t, by=by, at=LATER, task=1),
        Act.REPORT_PROGRESS: lambda t, by: services.report_progress(t, by=by, at=LATER, body="x"),
        Act.VERIFY: lambda t, by: services.verify(t, by=by, at=LATER),
        Act.DELIVER: lambda t, by: services.deliver(t, by=by, at=LATER, summary="x", self_checked=True),
        Act.ACCEPT: lambda t, by: services.accept(t, by=by, at=LATER, delivery=1),
        Act.REJECT: lambda t, by: services.reject(t, by=by, at=LATER, delivery=1, reason="x"),
        Act.REOPEN: lambda t, by: services.reopen(t, by=by, at=LATER, reason="x"),
        Act.WITHDRAW: lambda t, by: services.withdraw(t, by=by, at=LATER),
        Act.MERGE: lambda t, by: services.merge(t, by=by, at=LATER, into=cast.submit()),
        Act.WAIT: lambda t, by: services.wait(t, by=by, at=LATER, wait_for=Wait.CLIENT),
        Act.RESUME: lambda t, by: services.resume(t, by=by, at=LATER),
    }


@pytest.mark.parametrize("act", list(Act))
def test_a_stranger_meets_a_request_that_does_not_exist(cast: Cast, act: Act) -> None:
    ticket = cast.with_plan()
    with pytest.raises(Ticket.DoesNotExist):
        _acts(cast)[act](ticket, cast.stranger)


@pytest.mark.parametrize("act", list(Act))
def test_what_is_not_offered_is_refused_and_changes_nothing(cast: Cast, act: Act) -> None:
    """The same rules offer and refuse, for each side and each state."""
    for ticket in (cast.submit(), cast.with_plan(), cast.in_execution(), cast.delivered(), cast.closed()):
        for person in (cast.chen, cast.zhou, cast.qin):
            ticket = cast.fresh(ticket)
            if possible(ticket, person).get(act.value) == [] or not _sees(person, ticket):
                continue
            before = (kinds(ticket), ticket.state)
            with pytest.raises((ActError, Invalid)):
                _acts(cast)[act](ticket, person)
            assert (kinds(ticket), cast.fresh(ticket).state) == before


def _sees(person: object, ticket: Ticket) -> bool:
    return Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()  # type: ignore[arg-type]


def test_every_act_is_declared() -> None:
    assert set(RULES) == set(Act)


def test_the_second_click_of_a_reply_writes_nothing(cast: Cast) -> None:
    ticket, once = cast.submit(), uuid4()
    services.reply(ticket, by=cast.zhou, at=LATER, body="Hello", once=once)
    with pytest.raises(AlreadyDone):
        services.reply(ticket, by=cast.zhou, at=LATER, body="Hello", once=once)
    assert ticket.messages.count() == 1


def test_an_act_that_fails_leaves_its_form_usable(cast: Cast) -> None:
    """The key of a form that was refused is not used up."""
    ticket, once = cast.in_execution(), uuid4()
    with pytest.raises(MovedOn):
        services.accept(ticket, by=cast.chen, at=LATER, delivery=1, once=once)
    services.deliver(ticket, by=cast.zhou, at=LATER, summary="Done.", self_checked=True)
    services.accept(ticket, by=cast.chen, at=LATER, delivery=1, once=once)
