"""Asking for long work, doing it part by part, and taking the request back."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from celery import current_app
from django.db import transaction
from django.db.models import F

from accounts.models import User
from jobs import kinds
from jobs.models import UNDER_WAY, Job, JobState, Part

log = logging.getLogger(__name__)

WORK_TASK = "jobs.tasks.work"  # by name: tasks call services, not the other way round
HELPERS = 2  # so many workers are called when a job begins; more may join at the next look
ATTEMPTS = 3


def start(kind: str, about: int, ranges: Iterable[tuple[int, int]], *, by: User | None, at: datetime) -> Job:
    """Ask for work on some ranges of ids, inside the caller's transaction; workers begin after the commit.

    A job without parts is finished by the first worker that looks.
    """
    parts = list(ranges)
    Part.objects.filter(job__state__in=[JobState.CANCELLED, JobState.FAILED]).delete()  # what was left of those
    job = Job.objects.create(kind=kind, about=about, by=by, created_at=at, parts_total=len(parts))
    Part.objects.bulk_create(
        Part(job=job, number=number, first=first, last=last) for number, (first, last) in enumerate(parts, start=1)
    )
    transaction.on_commit(call_workers, robust=True)
    return job


def call_workers(count: int = HELPERS) -> None:
    """Tell workers that there is work; should the message be lost, the periodic look finds it."""
    for _ in range(count):
        current_app.send_task(WORK_TASK)


def cancel(job: Job, *, at: datetime) -> bool:
    """Take a request for work back. Parts under way come to their end, no others begin; return whether there was
    anything left to stop."""
    return bool(Job.objects.filter(pk=job.pk, state__in=UNDER_WAY).update(state=JobState.CANCELLED, ended_at=at))


def work(at: datetime) -> bool:
    """Do one part of the oldest job that has one left; return whether there was one."""
    _mark_running(at)
    try:
        with transaction.atomic():
            part = _claimed()
            if part is None:
                return _finish_some(at)
            _do(part, at)
    except _Failed as failed:
        _note_failure(failed, at)
    return True


class _Failed(Exception):
    def __init__(self, part: Part, problem: Exception) -> None:
        super().__init__(str(problem))
        self.part, self.problem = part, problem


def _mark_running(at: datetime) -> None:
    """Before the part's transaction, which would keep other workers waiting for the job's row."""
    first = Job.objects.filter(state__in=UNDER_WAY).order_by("pk").values("pk")[:1]
    Job.objects.filter(pk__in=first, state=JobState.WAITING).update(state=JobState.RUNNING, started_at=at)


def _claimed() -> Part | None:
    left = Part.objects.filter(is_done=False, job__state__in=UNDER_WAY).order_by("job_id", "number")
    return left.select_for_update(skip_locked=True, of=("self",)).select_related("job").first()


def _do(part: Part, at: datetime) -> None:
    try:
        part.result = kinds.get(part.job.kind).handle(part.job, part, at)
    except Exception as problem:
        raise _Failed(part, problem) from problem
    part.is_done = True
    part.save(update_fields=["result", "is_done"])
    Job.objects.filter(pk=part.job_id).update(parts_done=F("parts_done") + 1, progressed_at=at)


def _note_failure(failed: _Failed, at: datetime) -> None:
    """A part that fails is tried again; after some attempts its job is given up, with the reason."""
    part, problem = failed.part, failed.problem
    if isinstance(problem, kinds.GivenUp):
        _give_up(part, str(problem), at)
        return
    log.error("Part %s of job %s failed", part.number, part.job_id, exc_info=problem)
    Part.objects.filter(pk=part.pk).update(failures=F("failures") + 1)
    if part.failures + 1 >= ATTEMPTS:
        _give_up(part, f"{type(problem).__name__}: {problem}", at)


def _give_up(part: Part, problem: str, at: datetime) -> None:
    Job.objects.filter(pk=part.job_id, state__in=UNDER_WAY).update(state=JobState.FAILED, ended_at=at, problem=problem)


def _finish_some(at: datetime) -> bool:
    """Finish a job whose parts are all done; a worker that is at it holds the row, so nobody does it twice."""
    job = (
        Job.objects.filter(state__in=UNDER_WAY)
        .exclude(parts__is_done=False)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")
        .first()
    )
    if job is None:
        return False
    try:
        with transaction.atomic():
            kinds.get(job.kind).finish(job, [part.result or {} for part in job.parts.order_by("number")], at)
            job.parts.all().delete()
    except Exception as problem:
        log.exception("Job %s could not be finished", job.pk)
        job.state, job.problem = JobState.FAILED, f"{type(problem).__name__}: {problem}"
    else:
        job.state = JobState.DONE
    job.started_at, job.ended_at = job.started_at or at, at
    job.save(update_fields=["state", "problem", "started_at", "ended_at"])
    return True
