"""`script/bench`: each measurement runs on its own data, with the product's processes; here with tiny numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from servicedesk.bench.calendars import measure as measure_calendars
from servicedesk.bench.figures import Spread, columns, share_of, shown, table
from servicedesk.bench.ground import calm, decade

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
        found = bench(place, "timers", "--clocks", "600", "--due", "6", "--idle", "4")
        for run in ("undisturbed", "worker_killed_and_redis_emptied"):
            said = found[run]
            assert said["running_clocks"] == 606
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
        found = bench(place, "recalculation", "--clocks", "40", "--seconds", "30")
        assert found["preview"]["clocks"] == found["running_clocks"] == 40
        assert found["apply"]["share_done"] == 1
        assert found["median_ms_of_pages"][0]["page"] == "/desk/"
        assert found["failed_pages"] == 0
        assert all(page["before"] > 0 for page in found["median_ms_of_pages"])

    def test_pages_are_compared_with_an_empty_one(self, place: Path) -> None:
        found = bench(place, "pages", "--requests", "60", "--times", "2")
        floor, *pages = found["pages"]
        assert floor["times_floor"] == 1
        assert {page["status"] for page in pages} == {200}


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


def test_tables_are_for_people() -> None:
    said = table({"seconds": 0.25, "inner": {"requests": 100_000}, "pages": [{"page": "/desk/", "ms": 12.5}]})
    assert "100,000" in said
    assert "  requests" in said
    assert columns([{"page": "/", "ms": 3}]).splitlines() == ["page  ms", "   /   3"]
    assert [shown(value) for value in (0.0, 0.25, 2.5, 1234.5, 7, "x", True)] == [
        *("0", "0.25", "2.50", "1,234", "7", "x", "True"),
    ]


def test_another_generator_or_another_size_means_another_template() -> None:
    names = {sort.template("desk") for sort in (calm(10), calm(20), decade(10))}
    assert len(names) == 3
    assert all(name.startswith("desk_bench_") and len(name) < 63 for name in names)
    assert calm(10).template("desk") == calm(10).template("desk")
