"""`levels/`: figures of the service levels and the wall (R-046, SLA-60, SLA-61)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sla.figures import Group
from sla.models import ClockKind
from tests.api.calling import Caller, error_of
from tests.api.kit import Manager, all_pages, done
from tests.cast import MONDAY, Cast
from tests.desk.read_sheets import read_csv
from tickets import services
from tickets.models import Ticket
from tickets.states import Wait

M, H, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + DAY  # Tuesday, 10:00 in Shanghai
WEEK = {"days": 7, "zone": "Asia/Shanghai"}
FIRST = {"kind": "first_response", **WEEK}


@pytest.fixture(autouse=True)
def _tuesday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def some(cast: Cast) -> dict[str, Ticket]:
    """Huaxin: answered in 10 minutes, after an hour, never, withdrawn, and one that still has time; Yuanhang: a
    complaint of another team, answered in an hour of its day."""
    found = {name: cast.submit(service=cast.reset) for name in ("met", "late", "silent", "withdrawn")}
    services.reply(found["met"], by=cast.zhou, at=MONDAY + 10 * M, body="…")
    services.assign(found["late"], by=cast.li, at=MONDAY + 20 * M, assignee=cast.zhou)
    services.reply(found["late"], by=cast.zhou, at=MONDAY + 60 * M, body="…")
    services.withdraw(found["withdrawn"], by=cast.chen, at=MONDAY + 5 * M)
    found["running"] = cast.submit(service=cast.reset, at=NOW - 15 * M)
    found["other"] = cast.submit(service=cast.complaint, by=cast.stranger, at=MONDAY - 20 * H)
    services.reply(found["other"], by=cast.sun, at=MONDAY - 19 * H, body="…")
    return found


def kinds(answer: Any) -> dict[str, dict[str, Any]]:
    return {row["kind"]["value"]: row for row in done(answer)["kinds"]}


# --- compliance -------------------------------------------------------------------------------------


def test_compliance_of_each_kind_with_its_trend(cast: Cast, ma: Manager, some: dict[str, Ticket]) -> None:
    """SLA-60: a running cycle past due is missed, one in time is not counted, void stands apart. R-044: the goal."""
    answer = ma.get("levels/compliance/", **WEEK)
    assert done(answer)["period"] == {
        "first": "2026-11-11",
        "days": 7,
        "zone": "Asia/Shanghai",
        "since": "2026-11-10T16:00:00Z",
        "until": "2026-11-17T16:00:00Z",
    }
    first = kinds(answer)["first_response"]
    assert first["now"] == {"met": 2, "missed": 2, "void": 1, "share": 0.5}
    assert first["before"] == {"met": 0, "missed": 0, "void": 0, "share": None}
    assert (first["change"], first["target"]) == (None, 0.95)
    assert [(point["first"][8:], point["met"], point["missed"]) for point in first["trend"]] == [
        ("11", 0, 0),
        ("12", 0, 0),
        ("13", 0, 0),
        ("14", 0, 0),
        ("15", 0, 0),
        ("16", 2, 2),
        ("17", 0, 0),
    ]
    assert set(kinds(answer)) == set(ClockKind.values)
    assert kinds(answer)["next_response"]["now"]["share"] is None, "no data, never 100 %"
    repairs = done(answer)["repairs"]
    assert (repairs["kind"]["value"], repairs["target"], repairs["now"]["share"]) == ("resolution", 0.999, None)


def test_page_api_and_hand_written_sql_give_the_same_numbers(cast: Cast, ma: Manager, some: dict[str, Ticket]) -> None:
    """SLA-61."""
    cast.ma.time_zone = "Asia/Shanghai"
    cast.ma.save()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind,
                   count(*) FILTER (WHERE state = 'met' AND stopped_at <= due_at),
                   count(*) FILTER (WHERE state IN ('breached', 'running') AND due_at < %(now)s
                                    AND (stopped_at IS NULL OR stopped_at > due_at)),
                   count(*) FILTER (WHERE state = 'void')
            FROM sla_clock WHERE due_at >= '2026-10-19 00:00+08' AND due_at < '2026-11-18 00:00+08' GROUP BY kind
            """,
            {"now": NOW},
        )
        by_hand = {kind: tuple(counts) for kind, *counts in cursor.fetchall()}
    shown = kinds(ma.get("levels/compliance/"))
    api = {kind: tuple(row["now"][name] for name in ("met", "missed", "void")) for kind, row in shown.items()}
    assert {kind: counts for kind, counts in api.items() if any(counts)} == {
        kind: counts for kind, counts in by_hand.items() if any(counts)
    }
    exported = cast.browser(cast.ma).get(reverse("desk:levels-csv"), {"block": "figures", "period": "30"})
    _head, *rows = read_csv(exported)
    page = {row[0]: row for row in rows}
    row = page["First response"]
    assert f"{shown['first_response']['now']['share']:.2%}" == row[1]
    assert [str(number) for number in api["first_response"]] == row[-3:]


