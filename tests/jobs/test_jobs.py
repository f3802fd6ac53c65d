"""Long work in parts: done once, resumed after a crash, given up with a reason, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection

from jobs import kinds, services
from jobs.models import Job, JobState, Part
from tests.cast import MONDAY, Cast

SECOND = timedelta(seconds=1)
done: list[tuple[int, int]] = []
finished: list[list[dict[str, Any]]] = []


def handle(job: Job, part: Part, at: Any) -> dict[str, Any]:
    done.append((part.first, part.last))
    return {"sum": part.first + part.last}


def fail_on_three(job: Job, part: Part, at: Any) -> dict[str, Any]:
    if part.first == 3:
        raise ZeroDivisionError("three")
    return handle(job, part, at)


def give_up_on_two(job: Job, part: Part, at: Any) -> dict[str, Any]:
    if part.first == 2:
        raise kinds.GivenUp("No sense.")
    return handle(job, part, at)


def finish(job: Job, results: list[dict[str, Any]], at: Any) -> None:
    finished.append(results)


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    doing = {"test": handle, "failing": fail_on_three, "senseless": give_up_on_two}
    kinds.register(kinds.Kind(name, each, finish) for name, each in doing.items())
    done.clear()
    finished.clear()
    yield
    for name in doing:
        kinds._kinds.pop(name)


def run(at: Any = MONDAY) -> int:
    count = 0
    while services.work(at):
        count += 1
    return count


def test_each_part_is_done_once_and_the_whole_is_finished_with_their_results_in_order(cast: Cast) -> None:
    job = services.start("test", 7, [(1, 2), (3, 4), (5, 6)], by=cast.ma, at=MONDAY)
    assert run(MONDAY + SECOND) == 4
    job.refresh_from_db()
    assert done == [(1, 2), (3, 4), (5, 6)]
    assert finished == [[{"sum": 3}, {"sum": 7}, {"sum": 11}]]
    assert (job.state, job.parts_done, job.share, job.ended_at) == (JobState.DONE, 3, 1.0, MONDAY + SECOND)
    assert not job.parts.exists(), "what the parts said is in the result; they are put away"


def test_a_job_without_parts_is_finished_at_once(cast: Cast) -> None:
    services.start("test", 7, [], by=cast.ma, at=MONDAY)
    assert run() == 1
    assert finished == [[]]


def test_progress_can_be_read_meanwhile(cast: Cast) -> None:
    job = services.start("test", 7, [(1, 1), (2, 2), (3, 3), (4, 4)], by=cast.ma, at=MONDAY)
    assert (job.state, job.share, job.seconds_left(MONDAY)) == (JobState.WAITING, 0.0, None)
    services.work(MONDAY + SECOND)
    job.refresh_from_db()
    assert (job.state, job.share, job.progressed_at) == (JobState.RUNNING, 0.25, MONDAY + SECOND)
    assert job.seconds_left(MONDAY + 3 * SECOND) == 6.0


def test_a_job_is_stuck_when_nothing_has_come_of_it_for_minutes(cast: Cast) -> None:
    job = services.start("test", 7, [(1, 1), (2, 2)], by=cast.ma, at=MONDAY)
    assert not job.is_stuck(MONDAY + 600 * SECOND), "it waits; others may come first"
    services.work(MONDAY + 600 * SECOND)
    job.refresh_from_db()
    assert not job.is_stuck(MONDAY + 700 * SECOND)
    assert job.is_stuck(MONDAY + 800 * SECOND)
    run(MONDAY + 900 * SECOND)
    job.refresh_from_db()
    assert not job.is_stuck(MONDAY + 9000 * SECOND)


def test_a_part_that_has_no_sense_any_more_ends_its_job_at_once(cast: Cast) -> None:
    job = services.start("senseless", 7, [(1, 1), (2, 2), (3, 3)], by=cast.ma, at=MONDAY)
    assert run(MONDAY + SECOND) == 2
    job.refresh_from_db()
    assert (job.state, job.problem, job.parts_done) == (JobState.FAILED, "No sense.", 1)
    assert (done, finished) == ([(1, 1)], [])


def test_a_cancelled_job_stops_between_parts(cast: Cast) -> None:
    job = services.start("test", 7, [(1, 1), (2, 2)], by=cast.ma, at=MONDAY)
    services.work(MONDAY)
    assert services.cancel(job, at=MONDAY)
    assert run() == 0
    job.refresh_from_db()
    assert (job.state, done, finished) == (JobState.CANCELLED, [(1, 1)], [])
    assert not services.cancel(job, at=MONDAY), "there is nothing left to stop"


def test_a_part_that_fails_is_tried_again_and_then_the_job_says_why(cast: Cast) -> None:
    job = services.start("failing", 7, [(1, 1), (3, 3), (5, 5)], by=cast.ma, at=MONDAY)
    run()
    job.refresh_from_db()
    assert (job.state, job.problem) == (JobState.FAILED, "ZeroDivisionError: three")
    assert job.parts.get(first=3).failures == services.ATTEMPTS
    assert finished == []


def test_jobs_are_done_in_the_order_in_which_they_were_asked_for(cast: Cast) -> None:
    services.start("test", 1, [(1, 1)], by=cast.ma, at=MONDAY)
    services.start("test", 2, [(2, 2)], by=cast.ma, at=MONDAY)
    run()
    assert done == [(1, 1), (2, 2)]


def wait_until_free(first: int) -> None:
    """The database needs a moment to notice that a connection was closed, and to give up its locks."""
    third = psycopg2.connect(**connection.get_connection_params())
    with third, third.cursor() as cursor:  # its own lock is gone with the end of its transaction
        cursor.execute("SELECT id FROM jobs_part WHERE first = %s FOR UPDATE", [first])
    third.close()


@pytest.mark.django_db(transaction=True)
def test_a_part_that_another_worker_holds_is_passed_over_and_free_when_it_dies() -> None:
    """A killed worker's transaction is gone with it, and its part is there for the next."""
    services.start("test", 7, [(1, 1), (2, 2)], by=None, at=MONDAY)
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM jobs_part WHERE first = 1 FOR UPDATE")
        assert services.work(MONDAY)
        assert done == [(2, 2)]
        assert not services.work(MONDAY), "the job is not finished while a part is under way"
    finally:
        other.close()
    wait_until_free(1)
    assert run() == 2
    assert sorted(done) == [(1, 1), (2, 2)]
    assert len(finished) == 1
