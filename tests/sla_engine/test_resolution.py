"""Resolution and progress reports: SLA-15, SLA-16, SLA-19."""

from sla.engine.clock import ClockState
from tests.sla_engine.desk import Desk, june, minutes, target, told

RESOLUTION = Desk(resolution=target(400))
REPORTS = Desk(progress_report=target(240))
DELIVERED = ("10 09:00 submitted", "10 11:00 delivered")


def test_a_delivery_stops_the_resolution():
    """SLA-15"""
    reading = RESOLUTION.one(told(*DELIVERED), "10 16:00")
    assert (reading.state, reading.stopped_at, minutes(reading.counted)) == (ClockState.MET, june("10 11:00"), 120)


def test_a_rejection_makes_the_same_clock_go_on_without_the_time_of_deciding():
    """SLA-15"""
    reading = RESOLUTION.one(told(*DELIVERED, "10 15:00 rejected"), "10 16:00")
    assert (reading.cycle, reading.state) == (1, ClockState.RUNNING)
    assert (minutes(reading.counted), reading.due_at) == (180, june("11 11:40"))


def test_the_last_delivery_before_acceptance_counts():
    """SLA-15: two deliveries in a row; what lies between them was the client's time."""
    reading = RESOLUTION.one(told(*DELIVERED, "10 15:00 delivered", "10 16:00 accepted"), "11 12:00")
    assert (reading.stopped_at, reading.stopped_by) == (june("10 15:00"), 3)
    assert (reading.state, minutes(reading.counted)) == (ClockState.MET, 120)


def test_an_accepted_resolution_is_final_until_reopened():
    """SLA-15: a rejection, a withdrawal or a delivery after acceptance come too late."""
    accepted = (*DELIVERED, "10 12:00 accepted")
    before = RESOLUTION.one(told(*accepted), "13 12:00")
    for late in ("rejected", "withdrawn", "delivered", "accepted"):
        assert RESOLUTION.one(told(*accepted, f"10 13:00 {late}"), "13 12:00") == before


def test_reopening_continues_the_clock_without_the_closed_time():
    """SLA-19"""
    facts = told(*DELIVERED, "10 11:00 accepted", "11 10:00 reopened", "11 14:00 delivered", "11 14:00 accepted")
    reading = RESOLUTION.one(facts, "11 14:00")
    assert (reading.cycle, reading.state) == (1, ClockState.MET)
    assert (minutes(reading.counted), reading.due_at) == (360, june("11 14:40"))


def test_reopening_counts_neither_the_deciding_nor_the_closed_time():
    """SLA-15, SLA-19"""
    facts = told(*DELIVERED, "10 13:00 accepted", "10 15:00 reopened")
    assert minutes(RESOLUTION.one(facts, "10 16:00").counted) == 180


def test_an_acceptance_without_a_delivery_is_both():
    """SLA-15"""
    reading = RESOLUTION.one(told("10 09:00 submitted", "10 10:00 accepted"), "10 16:00")
    assert (reading.state, reading.stopped_at) == (ClockState.MET, june("10 10:00"))


def test_a_reopening_of_an_open_request_changes_nothing():
    """SLA-19"""
    reading = RESOLUTION.one(told("10 09:00 submitted", "10 10:00 reopened", "10 10:30 rejected"), "10 11:00")
    assert (reading.state, minutes(reading.counted)) == (ClockState.RUNNING, 120)


def test_each_progress_report_closes_a_cycle_and_opens_the_next():
    """SLA-16"""
    facts = told(
        "09 09:00 submitted",
        "10 09:00 execution_started",
        "10 12:00 progress_report",
        "11 09:00 progress_report",
    )
    cycles = [(r.cycle, r.state.value, minutes(r.counted)) for r in REPORTS.read(facts, "11 10:00")]
    assert cycles == [(1, "met", 180), (2, "breached", 300), (3, "running", 60)]


def test_progress_is_owed_only_in_execution():
    """SLA-16"""
    assert REPORTS.read(told("10 09:00 submitted", "10 10:00 progress_report"), "10 16:00") == []


def test_a_delivery_ends_an_open_report_as_void_unless_it_is_overdue():
    """SLA-16: due at 13:00."""
    started = ("10 09:00 submitted", "10 09:00 execution_started")
    for delivered, state in [("12:59", "void"), ("13:00", "void"), ("13:01", "breached")]:
        reading = REPORTS.one(told(*started, f"10 {delivered} delivered"), "11 12:00")
        assert reading.state.value == state
        assert reading.stopped_at == june(f"10 {delivered}")


def test_a_rejected_or_reopened_request_owes_reports_again():
    """SLA-16"""
    facts = told(
        "10 09:00 submitted",
        "10 09:00 execution_started",
        "10 10:00 delivered",
        "10 11:00 rejected",
        "10 12:00 delivered",
        "10 13:00 accepted",
        "10 14:00 reopened",
    )
    starts = [(reading.cycle, reading.start) for reading in REPORTS.read(facts, "10 15:00")]
    assert starts == [(1, june("10 09:00")), (2, june("10 11:00")), (3, june("10 14:00"))]


def test_starting_execution_twice_does_not_restart_the_report():
    """SLA-16"""
    facts = told("10 09:00 submitted", "10 09:00 execution_started", "10 10:00 execution_started")
    assert REPORTS.one(facts, "10 11:00").start == june("10 09:00")
