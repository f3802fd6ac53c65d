"""`script/bench`: each measurement runs on its own data, with the product's processes; here with tiny numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk.filters import View
from servicedesk.bench import queues
from servicedesk.bench.addresses import Cast, addresses
from servicedesk.bench.bare import Caught, beyond, caught
from servicedesk.bench.calendars import measure as measure_calendars
from servicedesk.bench.figures import Spread, columns, share_of, shown, table
from servicedesk.bench.ground import calm, decade
from servicedesk.bench.limits import QUEUE, Limit, with_growth
from servicedesk.bench.statements import logged, simpler
from tests.cast import MONDAY
from tickets import services
from tickets.acts import Act

ROOT = Path(__file__).resolve().parents[2]
LIVE = [pytest.mark.live, pytest.mark.timeout(300), pytest.mark.xdist_group("bench")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for all measurements, as an operator has it."""
    return tmp_path_factory.mktemp("bench")


def bench(place: Path, *arguments: str) -> Any:
    """What `script/bench` prints for machines."""
    command = [sys.executable, "-m", "servicedesk.bench", *arguments, "--json"]
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
    outside |= {"VAR_DIR": str(place)}
    done = subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def databases() -> set[str]:
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


class TestProcesses:
    """With PostgreSQL, Redis, worker, beat and web server."""

    pytestmark = LIVE

    def test_timers_are_on_record_once_also_when_the_worker_is_killed(self, place: Path) -> None:
        """SLA-50…SLA-53."""
        found = bench(place, "timers", "--clocks", "60", "--due", "6", "--idle", "4")
        for run in ("undisturbed", "worker_killed_and_redis_emptied"):
            said = found[run]
            assert said["running_clocks"] == 66
            assert said["steps_expected"] == said["step_rows"] == said["seconds_until_written"]["count"] == 6
            assert (said["steps_missing"], said["steps_double"]) == (0, 0)
            assert (said["notices_missing"], said["notices_double"]) == (0, 0)
            assert said["notices_expected"] == 3 + 3 * 3  # assignee; assignee, lead, the one manager
            assert said["seconds_until_written"]["max"] < 60
        idle = found["undisturbed"]["idle"]
        assert idle["scans_of_all_clocks"] == 0
        assert idle["statements_per_sweep"] <= 2
        assert not any(name.endswith("_bench") for name in databases())

    def test_a_what_if_is_replayed(self, place: Path) -> None:
        """SLA-62."""
        found = bench(place, "what-if", "--requests", "60")
        assert found["longer_office_hours"]["replayed"] == 60
        assert 0 < found["halved_targets"]["replayed"] <= 60
        assert found["halved_targets"]["changed_outcomes"] > 0

    def test_a_recalculation_is_previewed_and_applied_while_pages_answer(self, place: Path) -> None:
        """SLA-31."""
        found = bench(place, "recalculation", "--clocks", "60", "--seconds", "30")
        assert found["preview"]["clocks"] == found["running_clocks"] == 60
        assert found["apply"]["share_done"] == 1
        assert found["median_ms_of_pages"][0]["page"] == "/desk/"
        assert found["failed_pages"] == 0
        assert all(page["before"] > 0 for page in found["median_ms_of_pages"])

    def test_every_page_stands_beside_its_floor_and_a_smaller_desk(self, place: Path) -> None:
        web = "exec gunicorn servicedesk.wsgi --bind $HOST:$PORT --worker-class gthread --workers 1 --threads 2"
        sizes = ("--requests", "60", "--small", "30", "--combinations", "4")
        often = ("--times", "1", "--concurrent", "2", "--seconds", "0.01", "--only", "(agent)")
        found = bench(place, "pages", *sizes, *often, "--statements", "--web", web)
        assert (found["requests"], found["small_desk"]["requests"]) == (60, 30)
        empty, *pages = found["pages"]
        assert (empty["page"], empty["sql_ms"], empty["reached"]) == ("empty (agent)", 0, None)
        names = {page["page"] for page in pages}
        assert {"queue (agent)", "queue, view=late (agent)", "request page, long (agent)"} <= names
        queue = next(page for page in pages if page["page"] == "queue (agent)")
        assert queue["floor_ms"] > queue["sql_ms"] > 0
        assert queue["times_floor"] == pytest.approx(queue["ms"] / queue["floor_ms"], abs=0.02)
        assert min(queue[name] for name in ("queries", "bytes", "per_second", "small_ms", "times_small")) > 0
        assert isinstance(queue["reached"], bool)
        assert found["combinations"]["looked_at"] == 4 < found["combinations"]["offered"]
        assert [row["process"] for row in found["memory"]] == ["first", "worker"]
        assert all(0 < row["pss_mib"] <= row["rss_mib"] <= row["peak_mib"] for row in found["memory"])
        first, *others = found["statements"]
        assert first["total_ms"] >= max(other["total_ms"] for other in others)

    def test_every_act_is_done_one_by_one_and_by_several_at_once(self, place: Path) -> None:
        found = bench(place, "writes", "--requests", "60", "--times", "2", "--concurrent", "2", "--seconds", "0.01")
        acts = {row["act"].partition(" ")[0]: row for row in found["acts"]}
        assert set(acts) == {"submit", "survey", *map(str, Act)}
        assert all(0 < row["queries_in_transaction"] < row["queries"] for row in acts.values())
        assert all(row["ms"] > 0 for row in acts.values())
        assert acts["reply"]["at_once"] > 0
        assert acts["reply"]["per_second"] > 0


