"""SLA-31: running cycles move to newer versions only by an act that was previewed, with who and why."""

from __future__ import annotations

from datetime import datetime

import pytest

from jobs import services as jobs
from notifications.models import Notice
from sla.models import CalendarVersion, ClockState, ClockStep, RecalculationChange, RecalculationStage
from sla.services import recalculation
from sla.services.rebuild import verify
from sla.services.recalculation import RecalculationRefused
from sla.services.sweep import sweep
from tests.cast import MONDAY, Cast
from tests.sla.kit import (
    DAYS,
    HOURS,
    MINUTES,
    agreement,
    calendar,
    default_agreement,
    ladder,
    promise,
    republish,
    run_jobs,
)
from tickets import services
from tickets.errors import Invalid
from tickets.models import Ticket
from tickets.states import EventKind, Wait

CLOSED_TODAY = {day: [["09:00", "18:00"]] for day in ("tue", "wed", "thu", "fri")}


def due(ticket: Ticket) -> datetime | None:
    return Cast.fresh(ticket).due_at


@pytest.fixture
def office(cast: Cast) -> CalendarVersion:
    """A new version of the office calendar that is closed on Mondays, in effect five minutes after MONDAY."""
    return republish(calendar("Office hours"), CLOSED_TODAY, at=MONDAY + 5 * MINUTES)


def preview(cast: Cast, at: datetime, **about: object) -> recalculation.Recalculation:
    asked = recalculation.preview(by=cast.ma, at=at, reason="闭馆通知", **about)
    run_jobs(at)
    asked.refresh_from_db()
    return asked


def test_a_new_calendar_changes_nothing_by_itself_and_the_preview_changes_nothing_either(
    cast: Cast, office: CalendarVersion
) -> None:
    ticket = cast.submit(service=cast.reset)
    asked = preview(cast, MONDAY + 10 * MINUTES, calendar=office.calendar)
    assert due(ticket) == MONDAY + 30 * MINUTES
    assert asked.summary == {"requests": 1, "clocks": 1, "changes": 1, "flips": 0, "later": 1}
    change = RecalculationChange.objects.get(recalculation=asked)
    assert (change.ticket, change.due_before) == (ticket, MONDAY + 30 * MINUTES)
    assert change.due_after == datetime.fromisoformat("2026-11-17T09:30:00+08:00")
    assert not ticket.events.filter(kind=EventKind.RECALCULATED).exists()


def test_applied_it_supersedes_the_running_cycle_and_is_on_the_record(cast: Cast, office: CalendarVersion) -> None:
    ticket = cast.submit(service=cast.reset)
    asked = preview(cast, MONDAY + 10 * MINUTES, calendar=office.calendar)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 12 * MINUTES)
    run_jobs(MONDAY + 12 * MINUTES)
    asked.refresh_from_db()
    assert (asked.stage, asked.moved_requests, asked.moved_clocks) == (RecalculationStage.DONE, 1, 1)
    old, new = ticket.clocks.order_by("part")
    assert (old.state, old.stopped_at) == (ClockState.SUPERSEDED, MONDAY + 12 * MINUTES)
    assert (new.state, new.started_at) == (ClockState.RUNNING, MONDAY)
    assert due(ticket) == new.due_at == datetime.fromisoformat("2026-11-17T09:30:00+08:00")
    event = ticket.events.get(kind=EventKind.RECALCULATED)
    assert (event.actor, event.data) == (cast.ma, {"recalculation": asked.pk, "clocks": ["first_response"]})
    assert new.pin.calendar_version == office
    assert new.pin.target == old.pin.target
    assert list(verify(Ticket.objects.all())) == []


def test_finished_cycles_stay_and_a_second_preview_finds_nothing(cast: Cast, office: CalendarVersion) -> None:
    answered, waiting = cast.submit(service=cast.reset), cast.submit(service=cast.reset)
    services.reply(answered, by=cast.zhou, at=MONDAY + MINUTES, body="x")
    asked = preview(cast, MONDAY + 10 * MINUTES, calendar=office.calendar)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 10 * MINUTES)
    run_jobs(MONDAY + 10 * MINUTES)
    assert answered.clocks.get().state == ClockState.MET
    assert waiting.clocks.count() == 2
    assert preview(cast, MONDAY + 11 * MINUTES, calendar=office.calendar).summary == {}


