"""A running installation: warnings and breaches come within seconds, once, whatever happens (SLA-50…SLA-52)."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from notifications.models import Delivery, DeliveryState
from sla.models import Target, WorkingCalendar
from tests.cast import Cast
from tests.live.processes import beat, kill, wait_for, worker
from tickets import services
from tickets.models import Ticket
from tickets.states import EventKind

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

TARGET = timedelta(seconds=30)
WITHIN = timedelta(seconds=5)
INSTANTS = {"warn:50%": TARGET * 0.5, "warn:80%": TARGET * 0.8, "breach": TARGET}


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """A request of Zhou's, whose first response is promised within 30 seconds at any hour."""
    always = WorkingCalendar.objects.get(name="24×7")
    Target.objects.filter(kind="first_response", type="").update(seconds=TARGET.total_seconds(), calendar=always)
    ticket = cast.submit(service=cast.reset, at=timezone.now())
    return services.assign(ticket, by=cast.li, at=timezone.now(), assignee=cast.zhou)


def has(ticket: Ticket, step: str) -> bool:
    return ticket.events.filter(data__step=step).exists()


def check(ticket: Ticket) -> None:
    """Each step once, at its exact instant, written down within five seconds of it; told and delivered."""
    events = ticket.events.filter(kind__in=[EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED])
    assert sorted(event.data["step"] for event in events) == sorted(INSTANTS)
    for event in events:
        assert event.at == ticket.received_at + INSTANTS[event.data["step"]]
        assert event.recorded_at - event.at <= WITHIN
    told = Delivery.objects.filter(notice__kind__in=["clock_warned", "clock_breached"])
    people = sorted((d.notice.kind, d.notice.recipient.name) for d in told.select_related("notice__recipient"))
    breached = [("clock_breached", name) for name in ("周敏", "李想", "马超")]
    assert people == sorted([*breached, ("clock_warned", "周敏"), ("clock_warned", "周敏")])
    wait_for(lambda: not told.exclude(state=DeliveryState.SENT).exists(), 15, "every notice is delivered")


def test_warnings_and_the_breach_are_noticed_told_and_delivered(ticket: Ticket, tmp_path: Path) -> None:
    with worker(), beat(tmp_path / "beat"):  # type: ignore[attr-defined]
        wait_for(lambda: has(ticket, "breach"), 60, "the breach")
        check(ticket)


def test_nothing_is_lost_or_doubled_when_the_worker_is_killed_and_redis_emptied(ticket: Ticket, tmp_path: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(beat(tmp_path / "beat"))  # type: ignore[arg-type]
        first = stack.enter_context(worker())  # type: ignore[arg-type]
        wait_for(lambda: has(ticket, "warn:50%"), 40, "the first warning")
        kill(first)
        stack.enter_context(worker())  # type: ignore[arg-type]
        wait_for(lambda: has(ticket, "warn:80%"), 40, "the second warning, by the next worker")
        redis.Redis.from_url(settings.REDIS_URL).flushdb()
        wait_for(lambda: has(ticket, "breach"), 40, "the breach, after Redis was emptied")
        check(ticket)