def test_days_can_be_named_and_begin_in_the_zone_that_is_named(
    cast: Cast, ma: Manager, some: dict[str, Ticket]
) -> None:
    """The complaint was due on Monday morning in Shanghai, on Sunday evening in New York."""
    monday = {"first": "2026-11-16", "last": "2026-11-16"}
    complaint = {"type": "complaint"}

    def met(**asked: Any) -> int:
        found: int = kinds(ma.get("levels/compliance/", **asked, **complaint))["first_response"]["now"]["met"]
        return found

    assert met(**monday, zone="Asia/Shanghai") == 1
    assert met(**monday, zone="America/Los_Angeles") == 0
    cast.ma.time_zone = "America/Los_Angeles"
    cast.ma.save()
    assert met(**monday) == 0


def test_of_whose_requests(cast: Cast, ma: Manager, some: dict[str, Ticket]) -> None:
    def counted(**asked: Any) -> tuple[int, int]:
        row = kinds(ma.get("levels/compliance/", **WEEK, **asked))["first_response"]["now"]
        return row["met"], row["missed"]

    assert counted(organisation=cast.huaxin.pk) == (1, 2)
    assert (
        counted(organisation=cast.yuanhang.pk) == counted(team=cast.data.pk) == counted(service="complaint") == (1, 0)
    )
    assert counted(type="complaint") == (1, 0)
    assert counted(priority=[1, 2, 3, 4]) == (2, 2)
    assert counted(organisation=2**62) == (0, 0)


def test_a_team_lead_reads_the_figures_of_the_own_teams(cast: Cast, some: dict[str, Ticket]) -> None:
    first = kinds(Caller(cast.li).get("levels/compliance/", **WEEK))["first_response"]["now"]
    assert (first["met"], first["missed"]) == (1, 2)


# --- what lies behind -------------------------------------------------------------------------------


@pytest.mark.parametrize("group", list(Group))
def test_groups_add_up_and_open_their_rows(cast: Cast, ma: Manager, some: dict[str, Ticket], group: Group) -> None:
    """SLA-61: as many rows as the figure says, for each group and outcome."""
    whole = kinds(ma.get("levels/compliance/", **WEEK))["first_response"]["now"]
    groups = done(ma.get("levels/groups/", by=group.value, **FIRST))["groups"]
    for outcome in ("met", "missed", "void"):
        assert sum(row["now"][outcome] for row in groups) == whole[outcome]
        for row in groups:
            key = "" if row["key"] is None else row["key"]
            rows = all_pages(ma, "levels/cycles/", by=group.value, key=key, outcome=outcome, limit=1, **FIRST)
            assert len(rows) == row["now"][outcome]
    assert [row["now"]["missed"] for row in groups] == sorted((row["now"]["missed"] for row in groups), reverse=True)


def test_groups_are_named_in_the_language_asked_for(cast: Cast, some: dict[str, Ticket]) -> None:
    rows = done(Manager(cast.ma, "zh-hans").get("levels/groups/", by="service", **FIRST))["groups"]
    assert {row["name"] for row in rows} == {"密码重置", "投诉"}


def test_the_rows_behind_a_figure(cast: Cast, ma: Manager, some: dict[str, Ticket]) -> None:
    rows = all_pages(ma, "levels/cycles/", **FIRST)
    assert {row["request"] for row in rows} == {some[name].number for name in ("met", "late", "silent", "other")}
    assert {row["organisation"]["name"] for row in rows} == {"华信制造", "远航物流"}
    [missed] = [row for row in rows if row["request"] == some["late"].number]
    assert (missed["state"]["value"], missed["counted_seconds"]) == ("breached", 3600)
    assert missed["assignee"]["name"] == "周敏"
    silent = all_pages(ma, "levels/cycles/", outcome="missed", **FIRST)
    assert {row["request"] for row in silent} == {some["late"].number, some["silent"].number}


def test_how_long_things_took(cast: Cast, ma: Manager, some: dict[str, Ticket]) -> None:
    """Median, 90th percentile and the distribution; each bin opens its rows."""
    found = done(ma.get("levels/times/", **FIRST))
    assert (found["span"]["count"], found["span"]["median_seconds"], found["span"]["longest_seconds"]) == (
        3,
        3600,
        3600,
    )
    assert {use["seconds"]: use["cycles"] for use in found["targets"]} == {1800: 2, 86400: 1}
    assert sum(each["met"] + each["missed"] for each in found["bins"]) == 3
    for each in found["bins"]:
        ends = {"least": each["least"], **({"below": each["below"]} if each["below"] else {})}
        assert len(all_pages(ma, "levels/cycles/", **ends, **FIRST)) == each["met"] + each["missed"]
    none = done(ma.get("levels/times/", kind="progress_report", **WEEK))
    assert none["span"] == {"count": 0, "median_seconds": None, "ninth_seconds": None, "longest_seconds": None}
    assert (none["targets"], none["bins"]) == ([], [])


def test_when_things_came_in(cast: Cast, ma: Manager, some: dict[str, Ticket]) -> None:
    hours = {(row["weekday"], row["hour"]): row for row in done(ma.get("levels/hours/", **FIRST))["hours"]}
    monday = hours[1, 10]
    assert (monday["received"], monday["met"], monday["missed"], monday["void"]) == (4, 1, 2, 1)
    assert hours[7, 14]["received"] == 1
    assert len(all_pages(ma, "levels/cycles/", weekday=1, hour=10, **FIRST)) == 3


