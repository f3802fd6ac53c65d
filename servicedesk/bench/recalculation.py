"""Running clocks moved to a new calendar version while people go on working (SLA-31)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from jobs import services as jobs
from jobs.models import Job, JobState
from servicedesk.bench.asking import ask
from servicedesk.bench.figures import Result
from servicedesk.bench.ground import Ground
from servicedesk.bench.people import first, signed_in
from servicedesk.bench.processes import load_average, running, wait_for
from servicedesk.one_machine import Refusal
from sla.models import Clock, Recalculation, WorkingCalendar
from sla.services import calendars, recalculation
from sla.services.calendar_content import Content
from tickets.models import Ticket

PATIENCE = 1800  # seconds
EVERY = 0.5  # seconds between two looks at the pages
BEFORE = 10  # seconds, at most, of looking at the pages with nothing else going on
FAILED = "failed"
SHORTER = [["09:30", "12:00"], ["13:30", "17:00"]]


def measure(ground: Ground, *, seconds: int) -> Result:
    """Publish other office hours, preview, apply.

    Args:
        seconds: after so many the applying is taken back; its rate is known by then.
    """
    with running("web", "long") as processes, _visitor(ground.port) as visitor:
        cpu = processes["long"].cpu
        time.sleep(min(BEFORE, seconds / 10))
        before = visitor.taken_out()
        asked, previewed = _preview(cpu)
        while_previewing = visitor.taken_out()
        applied = _apply(asked, seconds, cpu)
        looks = {"before": before, "preview": while_previewing, "apply": visitor.taken_out()}
        return {
            "running_clocks": Clock.objects.unfinished().count(),
            "preview": previewed,
            "apply": applied,
            "failed_pages": sum(len(taken.get(FAILED, [])) for taken in looks.values()),
            "median_ms_of_pages": [
                {"page": page, **{when: _median(taken.get(page, [])) for when, taken in looks.items()}}
                for page in visitor.pages
            ],
            "load_average": load_average(),
        }


def _preview(cpu: Callable[[], float]) -> tuple[Recalculation, Result]:
    office, at = WorkingCalendar.objects.get(name="Office hours"), timezone.now()
    content = Content.of(office.versions.order_by("-number")[:1].get())
    hours = {day: SHORTER if intervals else [] for day, intervals in content.hours.items()}
    calendars.publish(office, Content(content.time_zone, hours, content.country), at=at)
    began, before = time.monotonic(), cpu()
    manager = User.objects.filter(role=Role.MANAGER).order_by("pk")[:1].get()
    asked = recalculation.preview(by=manager, at=timezone.now(), reason="Bench", calendar=office)
    asking = time.monotonic() - began
    wait_for(lambda: Job.objects.get(pk=asked.preview_id).is_over, PATIENCE, "The preview does not end.")
    taken = time.monotonic() - began
    asked.refresh_from_db()
    if asked.summary is None:
        raise Refusal(f"The preview failed: {asked.preview.problem}")
    spent = {"of_which_asking": round(asking, 2), "worker_cpu_seconds": round(cpu() - before, 1)}
    return asked, {"seconds": round(taken, 1), **spent, **asked.summary}


def _apply(asked: Recalculation, seconds: int, cpu: Callable[[], float]) -> Result:
    began, before = time.monotonic(), cpu()
    manager = User.objects.get(pk=asked.by_id)
    applied = recalculation.apply(asked, by=manager, at=timezone.now())
    asking = time.monotonic() - began
    while not (job := _job(applied.apply_id)).is_over and time.monotonic() - began < seconds:
        time.sleep(0.2)
    taken = time.monotonic() - began
    if job.state == JobState.FAILED:
        raise Refusal(f"Applying failed: {job.problem}")
    jobs.cancel(job, at=timezone.now())
    requests = job.share * asked.changes.values("ticket").distinct().count()
    return {
        "seconds": round(taken, 1),
        "of_which_asking": round(asking, 2),
        "worker_cpu_seconds": round(cpu() - before, 1),
        "requests": round(requests),
        "share_done": round(job.share, 3),
        "requests_per_second": round(requests / taken),
    }


def _job(pk: int | None) -> Job:
    if pk is None:
        raise Refusal("Nothing was begun.")
    return Job.objects.get(pk=pk)


def _median(taken: list[float]) -> float:
    return round(median(taken), 1) if taken else 0.0


@dataclass
class Visitor:
    """Somebody who looks at two pages all the time; what each took, in milliseconds."""

    pages: list[str]
    taken: dict[str, list[float]] = field(default_factory=dict)

    def taken_out(self) -> dict[str, list[float]]:
        """What was taken since the last time somebody asked."""
        found, self.taken = self.taken, {}
        return found


@contextmanager
def _visitor(port: int) -> Iterator[Visitor]:
    """Looks at the queue and at a request while the block lasts."""
    agent = first(Role.AGENT)
    caller = signed_in(agent, "agent")
    ticket = Ticket.objects.visible_to(agent).order_by("-pk")[:1].get()
    visitor = Visitor(["/desk/", f"/desk/requests/{ticket.number}/"])
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(EVERY):
            for page in visitor.pages:
                asked = ask(port, caller.call(page), 1, warm=0)
                visitor.taken.setdefault(page if asked.status == 200 else FAILED, []).extend(asked.ms)

    for page in visitor.pages:
        ask(port, caller.call(page), 3)
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield visitor
    finally:
        ended.set()
        thread.join(30)