def test_warnings_that_lie_behind_are_not_given_again_and_those_ahead_are(cast: Cast) -> None:
    """SLA-32: half was warned of; under the longer target half lies ahead again, under the same it does not."""
    version = agreement(promise(minutes=60, ladder=ladder("50%", "80%", "breach")), client=cast.huaxin)
    ticket = cast.submit(service=cast.reset)
    sweep(MONDAY + 40 * MINUTES)
    assert Notice.objects.filter(kind="clock_warned").count() == 3  # the team, once each
    version.effective_to = MONDAY + 40 * MINUTES
    version.save()
    agreement(
        promise(minutes=62, ladder=ladder("50%", "80%", "breach")),
        client=cast.huaxin,
        of=version.agreement,
        since=MONDAY + 40 * MINUTES,
    )
    asked = preview(cast, MONDAY + 41 * MINUTES, agreement=version.agreement)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 41 * MINUTES)
    run_jobs(MONDAY + 41 * MINUTES)
    assert ticket.events.filter(kind=EventKind.CLOCK_WARNED).count() == 1
    assert Notice.objects.filter(kind="clock_warned").count() == 3
    new = ticket.clocks.get(part=2)
    half = ClockStep.objects.get(clock=new)
    assert (half.step, half.at) == ("warn:50%", MONDAY + 31 * MINUTES)
    sweep(MONDAY + 50 * MINUTES)
    assert [event.data["step"] for event in ticket.events.filter(kind=EventKind.CLOCK_WARNED).order_by("seq")] == [
        "warn:50%",
        "warn:80%",
    ]
    assert list(verify(Ticket.objects.all())) == []


def test_a_shorter_target_flips_and_the_breach_bears_its_own_instant(cast: Cast) -> None:
    """SLA-32, SLA-42."""
    version = agreement(promise(minutes=60), client=cast.huaxin)
    ticket = cast.submit(service=cast.reset)
    version.effective_to = MONDAY + 20 * MINUTES
    version.save()
    agreement(
        promise(minutes=10, ladder=ladder("breach")),
        client=cast.huaxin,
        of=version.agreement,
        since=MONDAY + 20 * MINUTES,
    )
    asked = preview(cast, MONDAY + 30 * MINUTES, agreement=version.agreement)
    assert asked.summary is not None
    assert (asked.summary["flips"], asked.summary["earlier"]) == (1, 1)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 30 * MINUTES)
    run_jobs(MONDAY + 30 * MINUTES)
    new = ticket.clocks.get(part=2)
    assert (new.state, new.breached_at) == (ClockState.BREACHED, MONDAY + 10 * MINUTES)
    assert Notice.objects.filter(kind="clock_breached").exists()


def test_a_clock_that_is_newly_promised_begins_at_receipt(cast: Cast) -> None:
    version = agreement(promise(minutes=60), client=cast.huaxin)
    ticket = cast.submit(service=cast.reset)
    version.effective_to = MONDAY + MINUTES
    version.save()
    agreement(
        promise(minutes=60),
        promise("resolution", 600),
        client=cast.huaxin,
        of=version.agreement,
        since=MONDAY + MINUTES,
    )
    asked = preview(cast, MONDAY + 5 * MINUTES, agreement=version.agreement)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 5 * MINUTES)
    run_jobs(MONDAY + 5 * MINUTES)
    resolution = ticket.clocks.get(kind="resolution")
    assert (resolution.started_at, resolution.due_at) == (MONDAY, MONDAY + 10 * HOURS)


def test_the_default_agreement_concerns_only_clients_without_their_own(cast: Cast) -> None:
    default = default_agreement()
    agreement(promise(minutes=60), client=cast.yuanhang)
    mine, theirs = cast.submit(service=cast.reset), cast.submit(by=cast.stranger, service=cast.reset)
    default.effective_to = MONDAY + MINUTES
    default.save()
    agreement(promise(minutes=45), of=default.agreement, since=MONDAY + MINUTES)
    asked = preview(cast, MONDAY + 5 * MINUTES, agreement=default.agreement)
    assert list(asked.changes.values_list("ticket", flat=True)) == [mine.pk]
    assert due(theirs) == MONDAY + 60 * MINUTES


def test_a_paused_clock_moves_with_its_pause(cast: Cast) -> None:
    """SLA-17, SLA-32."""
    version = agreement(promise("resolution", 60, pauses=("client",)), client=cast.huaxin)
    ticket = cast.in_execution(service=cast.reset)
    services.wait(ticket, by=cast.zhou, at=MONDAY + 10 * MINUTES, wait_for=Wait.CLIENT)
    version.effective_to = MONDAY + 20 * MINUTES
    version.save()
    agreement(
        promise("resolution", 120, pauses=("client",)),
        client=cast.huaxin,
        of=version.agreement,
        since=MONDAY + 20 * MINUTES,
    )
    asked = preview(cast, MONDAY + 30 * MINUTES, agreement=version.agreement)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 30 * MINUTES)
    run_jobs(MONDAY + 30 * MINUTES)
    assert ticket.clocks.get(kind="resolution", part=2).state == ClockState.PAUSED
    services.resume(cast.fresh(ticket), by=cast.zhou, at=MONDAY + 40 * MINUTES)
    assert due(ticket) == MONDAY + 150 * MINUTES