def test_where_the_time_of_missed_cycles_went(cast: Cast, ma: Manager, some: dict[str, Ticket]) -> None:
    """Twenty minutes nobody had it, forty somebody; the one that still runs is told apart."""
    found = done(ma.get("levels/causes/", **FIRST))
    assert (found["stopped"], found["running"]) == (1, 1)
    assert {share["cause"]["value"]: share["seconds"] for share in found["by_cause"]} == {
        "unassigned": 1200,
        "in_work": 2400,
    }
    assert (found["seconds"], found["counted_seconds"]) == (3600, 3600)
    assert [(share["team"], share["name"]) for share in found["by_team"]] == [(cast.apps.pk, "Application support")]
    for asked in ({"cause": "unassigned"}, {"holder": cast.apps.pk}):
        [row] = all_pages(ma, "levels/cycles/", **asked, **FIRST)
        assert row["request"] == some["late"].number
    assert all_pages(ma, "levels/cycles/", holder="nobody", **FIRST) == []


@pytest.mark.parametrize("name", ["compliance", "groups", "times", "hours", "causes", "cycles", "wall", "wall/clocks"])
def test_as_many_queries_for_many_requests_as_for_few(cast: Cast, ma: Manager, name: str) -> None:
    asked = {"by": "client"} if name == "groups" else {}
    counts = []
    for many in (1, 10):
        for n in range(many):
            late = cast.submit(service=cast.reset, at=MONDAY + n * M)
            services.reply(late, by=cast.zhou, at=MONDAY + 60 * M, body="…")
            cast.submit(service=cast.reset, at=NOW)
        ma.get(f"levels/{name}/", **asked, **FIRST)
        with CaptureQueriesContext(connection) as queries:
            done(ma.get(f"levels/{name}/", **asked, **FIRST))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


# --- the wall ---------------------------------------------------------------------------------------


def test_the_wall_is_for_everybody_of_ours(cast: Cast, zhou: Caller, some: dict[str, Ticket]) -> None:
    services.take_up(some["late"], by=cast.zhou, at=NOW)
    [team] = done(zhou.get("levels/wall/"))["teams"]
    assert (team["name"], team["open"], team["late"], team["soon"]) == ("Application support", 4, 1, 1)
    teams = {row["name"]: row for row in done(Caller(cast.ma).get("levels/wall/"))["teams"]}
    assert set(teams) == {"Application support", "Data"}
    assert done(Caller(cast.ma).get("levels/wall/", team=cast.data.pk))["teams"][0]["name"] == "Data"


def test_what_is_late_next_and_paused(cast: Cast, zhou: Caller, some: dict[str, Ticket]) -> None:
    consulting = cast.in_assessment(at=NOW - H)
    services.wait(consulting, by=cast.zhou, at=NOW - 30 * M, wait_for=Wait.CLIENT)

    def shown(watch: str) -> dict[str, dict[str, Any]]:
        return {row["request"]: row for row in all_pages(zhou, "levels/wall/clocks/", watch=watch, limit=1)}

    assert set(shown("late")) == {some["silent"].number, consulting.number}
    assert set(shown("next")) == {some["running"].number}
    assert shown("next") == {row["request"]: row for row in all_pages(zhou, "levels/wall/clocks/")}
    paused = shown("paused")[consulting.number]
    assert (paused["due_at"], paused["waiting_since"], paused["others"]) == (None, "2026-11-17T01:30:00Z", 0)
    assert shown("next")[some["running"].number]["waiting_since"] is None


def test_the_wall_shows_nothing_that_is_not_for_ones_eyes(cast: Cast, some: dict[str, Ticket]) -> None:
    hidden = cast.submit(service=cast.complaint, at=NOW - M)
    for name, expected in (("zhou", False), ("sun", True), ("ma", True)):
        rows = all_pages(Caller(cast.people[name]), "levels/wall/clocks/")
        assert (hidden.number in {row["request"] for row in rows}) == expected


# --- who ---------------------------------------------------------------------------------------------

FIGURES = ("compliance", "groups", "times", "hours", "causes", "cycles")


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_for_those_who_may_see_dashboards(cast: Cast, name: str) -> None:
    asked = {"by": "client", **FIRST}
    for person in (cast.zhou, cast.zhao, cast.sun):
        answer = Caller(person).get(f"levels/{name}/", **asked)
        assert (answer.status_code, error_of(answer)["code"]) == (403, "not_allowed")
    for person in (cast.li, cast.qin, cast.root):
        done(Caller(person).get(f"levels/{name}/", **({"kind": "resolution"} if name == "cycles" else asked)))
    for person in (cast.chen, cast.hua):
        assert Caller(person).get(f"levels/{name}/", **asked).status_code == 404


@pytest.mark.parametrize("name", ["wall", "wall/clocks"])
def test_the_wall_is_not_for_clients(cast: Cast, name: str) -> None:
    for person in (cast.chen, cast.hua):
        assert Caller(person).get(f"levels/{name}/").status_code == 404
