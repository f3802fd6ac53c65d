"""Clock rows through the door: what each act does to the clocks of a request."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sla.models import Agreement, AgreementState, AgreementVersion, Clock, ClockState, Pin, Target, WorkingCalendar
from sla.services.sweep import sweep
from tests.cast import MONDAY, Cast
from tests.sla.kit import agreement, promise
from tickets import services
from tickets.models import Ticket
from tickets.states import Priority, TicketType, Wait

MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


def clock(ticket: Ticket, kind: str) -> Clock:
    return ticket.clocks.exclude(state=ClockState.SUPERSEDED).get(kind=kind)


def kinds(ticket: Ticket) -> dict[str, datetime | None]:
    return dict(ticket.clocks.values_list("kind", "due_at"))


class TestTheDefaultAgreement:
    """SLA-11."""

    def test_every_request_has_half_an_hour_for_the_first_response(self, cast: Cast) -> None:
        """R-040."""
        assert kinds(cast.submit(service=cast.reset)) == {"first_response": MONDAY + 30 * MINUTES}

    def test_technical_services_have_two_hours_for_the_specialists_answer(self, cast: Cast) -> None:
        """R-041; in office hours: from ten over the lunch break's beginning at twelve it is exactly used up."""
        assert kinds(cast.submit())["technical_response"] == MONDAY + 2 * HOURS

    def test_complex_matters_have_48_hours_to_be_solved(self, cast: Cast) -> None:
        """R-042."""
        assert kinds(cast.submit(service=cast.consulting))["resolution"] == MONDAY + 48 * HOURS

    def test_complaints_have_24_and_72_hours(self, cast: Cast) -> None:
        """R-043."""
        assert kinds(cast.submit(service=cast.complaint)) == {
            "first_response": MONDAY + 24 * HOURS,
            "resolution": MONDAY + 72 * HOURS,
        }

    def test_a_request_on_friday_evening_counts_from_monday_morning(self, cast: Cast) -> None:
        """R-047, SLA-05."""
        friday = datetime.fromisoformat("2026-11-20T17:50:00+08:00")
        assert cast.submit(at=friday).due_at == datetime.fromisoformat("2026-11-23T09:20:00+08:00")

    def test_the_make_up_saturday_of_october_counts_and_the_national_week_does_not(self, cast: Cast) -> None:
        """SLA-03, R-047: 10 October 2026 is worked; 1 to 7 October is not."""
        eve = datetime.fromisoformat("2026-09-30T17:45:00+08:00")
        assert cast.submit(at=eve).due_at == datetime.fromisoformat("2026-10-08T09:15:00+08:00")
        make_up = datetime.fromisoformat("2026-10-10T10:00:00+08:00")
        assert cast.submit(at=make_up).due_at == make_up + 30 * MINUTES


