"""The ledger of a clock: every second explained, why this target, its parts; on the page and in a dialog (SLA-41)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from sla.models import CalendarVersion, Clock, ClockKind, Pin, WorkingCalendar
from sla.services import recalculation
from tests.cast import MONDAY, Cast
from tests.desk.kit import HTMX, page_of, queries, text_of
from tests.sla.kit import DAYS, HOURS, MINUTES, agreement, calendar, ladder, promise, republish, run_jobs
from tickets import services
from tickets.models import Ticket
from tickets.states import Wait
from web.ledger import account_of, causes_of, strip_of

SECONDS = timedelta(seconds=1)


def clock_of(ticket: Ticket, kind: ClockKind = ClockKind.FIRST_RESPONSE, part: int = 1) -> Clock:
    return Clock.objects.get(ticket=ticket, kind=kind, part=part)


def address(clock: Clock) -> str:
    return reverse("desk:clock", args=[clock.ticket.number, clock.pk])


def open_ledger(cast: Cast, clock: Clock, person: Any = None, **how: Any) -> Any:
    response = cast.browser(person or cast.zhou).get(address(clock), **how)
    assert response.status_code == 200
    return response


@pytest.fixture
def answered(cast: Cast) -> Ticket:
    """A request of 11:40 answered at 13:50: twenty minutes, lunch, twenty minutes, in office hours."""
    republish(
        calendar("Office hours"),
        {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        at=MONDAY - DAYS,
    )
    ticket = cast.submit(service=cast.reset, at=MONDAY + 100 * MINUTES)
    services.reply(ticket, by=cast.zhou, at=MONDAY + 230 * MINUTES, body="x")
    return ticket


def test_the_ledger_says_why_and_sums_up(cast: Cast, answered: Ticket) -> None:
    """SLA-33, SLA-41: reason, agreement, calendar and every stretch of time."""
    page = open_ledger(cast, clock_of(answered))
    text = text_of(page)
    for part in ("Default agreement, version 1", "Office hours, version 2", "30 m", "Outside working hours", "Counted"):
        assert part in text
    account = page.context["account"]
    assert [(line.what, line.length, line.counted) for line in account.lines] == [
        ("Counted", 20 * 60, 20 * 60),
        ("Outside working hours", 90 * 60, 20 * 60),
        ("Counted", 20 * 60, 40 * 60),
    ]
    assert account.counted == account.reading.counted.total_seconds() == 40 * 60


def test_htmx_gets_a_dialog_and_others_a_page(cast: Cast, answered: Ticket) -> None:
    clock = clock_of(answered)
    part = text_of(open_ledger(cast, clock, headers=HTMX))
    assert "<html" not in part
    assert "<dialog" in part
    assert address(clock) in part, "the page to print or share"
    assert "data-print" in text_of(open_ledger(cast, clock))


def test_the_strip_shows_the_same_stretches_with_marks_and_local_times(cast: Cast, answered: Ticket) -> None:
    """Where it was warned of, ran out and stopped; in the reader's time."""
    page = open_ledger(cast, clock_of(answered))
    strip = page.context["strip"]
    assert [(piece.stretch.kind, round(piece.width, 1)) for piece in strip.pieces] == [
        ("counted", 25),
        ("outside", 50),
        ("counted", 25),
    ]
    assert [(mark.kind, round(mark.x, 1)) for mark in strip.marks] == [
        ("warning", 18.8),
        ("warning", 80),
        ("breach", 87.5),
        ("stop", 100),
    ]
    assert [tick.text for tick in strip.axes["wide"]] == ["11:40", "12:00", "13:30", "13:40", "13:50"]
    text = text_of(page)
    assert "style=" not in text, "the Content-Security-Policy allows no inline style"
    assert "Long stretches that did not count are drawn shorter" in text


def test_a_pause_is_in_the_ledger_with_who_began_it_and_leads_to_it_on_the_time_line(cast: Cast) -> None:
    ticket = cast.in_assessment(at=MONDAY)
    services.wait(ticket, by=cast.zhou, at=MONDAY + timedelta(hours=1), wait_for=Wait.THIRD_PARTY)
    services.resume(ticket, by=cast.zhou, at=MONDAY + timedelta(hours=2))
    page = open_ledger(cast, clock_of(ticket, ClockKind.RESOLUTION))
    paused = page.context["account"].lines[1]
    assert (paused.what, paused.cause.words) == ("Paused", "Waiting for a third party · 周敏")
    assert f'href="{page_of(ticket)}?all=1#{paused.cause.anchor}"' in text_of(page)
    assert f'id="{paused.cause.anchor}"' in text_of(cast.browser(cast.zhou).get(page_of(ticket)))


