"""How long finished cycles took: median, 90th percentile, distribution (R-053, R-057, SLA-61)."""

from __future__ import annotations

import statistics
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sla.figures import Histogram, Span, TargetUse, finished, histogram, spans, taking
from sla.figures.times import _cut, _width
from sla.models import ClockKind
from tests.cast import MONDAY
from tests.sla.kit import agreement, promise
from tickets import services
from tickets.figures import Period
from tickets.models import Ticket

AT = MONDAY + timedelta(days=1)
WEEK = Period.ending_today(7, at=AT, zone=ZoneInfo("Asia/Shanghai"))
FIRST = ClockKind.FIRST_RESPONSE
M = timedelta(minutes=1)
TOOK = [2, 7, 11, 16, 19, 28, 29, 33, 61, 118]  # minutes; the office is open, so they count one for one


@pytest.fixture
def ten(cast: Any) -> Any:
    """Ten answered after so many minutes, and one that nobody answered."""
    for minutes in TOOK:
        services.reply(cast.submit(service=cast.reset), by=cast.zhou, at=MONDAY + minutes * M, body="…")
    cast.submit(service=cast.reset)
    return cast


def span() -> Span:
    return spans(Ticket.objects.all(), WEEK, at=AT)[FIRST]


def found() -> Histogram:
    return histogram(Ticket.objects.all(), WEEK, FIRST, span(), at=AT)


def test_median_and_90th_percentile_are_those_of_the_finished_cycles(ten: Any) -> None:
    """R-053: not only averages; what still runs has no time yet."""
    assert span().count == 10
    assert span().median == statistics.median(TOOK) * M
    assert span().ninth == statistics.quantiles(TOOK, n=10, method="inclusive")[-1] * M
    assert span().longest == 118 * M


def test_without_finished_cycles_there_is_nothing_to_say(cast: Any) -> None:
    """No data is no number."""
    cast.submit(service=cast.reset)
    assert span() == Span()
    assert found() == Histogram()


def test_every_finished_cycle_is_in_one_bin(ten: Any) -> None:
    """Met and missed apart, as an independent count has them."""
    bins = found().bins
    assert sum(each.met for each in bins) == sum(minutes <= 30 for minutes in TOOK) == 7
    assert sum(each.missed for each in bins) == 3
    for each in bins:
        below = each.below or float("inf")
        assert each.count == sum(each.least <= minutes * 60 < below for minutes in TOOK)


def test_the_cycles_behind_a_bin_are_as_many_as_it_says(ten: Any) -> None:
    """SLA-61."""
    cycles = finished(Ticket.objects.all(), WEEK, FIRST, at=AT)
    for each in found().bins:
        assert taking(cycles, each.least, each.below).count() == each.count


def test_the_targets_in_play_are_told_the_most_used_first(ten: Any) -> None:
    """A client with an agreement of its own has another target."""
    agreement(promise(minutes=15), client=ten.yuanhang)
    ticket = ten.submit(service=ten.reset, by=ten.stranger)
    services.reply(ticket, by=ten.zhou, at=MONDAY + 20 * M, body="…")
    assert [(use.seconds, use.cycles) for use in found().targets] == [(1800, 10), (900, 1)]


def test_the_usual_target_lies_at_the_edge_of_a_bin(ten: Any) -> None:
    """So that what is right of the line was late."""
    bins = found().bins
    assert 1800 in [each.least for each in bins]
    assert found().place_of(1800) == 1800 / (bins[0].below or 0)
    assert found().place_of(10**9) is None


@pytest.mark.parametrize(
    ("main", "ninth", "longest"),
    [(1800, 60, 90), (1800, 100_000, 400_000), (1, 0.2, 0.4), (172_800, 9e6, 9e7), (5 * 365 * 86_400, 1, 2)],
)
def test_there_are_never_too_many_bins_nor_none(main: int, ninth: float, longest: float) -> None:
    """From targets of a second to those of five years."""
    width, last = _cut([TargetUse(main, 1)], ninth, longest)
    assert width >= 1
    assert 1 <= last <= 14


def test_a_width_divides_the_usual_target_where_one_does() -> None:
    """45 minutes: bins of 5."""
    assert _width(45 * 60 * 1.5, 45 * 60) == 300


def test_what_is_finished_is_what_was_met_or_missed(ten: Any) -> None:
    """SLA-20: a withdrawn request took no time."""
    services.withdraw(ten.submit(service=ten.reset), by=ten.chen, at=MONDAY + M)
    assert finished(Ticket.objects.all(), WEEK, FIRST, at=AT).count() == span().count == 10