class TestWhatStopsAClock:
    def test_a_reply_meets_the_first_response(self, cast: Cast) -> None:
        """SLA-12."""
        ticket = cast.submit()
        services.reply(ticket, by=cast.zhou, at=MONDAY + 7 * MINUTES, body="We are on it.")
        first = clock(ticket, "first_response")
        assert (first.state, first.counted, first.stopped_at) == (ClockState.MET, 7 * MINUTES, MONDAY + 7 * MINUTES)

    def test_exactly_on_time_is_met_and_a_microsecond_later_is_not(self, cast: Cast) -> None:
        """SLA-05."""
        on_time, late = cast.submit(), cast.submit()
        due = MONDAY + 30 * MINUTES
        services.reply(on_time, by=cast.zhou, at=due, body="x")
        services.reply(late, by=cast.zhou, at=due + timedelta(microseconds=1), body="x")
        assert clock(on_time, "first_response").state == ClockState.MET
        missed = clock(late, "first_response")
        assert (missed.state, missed.breached_at) == (ClockState.BREACHED, due)

    def test_notes_assignments_and_taking_up_do_not(self, cast: Cast) -> None:
        """SLA-12."""
        ticket = cast.submit()
        services.note(ticket, by=cast.zhou, at=MONDAY, body="x")
        services.take_up(ticket, by=cast.zhou, at=MONDAY)
        assert clock(ticket, "first_response").state == ClockState.RUNNING

    def test_a_logged_call_a_plan_a_delivery_and_a_decline_do(self, cast: Cast) -> None:
        """SLA-12."""
        called, declined = cast.submit(), cast.submit()
        services.log_call(called, by=cast.zhou, at=MONDAY, body="Told her.")
        services.decline(declined, by=cast.zhou, at=MONDAY, reason="Not ours.")
        for ticket in (called, declined, cast.with_plan(), cast.delivered()):
            assert clock(ticket, "first_response").state == ClockState.MET

    def test_only_a_specialist_of_the_service_meets_the_technical_response(self, cast: Cast) -> None:
        """SLA-13."""
        ticket = cast.submit()
        services.reply(ticket, by=cast.zhou, at=MONDAY, body="An agent writes.")
        assert clock(ticket, "technical_response").state == ClockState.RUNNING
        services.reply(ticket, by=cast.zhao, at=MONDAY + HOURS, body="The specialist writes.")
        assert clock(ticket, "technical_response").state == ClockState.MET

    def test_a_delivery_stops_the_resolution_and_a_rejection_lets_it_go_on(self, cast: Cast) -> None:
        """SLA-15: the client's time to decide is not counted."""
        ticket = cast.with_plan()
        services.confirm_plan(ticket, by=cast.chen, at=MONDAY + HOURS, version=1, option=1)
        services.start_execution(ticket, by=cast.zhou, at=MONDAY + HOURS)
        services.deliver(ticket, by=cast.zhou, at=MONDAY + 2 * HOURS, summary="x", self_checked=True)
        services.reject(ticket, by=cast.chen, at=MONDAY + 5 * HOURS, delivery=1, reason="x")
        running = clock(ticket, "resolution")
        assert (running.state, running.due_at) == (ClockState.RUNNING, MONDAY + 51 * HOURS)
        services.deliver(ticket, by=cast.zhou, at=MONDAY + 6 * HOURS, summary="x", self_checked=True)
        services.accept(ticket, by=cast.chen, at=MONDAY + 7 * HOURS, delivery=2)
        met = clock(ticket, "resolution")
        assert (met.state, met.counted) == (ClockState.MET, 3 * HOURS)

    def test_each_progress_report_closes_a_cycle_and_opens_the_next_and_a_missed_one_shows(self, cast: Cast) -> None:
        """R-023, SLA-16: four hours between reports, owed in execution only, and none after the delivery."""
        agreement(promise("progress_report", 240), client=cast.huaxin)
        assert not cast.submit().clocks.exists()
        ticket = cast.in_execution()
        services.report_progress(ticket, by=cast.zhou, at=MONDAY + 3 * HOURS, body="Half of it is done.")
        sweep(MONDAY + 8 * HOURS)
        late = cast.fresh(ticket)
        assert (late.due_kind, late.due_at) == ("progress_report", MONDAY + 7 * HOURS)
        services.report_progress(ticket, by=cast.zhou, at=MONDAY + 9 * HOURS, body="Nearly there.")
        services.deliver(ticket, by=cast.zhou, at=MONDAY + 10 * HOURS, summary="x", self_checked=True)
        cycles = ticket.clocks.order_by("cycle").values_list("cycle", "state", "started_at", "breached_at")
        assert list(cycles) == [
            (1, ClockState.MET, MONDAY, None),
            (2, ClockState.BREACHED, MONDAY + 3 * HOURS, MONDAY + 7 * HOURS),
            (3, ClockState.VOID, MONDAY + 9 * HOURS, None),
        ]
        assert cast.fresh(ticket).due_at is None

    def test_a_withdrawal_makes_clocks_void_not_met(self, cast: Cast) -> None:
        """SLA-20."""
        ticket = cast.submit()
        services.withdraw(ticket, by=cast.chen, at=MONDAY)
        assert {row.state for row in ticket.clocks.all()} == {ClockState.VOID}
        assert cast.fresh(ticket).due_at is None


class TestWaiting:
    def test_a_wait_pauses_the_resolution_and_no_response(self, cast: Cast) -> None:
        """SLA-17."""
        ticket = cast.in_assessment()
        services.wait(ticket, by=cast.zhou, at=MONDAY + 10 * MINUTES, wait_for=Wait.CLIENT)
        assert clock(ticket, "resolution").state == ClockState.PAUSED
        assert clock(ticket, "first_response").state == ClockState.RUNNING
        assert cast.fresh(ticket).due_at == MONDAY + 30 * MINUTES
        services.resume(ticket, by=cast.zhou, at=MONDAY + 10 * MINUTES + 3 * HOURS)
        assert clock(ticket, "resolution").due_at == MONDAY + 51 * HOURS

    def test_nothing_is_missed_during_a_pause(self, cast: Cast) -> None:
        """SLA-18."""
        ticket = cast.in_assessment()
        services.reply(ticket, by=cast.zhou, at=MONDAY, body="x")
        services.wait(ticket, by=cast.zhou, at=MONDAY + HOURS, wait_for=Wait.CLIENT)
        sweep(MONDAY + 500 * HOURS)
        assert clock(ticket, "resolution").state == ClockState.PAUSED
        assert cast.fresh(ticket).due_at is None