def test_every_page_that_is_measured_answers(cast: Any) -> None:
    for ticket in (cast.submit(), cast.in_execution(), cast.delivered(), cast.closed()):
        services.note(ticket, by=cast.zhou, at=MONDAY, body="A note")
    pages = addresses(Cast.of_desk(), MONDAY + timedelta(hours=1))
    names = {page.name for page in pages}
    assert {f"queue, view={view} (agent)" for view in View} <= names
    assert {"wall", "portal home (contact)", "API, list of 50", "sign-in page"} <= names
    answers = {page.name: caught(page.caller, page.caller.call(page.path), warm=0) for page in pages}
    assert {seen.status for seen in answers.values()} == {200, 302}
    sides = {"queue": ("agent", "manager"), "portal home": ("contact", "client manager")}
    assert {name for name, seen in answers.items() if seen.status == 302} == {
        f"{page}, search: {kind} ({who})"
        for page, people in sides.items()
        for kind in ("number", "end of a number")
        for who in people
    }
    assert all(seen.queries for name, seen in answers.items() if name != "sign-in page")


def test_every_view_and_filter_of_the_queue_is_offered(cast: Any) -> None:
    offered = queues.narrowed(cast.zhou)
    assert {name.partition(", ")[0] for name in offered} == {f"view={view}" for view in View}
    assert {name.partition(", ")[2] for name in offered} == {
        *("state", "service", "client", "person", "priority", "team", "channel", "late"),
    }
    assert f"/desk/?view=all&client={cast.huaxin.pk}" in offered["view=all, client"]
    assert "/desk/?view=late&person=nobody" in offered["view=late, person"]


def test_a_page_in_the_middle_begins_where_the_first_half_ends(cast: Any) -> None:
    tickets = [cast.closed() for _ in range(4)]
    assert queues.later_pages(cast.zhou, MONDAY) == {
        "view=closed, page in the middle": f"/desk/?view=closed&after=20261116T020000.000000_{tickets[2].pk}",
    }


def test_working_time_and_folds_are_counted() -> None:
    found = measure_calendars(300)
    assert found["sla_time"]["lines"] == 300
    assert found["sla_replay"]["lines"] == 30
    assert found["fold"]["folds_per_second"] > 100


