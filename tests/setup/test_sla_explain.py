"""`manage.py sla_explain`: the clocks of a request for a terminal, in the calendar's zone and in UTC (SLA-41)."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from sla.models import Clock
from sla.services import recalculation
from sla.services.sweep import sweep
from tests.cast import MONDAY, Cast
from tests.sla.kit import HOURS, MINUTES, agreement, calendar, ladder, promise, republish, run_jobs
from tickets import services
from tickets.models import Ticket
from tickets.states import Wait


def explain(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sla_explain", *arguments, stdout=out)
    return out.getvalue()


def as_json(*arguments: str) -> Any:
    return json.loads(explain(*arguments, "--json"))


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Received 10:00 in Shanghai, paused from 11:00 to 12:00, delivered 13:30; the answer came with the delivery."""
    agreement(
        promise(minutes=20, ladder=ladder("50%", "breach")),
        promise(minutes=5, priority=4),
        promise("resolution", 240, pauses=("third_party",)),
        client=cast.huaxin,
    )
    found = cast.in_execution(service=cast.reset)
    services.wait(found, by=cast.zhou, at=MONDAY + HOURS, wait_for=Wait.THIRD_PARTY)
    services.resume(cast.fresh(found), by=cast.zhou, at=MONDAY + 2 * HOURS)
    services.deliver(cast.fresh(found), by=cast.zhou, at=MONDAY + 210 * MINUTES, summary="x", self_checked=True)
    return found


def test_it_prints_target_reason_and_ledger_in_both_zones(ticket: Ticket) -> None:
    text = explain(ticket.number)
    for line in (
        "== Resolution, round 1: Met",
        "Target      4 h in 24×7, version 1",
        "Agreement   华信制造 agreement, version 1",
        "The general target of the agreement; no special one applies.",
        "* Everything, 20 m, 24×7",
        "- Critical priority, 5 m, 24×7: wanted Critical priority, was Low priority",
        "Started     2026-11-16 10:00:00+0800 (2026-11-16 02:00:00Z)  Submitted · 陈立 (#1)",
        "Stopped     2026-11-16 13:30:00+0800 (2026-11-16 05:30:00Z)  Delivered · 周敏",
        "Counted     2 h 30 m",
        "Paused      1 h",
        "Ran out     2026-11-16 10:20:00+0800 (2026-11-16 02:20:00Z)",
        "From, Asia/Shanghai",
        "Paused: Waiting for a third party · 周敏",
    ):
        assert line in text
    row = next(line for line in text.splitlines() if "Waiting for a third party" in line)
    assert row.split()[:4] == ["2026-11-16", "11:00:00+0800", "2026-11-16", "12:00:00+0800"]


def test_it_speaks_english_whatever_language_the_terminal_has(ticket: Ticket) -> None:
    with translation.override("zh-hans"):
        assert "Waiting for a third party" in explain(ticket.number)


def test_json_holds_the_same_to_the_microsecond(ticket: Ticket) -> None:
    found = as_json(ticket.number)
    assert found["number"] == ticket.number
    clocks = {clock["kind"]: clock for clock in found["clocks"]}
    assert list(clocks) == ["first_response", "resolution"]
    resolution = clocks["resolution"]
    assert (resolution["state"], resolution["counted_seconds"], resolution["paused_seconds"]) == ("met", 9000.0, 3600.0)
    assert resolution["time_zone"] == "Asia/Shanghai"
    ledger = resolution["ledger"]
    assert [row["what"] for row in ledger] == ["counted", "paused", "counted"]
    assert sum(row["seconds"] for row in ledger if row["what"] == "counted") == resolution["counted_seconds"]
    assert ledger[0]["start"] == resolution["start"] == "2026-11-16T02:00:00Z"
    assert ledger[-1]["end"] == resolution["stopped"]
    assert [row["cause"] for row in ledger] == [None, ticket.events.get(kind="wait_started").seq, None]
    assert [step["step"] for step in clocks["first_response"]["steps"]] == ["warn:50%", "breach"]
    chosen = [row for row in clocks["first_response"]["why"]["considered"] if row["chosen"]]
    assert [row["duration"] for row in chosen] == ["20 m"]


def test_one_kind_alone(ticket: Ticket) -> None:
    assert [clock["kind"] for clock in as_json(ticket.number, "--kind", "resolution")["clocks"]] == ["resolution"]
    assert "First response" not in explain(ticket.number, "--kind", "resolution")
    assert "No clock was ever started for it." in explain(ticket.number, "--kind", "progress_report")


def test_superseded_parts_and_the_recalculation_are_told(cast: Cast) -> None:
    """SLA-31, SLA-32."""
    ticket = cast.submit(service=cast.reset)
    new = republish(calendar("Office hours"), {"tue": [["09:00", "18:00"]]}, at=MONDAY + MINUTES)
    asked = recalculation.preview(by=cast.ma, at=MONDAY + 2 * MINUTES, reason="闭馆通知", calendar=new.calendar)
    run_jobs(MONDAY + 2 * MINUTES)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 3 * MINUTES)
    run_jobs(MONDAY + 3 * MINUTES)
    text = explain(ticket.number)
    assert "part 1: Superseded" in text
    assert "part 2: Running" in text
    assert f"by recalculation {asked.pk} of 马超" in text
    assert "闭馆通知" in text
    (first, second) = as_json(ticket.number)["clocks"]
    assert first["why"]["recalculation"] is None
    assert second["why"]["recalculation"]["reason"] == "闭馆通知"


def test_nothing_is_stored(ticket: Ticket) -> None:
    sweep(MONDAY + 5 * HOURS)
    before = list(Clock.objects.order_by("pk").values())
    explain(ticket.number)
    assert list(Clock.objects.order_by("pk").values()) == before


def test_a_row_that_the_record_no_longer_gives_is_said_to_be_one(cast: Cast, ticket: Ticket) -> None:
    row = Clock.objects.filter(ticket=ticket).order_by("pk").first()
    assert row is not None
    row.pk, row.cycle = None, 7
    row.started_at += timedelta(seconds=1)
    row.save()
    assert "The record no longer gives such a clock." in explain(ticket.number)
    assert "ledger" not in as_json(ticket.number)["clocks"][-1]


@pytest.mark.parametrize("number", ["SD-2026-999999", "x", ""])
def test_a_number_that_is_none_ends_with_a_sentence(cast: Cast, number: str) -> None:
    with pytest.raises(CommandError, match="There is no request"):
        explain(number)


def test_a_number_is_found_however_it_is_written(ticket: Ticket) -> None:
    assert ticket.number in explain(f" {ticket.number.lower()} ")
