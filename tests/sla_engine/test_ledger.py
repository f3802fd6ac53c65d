"""The explanation of a reading: SLA-41."""

from sla.engine.clock import ledger
from tests.sla_engine.desk import Desk, calendar, target, told


def shown(desk: Desk, now: str, *lines: str) -> list[tuple[str, str, str, str | None, int | None]]:
    """(from, to, what, kind of day, cause) of the last reading."""
    entries = ledger(desk.read(told(*lines), now)[-1])
    return [
        (
            f"{entry.start:%d %H:%M}",
            f"{entry.end:%d %H:%M}",
            entry.what.value,
            entry.day_kind.value if entry.day_kind else None,
            entry.cause,
        )
        for entry in entries
    ]


def test_the_ledger_tells_pauses_deciding_and_closed_time_with_their_causes():
    """SLA-41"""
    desk = Desk(resolution=target(480, pauses="client"))
    assert shown(
        desk,
        "11 09:30",
        "10 08:00 submitted",
        "10 10:00 wait client",
        "10 11:00 resume",
        "10 12:00 delivered",
        "10 13:00 accepted",
        "10 16:00 reopened",
    ) == [
        ("10 08:00", "10 09:00", "outside", None, None),
        ("10 09:00", "10 10:00", "counted", None, None),
        ("10 10:00", "10 11:00", "paused", None, 2),
        ("10 11:00", "10 12:00", "counted", None, None),
        ("10 12:00", "10 13:00", "deciding", None, 4),
        ("10 13:00", "10 16:00", "closed", None, 5),
        ("10 16:00", "10 17:00", "counted", None, None),
        ("10 17:00", "11 09:00", "outside", None, None),
        ("11 09:00", "11 09:30", "counted", None, None),
    ]


def test_closed_hours_within_a_pause_are_closed_hours():
    """SLA-41: so that the paused entries sum to the paused time."""
    desk = Desk(resolution=target(480, pauses="client"))
    assert shown(desk, "11 10:00", "10 09:00 submitted", "10 16:00 wait client") == [
        ("10 09:00", "10 16:00", "counted", None, None),
        ("10 16:00", "10 17:00", "paused", None, 2),
        ("10 17:00", "11 09:00", "outside", None, None),
        ("11 09:00", "11 10:00", "paused", None, 2),
    ]


def test_the_ledger_names_holidays_makeup_days_and_special_hours():
    """SLA-41: Friday a holiday, Saturday made up, Monday short."""
    hours = calendar(
        holidays=["2025-06-13"],
        workdays={"2025-06-14": "fri"},
        special={"2025-06-16": [["09:00", "12:00"]]},
    )
    assert shown(Desk(resolution=target(6000, calendar=hours)), "16 17:00", "12 16:00 submitted") == [
        ("12 16:00", "12 17:00", "counted", None, None),
        ("12 17:00", "13 09:00", "outside", None, None),
        ("13 09:00", "13 17:00", "holiday", None, None),
        ("13 17:00", "14 09:00", "outside", None, None),
        ("14 09:00", "14 17:00", "counted", "makeup", None),
        ("14 17:00", "16 09:00", "outside", None, None),
        ("16 09:00", "16 12:00", "counted", "special", None),
        ("16 12:00", "16 17:00", "outside", None, None),
    ]


def test_a_clock_that_has_just_started_has_an_empty_ledger():
    """SLA-41"""
    assert shown(Desk(resolution=target(60)), "10 09:00", "10 09:00 submitted") == []
