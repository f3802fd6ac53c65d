"""The past replayed under other terms, by the product's own workers for long work (SLA-62)."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from jobs.models import Job, JobState
from servicedesk.bench.figures import Result
from servicedesk.bench.ground import Ground
from servicedesk.bench.processes import load_average, running, wait_for
from servicedesk.one_machine import Refusal
from sla.models import AgreementVersion, CalendarVersion, WorkingCalendar
from sla.services import calendars, what_if
from sla.services.calendar_content import Content
from sla.services.terms import promises_of
from tickets.models import Ticket

PERIOD = timedelta(days=3 * 365)
PATIENCE = 1800  # seconds
LONGER = [["08:00", "12:00"], ["13:00", "20:00"]]


def measure(ground: Ground) -> Result:
    """Two questions: what if the office were open longer (every request), and what if targets were halved (every
    request under the default agreement)."""
    with running("long") as processes:
        return {
            "requests": Ticket.objects.count(),
            "longer_office_hours": _asked(processes["long"].cpu, calendar=_longer()),
            "halved_targets": _asked(processes["long"].cpu, **_halved()),
            "load_average": load_average(),
        }


def _longer() -> CalendarVersion:
    """A draft of the office hours that opens earlier and closes later."""
    office = WorkingCalendar.objects.get(name="Office hours")
    manager, at = _manager(), timezone.now()
    draft = calendars.draft_for(office, by=manager, at=at)
    content = Content.of(draft)
    hours = {day: LONGER if intervals else [] for day, intervals in content.hours.items()}
    return calendars.save_draft(draft, replace(content, hours=hours), revision=draft.revision, by=manager, at=at)


def _halved() -> dict[str, Any]:
    version = AgreementVersion.objects.filter(agreement__organisation=None).order_by("-number")[:1].get()
    promises = [replace(promise, seconds=promise.seconds // 2) for promise in promises_of(version)]
    return {"agreement": version, "promises": promises}


def _manager() -> User:
    return User.objects.filter(role=Role.MANAGER).order_by("pk")[:1].get()


def _asked(cpu: Any, **about: Any) -> Result:
    """Ask, wait for the answer, and say how long it took."""
    at, began, before = timezone.now(), time.monotonic(), cpu()
    asked = what_if.ask("Bench", by=_manager(), at=at, since=at - PERIOD, until=at, **about)
    asking = time.monotonic() - began
    wait_for(lambda: Job.objects.get(pk=asked.job_id).is_over, PATIENCE, "The replay does not end.")
    seconds = time.monotonic() - began
    asked.refresh_from_db()
    if asked.job.state != JobState.DONE or asked.result is None:
        raise Refusal(f"The replay failed: {asked.job.problem}")
    replayed = asked.result["requests"]
    return {
        "replayed": replayed,
        "changed_outcomes": asked.flips.count(),
        "seconds": round(seconds, 1),
        "of_which_asking": round(asking, 2),
        "requests_per_second": round(replayed / seconds),
        "seconds_for_100000": round(seconds / replayed * 100_000, 1) if replayed else 0.0,
        "worker_cpu_seconds": round(cpu() - before, 1),
    }