class TestSelection:
    """SLA-33: the client's agreement, else the default; the most specific target; the reason is stored."""

    @pytest.fixture
    def own(self, cast: Cast) -> AgreementVersion:
        agreement = Agreement.objects.create(name="Huaxin", organisation=cast.huaxin)
        return AgreementVersion.objects.create(
            agreement=agreement, number=1, state=AgreementState.IN_FORCE, effective_from=MONDAY - 24 * HOURS
        )

    def promise(self, version: AgreementVersion, minutes: int, **criteria: object) -> Target:
        return Target.objects.create(
            version=version,
            kind="first_response",
            seconds=minutes * 60,
            calendar=WorkingCalendar.objects.get(name="24×7"),
            **criteria,
        )

    def test_a_clients_own_agreement_comes_first(self, cast: Cast, own: AgreementVersion) -> None:
        self.promise(own, 10)
        assert cast.submit().due_at == MONDAY + 10 * MINUTES
        assert cast.submit(by=cast.stranger).due_at == MONDAY + 30 * MINUTES

    @pytest.mark.parametrize("state", [AgreementState.DRAFT, AgreementState.NEGOTIATION])
    def test_only_what_is_agreed_counts(self, cast: Cast, own: AgreementVersion, state: str) -> None:
        self.promise(own, 10)
        AgreementVersion.objects.filter(pk=own.pk).update(state=state)
        assert cast.submit().due_at == MONDAY + 30 * MINUTES

    def test_not_before_its_day_and_not_after(self, cast: Cast, own: AgreementVersion) -> None:
        self.promise(own, 10)
        AgreementVersion.objects.filter(pk=own.pk).update(effective_to=MONDAY)
        assert cast.submit().due_at == MONDAY + 30 * MINUTES
        AgreementVersion.objects.filter(pk=own.pk).update(effective_from=MONDAY + MINUTES, effective_to=None)
        assert cast.submit().due_at == MONDAY + 30 * MINUTES

    def test_the_most_specific_target_wins_and_ties_go_by_position(self, cast: Cast, own: AgreementVersion) -> None:
        self.promise(own, 60)
        self.promise(own, 50, type=TicketType.INCIDENT, position=2)
        self.promise(own, 40, service=cast.support, position=1)
        self.promise(own, 20, type=TicketType.INCIDENT, priority=Priority.CRITICAL, position=9)
        ordinary = cast.submit(impact=1, urgency=1)
        critical = cast.submit(impact=3, urgency=3)
        assert ordinary.due_at == MONDAY + 40 * MINUTES
        assert critical.due_at == MONDAY + 20 * MINUTES
        pin = Pin.objects.get(ticket=critical, kind="first_response")
        assert pin.reason == {
            "why": "most_specific",
            "criteria": ["type", "priority"],
            "position": 9,
            "agreement": "Huaxin",
            "version": 1,
        }

    def test_a_change_of_priority_supersedes_and_counts_from_the_same_start(
        self, cast: Cast, own: AgreementVersion
    ) -> None:
        """SLA-32."""
        self.promise(own, 60)
        self.promise(own, 20, priority=Priority.CRITICAL)
        ticket = cast.submit(impact=1, urgency=1)
        services.classify(ticket, by=cast.zhou, at=MONDAY + 5 * MINUTES, impact=3, urgency=3)
        old, new = ticket.clocks.filter(kind="first_response").order_by("part")
        assert (old.state, new.state) == (ClockState.SUPERSEDED, ClockState.RUNNING)
        assert (new.started_at, new.due_at) == (MONDAY, MONDAY + 20 * MINUTES)
        assert cast.fresh(ticket).due_at == MONDAY + 20 * MINUTES

    def test_a_later_version_leaves_running_cycles_alone(self, cast: Cast, own: AgreementVersion) -> None:
        """SLA-30, SLA-31."""
        self.promise(own, 60)
        before = cast.submit()
        AgreementVersion.objects.filter(pk=own.pk).update(effective_to=MONDAY + MINUTES)
        newer = AgreementVersion.objects.create(
            agreement=own.agreement, number=2, state=AgreementState.IN_FORCE, effective_from=MONDAY + MINUTES
        )
        self.promise(newer, 5)
        services.reply(before, by=cast.chen, at=MONDAY + 2 * MINUTES, body="Hello?")
        assert cast.fresh(before).due_at == MONDAY + 60 * MINUTES
        assert cast.submit(at=MONDAY + 2 * MINUTES).due_at == MONDAY + 7 * MINUTES