def test_no_two_entries_of_the_time_line_share_an_id(cast: Cast) -> None:
    """An act with a text is a line and a card, of one event."""
    text = text_of(cast.browser(cast.zhou).get(page_of(cast.closed())))
    ids = re.findall(r'id="(m\d+[^"]*)"', text)
    assert len(ids) == len(set(ids)) > 3


def test_lengths_sum_to_the_total_whatever_fractions_of_seconds_there_are(cast: Cast) -> None:
    """SLA-41: the numbers that are shown add up, not only those that are stored."""
    ticket = cast.in_assessment(at=MONDAY)
    at = MONDAY
    for _round in range(9):
        at += timedelta(minutes=3, seconds=7, milliseconds=503)
        services.wait(cast.fresh(ticket), by=cast.zhou, at=at, wait_for=Wait.CLIENT)
        at += timedelta(minutes=1, milliseconds=333)
        services.resume(cast.fresh(ticket), by=cast.zhou, at=at)
    account = open_ledger(cast, clock_of(ticket, ClockKind.RESOLUTION)).context["account"]
    shown = sum(line.length for line in account.lines if line.counts)
    assert shown == account.counted == account.lines[-1].counted == round(account.reading.counted.total_seconds())


def test_targets_that_were_not_chosen_say_what_the_request_lacked(cast: Cast) -> None:
    """SLA-33."""
    agreement(
        promise(minutes=60),
        promise(minutes=10, priority=4),
        promise(minutes=20, type="complaint", priority=4),
        promise(minutes=40, service=cast.reset.pk),
        client=cast.huaxin,
    )
    page = open_ledger(cast, clock_of(cast.submit(service=cast.reset)))
    options = page.context["choice"]["options"]
    assert [(option.line.within, option.is_chosen, option.why_not) for option in options] == [
        ("40 m", True, ""),
        ("1 h", False, ""),
        ("10 m", False, "wanted Critical priority, was Low priority"),
        ("20 m", False, "wanted Complaint, was Service request; wanted Critical priority, was Low priority"),
    ]
    assert "another is more special" in text_of(page)


def test_the_properties_are_those_of_the_time_when_the_target_was_chosen(cast: Cast) -> None:
    """SLA-32: low at first, critical now; the first part was chosen for the low one, and both parts can be opened."""
    agreement(promise(minutes=60), promise(minutes=10, priority=4), client=cast.huaxin)
    ticket = cast.submit(service=cast.support, impact=1, urgency=1)
    services.set_priority(ticket, by=cast.zhou, at=MONDAY + 5 * MINUTES, priority=4, reason="x")
    first, second = clock_of(ticket, part=1), clock_of(ticket, part=2)
    page = open_ledger(cast, first)
    assert [option.why_not for option in page.context["choice"]["options"]] == [
        "",
        "wanted Critical priority, was Low priority",
    ]
    assert [part.pk for part in page.context["parts"]] == [first.pk, second.pk]
    assert address(second) in text_of(page)
    assert page.context["account"].stopped.words == "Priority changed · 周敏"
    assert [option.is_chosen for option in open_ledger(cast, second).context["choice"]["options"]] == [True, False]


def test_a_recalculation_that_moved_it_is_named_with_who_and_why(cast: Cast) -> None:
    """SLA-31."""
    ticket = cast.submit(service=cast.reset)
    new = republish(calendar("Office hours"), {"tue": [["09:00", "18:00"]]}, at=MONDAY + MINUTES)
    asked = recalculation.preview(by=cast.ma, at=MONDAY + 2 * MINUTES, reason="闭馆通知", calendar=new.calendar)
    run_jobs(MONDAY + 2 * MINUTES)
    recalculation.apply(asked, by=cast.ma, at=MONDAY + 3 * MINUTES)
    run_jobs(MONDAY + 3 * MINUTES)
    moved = clock_of(ticket, part=2)
    text = text_of(open_ledger(cast, moved))
    assert "马超 moved it here by a recalculation" in text
    assert "闭馆通知" in text
    where = reverse("desk:recalculation", args=[asked.pk])
    assert where not in text, "an agent may not open it"
    assert where in text_of(open_ledger(cast, moved, cast.ma))