def test_a_later_change_of_priority_uses_the_versions_it_moved_to(cast: Cast) -> None:
    """SLA-30, SLA-31: and before the recalculation those of its start, though newer ones are in force."""
    version = agreement(promise(minutes=60), promise(minutes=40, priority=4), client=cast.huaxin)
    first, second = cast.submit(service=cast.reset), cast.submit(service=cast.reset)
    version.effective_to = MONDAY + MINUTES
    version.save()
    agreement(
        promise(minutes=30),
        promise(minutes=20, priority=4),
        client=cast.huaxin,
        of=version.agreement,
        since=MONDAY + MINUTES,
    )
    services.set_priority(first, by=cast.zhou, at=MONDAY + 2 * MINUTES, priority=4, reason="x")
    assert due(first) == MONDAY + 40 * MINUTES
    asked = preview(cast, MONDAY + 3 * MINUTES, agreement=version.agreement)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 3 * MINUTES)
    run_jobs(MONDAY + 3 * MINUTES)
    assert due(second) == MONDAY + 30 * MINUTES
    services.set_priority(cast.fresh(second), by=cast.zhou, at=MONDAY + 4 * MINUTES, priority=4, reason="x")
    assert due(second) == MONDAY + 20 * MINUTES
    assert list(verify(Ticket.objects.all())) == []


def test_it_is_refused_without_a_reason_without_a_preview_and_twice(cast: Cast, office: CalendarVersion) -> None:
    with pytest.raises(Invalid) as refused:
        recalculation.preview(by=cast.ma, at=MONDAY, reason=" ", calendar=office.calendar)
    assert "reason" in refused.value.message_dict
    with pytest.raises(Invalid):
        recalculation.preview(by=cast.ma, at=MONDAY, reason="x")
    cast.submit(service=cast.reset)
    asked = recalculation.preview(by=cast.ma, at=MONDAY + 10 * MINUTES, reason="x", calendar=office.calendar)
    with pytest.raises(RecalculationRefused):
        recalculation.apply(asked, by=cast.ma, at=MONDAY + 10 * MINUTES)
    run_jobs(MONDAY + 10 * MINUTES)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 10 * MINUTES)
    with pytest.raises(RecalculationRefused):
        recalculation.apply(asked, by=cast.ma, at=MONDAY + 10 * MINUTES)


def test_an_agreement_that_is_not_in_force_has_nothing_to_move_to(cast: Cast) -> None:
    version = agreement(promise(), client=cast.huaxin, since=MONDAY + DAYS)
    with pytest.raises(RecalculationRefused):
        recalculation.preview(by=cast.ma, at=MONDAY, reason="x", agreement=version.agreement)


def test_it_is_refused_when_another_version_is_in_force_since_the_preview(cast: Cast, office: CalendarVersion) -> None:
    """What was previewed is what is confirmed, or nothing."""
    ticket = cast.submit(service=cast.reset)
    asked = preview(cast, MONDAY + 10 * MINUTES, calendar=office.calendar)
    republish(office.calendar, at=MONDAY + 11 * MINUTES)
    with pytest.raises(RecalculationRefused, match="Another version"):
        recalculation.apply(asked, by=cast.ma, at=MONDAY + 12 * MINUTES)
    assert ticket.clocks.count() == 1


def test_it_is_refused_when_a_calendar_of_the_agreement_has_another_version_since(cast: Cast) -> None:
    version = agreement(promise(minutes=60), client=cast.huaxin)
    cast.submit(service=cast.reset)
    asked = preview(cast, MONDAY + MINUTES, agreement=version.agreement)
    republish(version.targets.get().calendar, CLOSED_TODAY, at=MONDAY + 2 * MINUTES)
    with pytest.raises(RecalculationRefused, match="Another version"):
        recalculation.apply(asked, by=cast.ma, at=MONDAY + 3 * MINUTES)


def test_a_version_that_comes_into_force_halfway_ends_it_and_what_was_moved_is_told(
    cast: Cast, office: CalendarVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "APPLY_PART", 1)
    first, second = cast.submit(service=cast.reset), cast.submit(service=cast.reset)
    asked = preview(cast, MONDAY + 10 * MINUTES, calendar=office.calendar)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 11 * MINUTES)
    jobs.work(MONDAY + 11 * MINUTES)
    republish(office.calendar, at=MONDAY + 12 * MINUTES)
    run_jobs(MONDAY + 13 * MINUTES)
    asked = recalculation.Recalculation.objects.select_related("apply", "preview").get(pk=asked.pk)
    assert (asked.stage, asked.moved_requests, asked.moved_clocks) == (RecalculationStage.FAILED, 1, 1)
    assert asked.apply is not None
    assert asked.apply.problem == recalculation.ANOTHER_VERSION
    assert (first.clocks.count(), second.clocks.count()) == (2, 1)


def test_taken_back_halfway_it_tells_what_was_moved(
    cast: Cast, office: CalendarVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "APPLY_PART", 1)
    for _ in range(3):
        cast.submit(service=cast.reset)
    asked = preview(cast, MONDAY + 10 * MINUTES, calendar=office.calendar)
    applied = recalculation.apply(asked, by=cast.ma, at=MONDAY + 11 * MINUTES).apply
    assert applied is not None
    for _ in range(2):
        jobs.work(MONDAY + 11 * MINUTES)
    jobs.cancel(applied, at=MONDAY + 12 * MINUTES)
    run_jobs(MONDAY + 12 * MINUTES)
    asked = recalculation.Recalculation.objects.select_related("apply", "preview").get(pk=asked.pk)
    assert (asked.stage, asked.moved_requests, asked.moved_clocks) == (RecalculationStage.HALFWAY, 2, 2)
