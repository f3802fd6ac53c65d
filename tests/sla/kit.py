"""What the tests of service levels are made with: agreements, calendars, jobs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Organisation
from jobs import services as jobs
from sla.models import Agreement, AgreementState, AgreementVersion, CalendarVersion, WorkingCalendar
from sla.services.calendar_content import Content
from sla.services.calendars import publish
from sla.services.templates import ALL_HOURS
from sla.services.terms import Promise, Rung, store_promises
from tests.cast import MONDAY

MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)
DAYS = timedelta(days=1)


def calendar(name: str = "24×7") -> WorkingCalendar:
    """One of those every installation begins with."""
    return WorkingCalendar.objects.get(name=name)


def promise(kind: str = "first_response", minutes: float = 30, **more: Any) -> Promise:
    """A promise around the clock, unless another calendar is named."""
    more.setdefault("calendar", calendar().pk)
    return Promise(kind=kind, seconds=int(minutes * 60), **more)


def ladder(*points: str, **more: Any) -> tuple[Rung, ...]:
    """Rungs that tell the person responsible."""
    return tuple(Rung(point, ("assignee",), **more) for point in points)


def agreement(
    *promises: Promise,
    client: Organisation | None = None,
    since: datetime = MONDAY - DAYS,
    until: datetime | None = None,
    of: Agreement | None = None,
) -> AgreementVersion:
    """A version in force."""
    of = of or Agreement.objects.create(name=f"{client or 'All'} agreement", organisation=client)
    version = AgreementVersion.objects.create(
        agreement=of,
        number=of.versions.count() + 1,
        state=AgreementState.IN_FORCE,
        effective_from=since,
        effective_to=until,
    )
    store_promises(version, promises)
    return version


def default_agreement() -> AgreementVersion:
    """The one of SLA-11."""
    return AgreementVersion.objects.get(agreement__organisation__isnull=True, state=AgreementState.IN_FORCE)


def republish(of: WorkingCalendar, hours: Any = ALL_HOURS, *, at: datetime, **more: Any) -> CalendarVersion:
    """The next version of a calendar, with other hours."""
    return publish(of, Content(more.pop("zone", "Asia/Shanghai"), hours, **more), at=at)


def run_jobs(at: datetime) -> None:
    """Do what workers would do."""
    while jobs.work(at):
        pass