def test_a_running_clock_shows_what_is_still_to_come(cast: Cast) -> None:
    """On to the instant it is due, with the warnings that will be given."""
    version = agreement(promise(minutes=60, ladder=ladder("50%", "-10m", "breach")), client=cast.huaxin)
    ticket = cast.submit(service=cast.reset, at=timezone.now() - 15 * MINUTES)
    page = open_ledger(cast, clock_of(ticket))
    strip = page.context["strip"]
    assert version.targets.exists()
    assert [piece.stretch.kind for piece in strip.pieces] == ["counted", "ahead"]
    assert [mark.kind for mark in strip.marks] == ["now", "warning", "warning", "due"]
    assert [round(mark.x) for mark in strip.marks] == [25, 50, 83, 100]


def test_a_long_ledger_shows_its_ends_and_all_of_it_when_asked(cast: Cast) -> None:
    ticket = cast.in_assessment(at=MONDAY - 40 * DAYS)
    at = MONDAY - 39 * DAYS
    for _round in range(40):
        services.wait(cast.fresh(ticket), by=cast.zhou, at=at, wait_for=Wait.CLIENT)
        services.resume(cast.fresh(ticket), by=cast.zhou, at=at + HOURS)
        at += 2 * HOURS
    clock = clock_of(ticket, ClockKind.RESOLUTION)
    page = open_ledger(cast, clock)
    assert page.context["left_out"] == 81 - 60
    assert "21 more lines" in text_of(page)
    whole = cast.browser(cast.zhou).get(address(clock) + "?all=1")
    assert len(whole.context["first_lines"]) == 81
    assert "more lines" not in text_of(whole)


def test_ten_times_the_history_costs_the_same_queries(cast: Cast) -> None:
    ticket = cast.in_assessment(at=MONDAY)
    browser, clock = cast.browser(cast.zhou), clock_of(ticket, ClockKind.RESOLUTION)

    def happen(times: int) -> None:
        for step in range(times):
            at = MONDAY + (step + 1) * MINUTES
            services.wait(cast.fresh(ticket), by=cast.zhou, at=at, wait_for=Wait.CLIENT)
            services.resume(cast.fresh(ticket), by=cast.zhou, at=at + 10 * SECONDS)

    happen(2)
    browser.get(address(clock))  # targets and calendars never change; a process reads them once
    few = queries(lambda: browser.get(address(clock)))
    happen(20)
    assert queries(lambda: browser.get(address(clock))) == few


@pytest.mark.parametrize("person", ["sun", "chen", "stranger"])
def test_people_without_a_view_of_the_request_find_no_ledger(cast: Cast, person: str) -> None:
    """R-083."""
    clock = clock_of(cast.submit())
    assert cast.browser(getattr(cast, person)).get(address(clock)).status_code == 404


def test_a_clock_that_cannot_be_read_says_why(cast: Cast) -> None:
    """A calendar without any working time ahead, and a row that the record no longer gives."""
    ticket = cast.submit(service=cast.reset)
    clock = clock_of(ticket)
    assert clock.pin.calendar_version is not None
    version = CalendarVersion.objects.get(pk=clock.pin.calendar_version_id)
    copy = CalendarVersion.objects.create(
        calendar=WorkingCalendar.objects.create(name="Never"),
        number=1,
        state="published",
        definition={**version.definition, "hours": {day: [] for day in version.definition["hours"]}},
        effective_from=MONDAY - DAYS,
    )
    Pin.objects.filter(pk=clock.pin_id).update(calendar_version=copy)
    assert "There is no working time in the" in text_of(open_ledger(cast, clock))
    Pin.objects.filter(pk=clock.pin_id).update(calendar_version=version)
    Clock.objects.filter(pk=clock.pk).update(cycle=7)
    assert "The record of the request no longer gives this clock." in text_of(open_ledger(cast, clock))


def test_make_up_days_special_hours_and_holidays_are_told_apart(cast: Cast) -> None:
    """SLA-02, SLA-41: each in words, and each drawn otherwise."""
    from sla.engine.clock import read
    from tests.sla_engine.desk import Desk, june, target, told
    from tests.sla_engine.desk import calendar as hours

    known = hours(holidays=["2025-06-13"], workdays={"2025-06-14": "fri"}, special={"2025-06-16": [["09:00", "12:00"]]})
    desk = Desk(resolution=target(6000, calendar=known))
    (reading,) = read(told("12 16:00 submitted"), desk.choose, june("16 17:00"))
    account = account_of(reading, {})
    assert [(line.kind, line.what, line.why) for line in account.lines if line.kind != "outside"] == [
        ("counted", "Counted", ""),
        ("holiday", "Holiday", ""),
        ("makeup", "Counted", "Make-up working day"),
        ("special", "Counted", "Special hours"),
    ]
    strip = strip_of(account, id="x", at=june("16 17:00"))
    assert strip.patterns[:4] == ["makeup", "special", "holiday", "outside"]
    assert causes_of(0, []) == {}
