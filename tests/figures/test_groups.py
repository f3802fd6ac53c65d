"""Compliance broken down by client, service, team, priority, type: SLA-60, SLA-61, R-046."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from sla.figures import Group, Outcome, Tally, by_group, compliance, cycles_behind, in_group, tally_of
from sla.figures.compliance import due_in
from sla.models import ClockKind
from tests.cast import MONDAY
from tickets import services
from tickets.figures import Period
from tickets.models import Ticket

WEEK = Period.ending_today(7, at=MONDAY + timedelta(days=1), zone=ZoneInfo("Asia/Shanghai"))
AT = MONDAY + timedelta(days=1)
FIRST = ClockKind.FIRST_RESPONSE
M = timedelta(minutes=1)


@pytest.fixture
def some(cast: Any) -> Any:
    """Huaxin: one met, two missed, one void; Yuanhang: one met (a complaint of the data team)."""
    met, late, _silent, void = (cast.submit(service=cast.reset) for _ in range(4))
    services.reply(met, by=cast.zhou, at=MONDAY + 10 * M, body="…")
    services.reply(late, by=cast.zhou, at=MONDAY + 60 * M, body="…")
    services.withdraw(void, by=cast.chen, at=MONDAY + 5 * M)
    other = cast.submit(service=cast.complaint, by=cast.stranger, at=MONDAY - timedelta(hours=20))
    services.reply(other, by=cast.sun, at=MONDAY - timedelta(hours=19), body="…")
    return cast


def rows(group: Group, kind: ClockKind = FIRST) -> list[Any]:
    return by_group(Ticket.objects.all(), WEEK, kind, group, at=AT)


def test_clients_stand_in_the_order_of_what_hurts(some: Any) -> None:
    """Most missed first; each with met, missed and void (SLA-20, SLA-60)."""
    found = [(row.key, row.name, row.now) for row in rows(Group.CLIENT)]
    assert found == [
        (some.huaxin.pk, "华信制造", Tally(met=1, missed=2, void=1)),
        (some.yuanhang.pk, "远航物流", Tally(met=1)),
    ]


@pytest.mark.parametrize("group", list(Group))
def test_the_groups_add_up_to_the_figure(some: Any, group: Group) -> None:
    """SLA-61: nothing is lost or counted twice by breaking it down."""
    whole = compliance(Ticket.objects.all(), WEEK, at=AT)[FIRST].now
    assert sum((row.now for row in rows(group)), Tally()) == whole == Tally(met=2, missed=2, void=1)


@pytest.mark.parametrize("group", list(Group))
@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_cycles_of_a_group_are_as_many_as_its_row_says(some: Any, group: Group, outcome: Outcome) -> None:
    """SLA-61."""
    for row in rows(group):
        cycles = in_group(cycles_behind(Ticket.objects.all(), WEEK, FIRST, outcome, at=AT), group, row.key)
        assert cycles.count() == row.now.of(outcome)


def test_a_tally_of_cycles_is_that_of_the_figure(some: Any) -> None:
    """SLA-61: one way of counting."""
    assert tally_of(due_in(Ticket.objects.all(), WEEK, FIRST), at=AT) == Tally(met=2, missed=2, void=1)


def test_names_are_in_the_readers_language(some: Any) -> None:
    """Teams and services have a name per language."""
    with translation.override("zh-hans"):
        assert {row.name for row in rows(Group.TEAM)} == {"应用支持组", "数据组"}
        assert {row.name for row in rows(Group.SERVICE)} == {"密码重置", "投诉"}
    assert {row.name for row in rows(Group.TYPE)} == {"Service request", "Complaint"}


def test_requests_without_a_team_are_a_group_of_their_own(some: Any) -> None:
    """None is a key like any other."""
    some.reset.team = None
    some.reset.save()
    services.reply(some.submit(service=some.reset), by=some.zhou, at=MONDAY + M, body="…")
    nobody = next(row for row in rows(Group.TEAM) if row.key is None)
    assert (nobody.name, nobody.now) == ("No team", Tally(met=1))
    cycles = cycles_behind(Ticket.objects.all(), WEEK, FIRST, Outcome.MET, at=AT)
    assert in_group(cycles, Group.TEAM, Group.TEAM.key_of("")).count() == 1


def test_a_group_is_compared_with_the_period_before(some: Any) -> None:
    """Met a week ago, missed twice now."""
    earlier = some.submit(service=some.reset, at=MONDAY - timedelta(days=7))
    services.reply(earlier, by=some.zhou, at=MONDAY - timedelta(days=7) + M, body="…")
    huaxin = rows(Group.CLIENT)[0]
    assert (huaxin.before, huaxin.change) == (Tally(met=1), pytest.approx(1 / 3 - 1))


def test_a_group_that_was_due_before_only_is_left_out(cast: Any) -> None:
    """The rows are those of the period."""
    earlier = cast.submit(service=cast.reset, at=MONDAY - timedelta(days=7))
    services.reply(earlier, by=cast.zhou, at=MONDAY - timedelta(days=7) + M, body="…")
    assert rows(Group.CLIENT) == []


@pytest.mark.parametrize("group", list(Group))
def test_breaking_down_takes_two_queries_at_most(some: Any, group: Group) -> None:
    """However many rows there are."""
    with CaptureQueriesContext(connection) as queries:
        rows(group)
    assert len(queries) <= 2


@pytest.mark.parametrize(("group", "text"), [(Group.CLIENT, "x"), (Group.TYPE, "love"), (Group.TEAM, "9" * 12)])
def test_a_key_that_can_not_be_one_is_refused(group: Group, text: str) -> None:
    """Addresses are typed by people."""
    with pytest.raises(ValueError, match=text):
        group.key_of(text)