def test_a_spread_knows_its_marks() -> None:
    spread = Spread.of(range(1, 101))
    assert (spread.count, spread.median, spread.p95, spread.p99, spread.max) == (100, 50.5, 95, 99, 100)
    assert Spread.of([]).to_json() == {"count": 0, "median": 0, "p95": 0, "p99": 0, "max": 0}
    assert share_of([3.0], 0.99) == 3


@pytest.mark.parametrize(
    ("row", "small", "kept"),
    [
        ({"ms": 30.0, "times_floor": 2.9}, 24.0, True),
        ({"ms": 30.0, "times_floor": 3.1}, 24.0, False),
        ({"ms": 30.0, "times_floor": 2.9}, 20.0, False),
        ({"ms": 30.0, "times_floor": 2.9}, None, True),
    ],
)
def test_a_limit_is_kept_or_not(row: dict[str, Any], small: float | None, kept: bool) -> None:
    page = {"page": "queue", **row, "target": QUEUE}
    beside = {"pages": [{"page": "queue", "ms": small}]} if small else None
    (found,) = with_growth({"pages": [page]}, beside)["pages"]
    assert found["reached"] is kept
    assert str(QUEUE) == "≤ 3 × floor, ≤ 1.3 × small"
    assert Limit().is_kept_by(row) is None
    assert Limit(ms=20).is_kept_by(row) is False


def test_statements_are_read_from_a_log_and_those_of_a_kind_are_one() -> None:
    log = (
        '2026-11-26 10:00:00 UTC [7] LOG:  duration: 1.500 ms  statement: SELECT "t"."id", "t"."a", "t"."b"\n',
        '\tFROM "t" WHERE "t"."a" IN (1, 2, 3) AND b = \'it\'\'s\' LIMIT 21\n',
        "2026-11-26 10:00:00 UTC [7] LOG:  checkpoint starting: time\n",
        "2026-11-26 10:00:00 UTC [8] LOG:  duration: 0.250 ms  statement: COMMIT\n",
    )
    assert [(ms, simpler(text)) for ms, text in logged(log)] == [
        (1.5, 'SELECT …, "t"."b" FROM "t" WHERE "t"."a" IN (?, …) AND b = ? LIMIT ?'),
        (0.25, "COMMIT"),
    ]
    assert simpler('SAVEPOINT "s140_x1"') == simpler('SAVEPOINT "s7_x22"')
    assert simpler("SELECT U0.id FROM t2 U0 WHERE x = $1") == simpler("SELECT U0.id FROM t2 U0 WHERE x = -5.5")


def test_a_page_owns_the_statements_that_the_empty_view_does_not_execute() -> None:
    assert beyond(["a", "b", "a", "c"], ["a", "c", "d"]) == ["b", "a"]
    seen = Caught(200, b"", ["SELECT", "BEGIN", "INSERT", "UPDATE", "COMMIT", "SELECT"])
    assert (seen.queries, seen.in_transactions) == (4, 2)


def test_tables_are_for_people() -> None:
    said = table({"seconds": 0.25, "inner": {"requests": 100_000}, "pages": [{"page": "/desk/", "ms": 12.5}]})
    assert "100,000" in said
    assert "  requests" in said
    assert columns([{"page": "/", "ms": 3}, {"page": "协同", "ms": 12}]).splitlines() == [
        *("page  ms", "/      3", "协同  12"),
    ]
    assert [shown(value) for value in (0.0, 0.25, 2.5, 1234.5, 7, "x", True, False, None)] == [
        *("0", "0.25", "2.50", "1,234", "7", "x", "yes", "NO", "–"),
    ]


def test_another_generator_or_another_size_means_another_template() -> None:
    names = {sort.template("desk") for sort in (calm(10), calm(20), decade(10))}
    assert len(names) == 3
    assert all(name.startswith("desk_bench_") and len(name) < 63 for name in names)
    assert calm(10).template("desk") == calm(10).template("desk")
