"""Timers under load: many running clocks, many of them due in the same second (SLA-50…SLA-53)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

from django.db import connection
from django.db.models import Max, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from notifications.models import Delivery, DeliveryState, Notice
from servicedesk.bench.figures import Result, Spread
from servicedesk.bench.ground import Ground
from servicedesk.bench.population import Population, populate
from servicedesk.bench.processes import Process, database_cpu, load_average, running, wait_for
from servicedesk.one_machine import Refusal
from sla.models import Clock, ClockStep
from sla.tasks import sweep
from tickets.models import Ticket, TicketEvent
from tickets.states import EventKind

PATIENCE = 180  # seconds after the instant; what is not on record by then counts as missing
LOOK = 0.02  # seconds between two looks at what is on record
STEPS = (EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED)


def measure(ground: Ground, *, due: int, idle: int, kill: bool) -> Result:
    """Let so many steps fall due at one instant and see when each is on record.

    Args:
        idle: seconds of looking on while nothing is due.
        kill: in the middle of it kill the worker with -9 and empty Redis.
    """
    with running("worker", "beat") as processes:
        population = populate(due)
        if timezone.now() > population.due:
            raise Refusal("Preparing took longer than expected; please try again.")
        seen = list(_seen(ground, population, processes["worker"], kill=kill))
        result = {**_lateness(population, seen), **_once(population), **_told(population)}
        if not kill:
            result["idle"] = _idle(processes, idle)
    return {"running_clocks": Clock.objects.unfinished().count(), "load_average": load_average(), **result}


def _seen(ground: Ground, population: Population, worker: Process, *, kill: bool) -> Iterator[float]:
    """Seconds after the instant at which each step could be read by others."""
    time.sleep(max(0.0, (population.due - timezone.now()).total_seconds()))
    count = 0
    while count < population.expected:
        late = (timezone.now() - population.due).total_seconds()
        if late > PATIENCE:
            return
        now = _on_record(population)
        yield from [late] * (now - count)
        count = now
        if kill and 0 < count < population.expected:
            kill = not worker.kill_workers()
            ground.empty_redis()
        time.sleep(LOOK)


def _on_record(population: Population) -> int:
    return TicketEvent.objects.filter(kind__in=STEPS, at=population.due).count()


def _lateness(population: Population, seen: list[float]) -> Result:
    """From the instant until written down, and until others could read it."""
    events = TicketEvent.objects.filter(kind__in=STEPS, at=population.due)
    written = [(recorded - at).total_seconds() for at, recorded in events.values_list("at", "recorded_at")]
    return {"seconds_until_written": Spread.of(written).to_json(), "seconds_until_seen": Spread.of(seen).to_json()}


def _once(population: Population) -> Result:
    """Every step is there once, on the clock and in the record."""
    events = Counter(
        TicketEvent.objects.filter(kind__in=STEPS, at=population.due).values_list("ticket_id", "kind").iterator()
    )
    expected = {(pk, str(EventKind.CLOCK_WARNED)) for pk in population.warned}
    expected |= {(pk, str(EventKind.CLOCK_BREACHED)) for pk in population.late}
    return {
        "steps_expected": population.expected,
        "steps_missing": len(expected - events.keys()),
        "steps_double": sum(count - 1 for count in events.values()) + len(events.keys() - expected),
        "step_rows": ClockStep.objects.filter(at=population.due).count(),
    }


def _told(population: Population) -> Result:
    """Every notice is there once for each person it is meant for, and when the last mail was sent."""
    people = list(User.objects.active().filter(role=Role.MANAGER).values_list("pk", flat=True))
    tickets = Ticket.objects.filter(pk__in=[*population.warned, *population.late]).select_related("team")
    expected: Counter[tuple[str, int, str]] = Counter()
    for ticket in tickets:
        meant = {ticket.assignee_id}
        if ticket.pk in population.late:
            meant |= {ticket.team.lead_id if ticket.team else None, *people}
        kind = "clock_breached" if ticket.pk in population.late else "clock_warned"
        expected.update((kind, person, f"/desk/requests/{ticket.number}/") for person in meant if person)
    told: Counter[tuple[str, int, str]] = Counter(_notices(population).values_list("kind", "recipient", "path"))
    mails = Delivery.objects.filter(notice__in=_notices(population))
    wait_for(lambda: not mails.exclude(state=DeliveryState.SENT).exists(), PATIENCE, "Mails are not sent.")
    last = mails.aggregate(last=Max("sent_at"))["last"]
    return {
        "notices_expected": expected.total(),
        "notices_missing": (expected - told).total(),
        "notices_double": (told - expected).total(),
        "seconds_until_last_mail": round((last - population.due).total_seconds(), 2) if last else 0.0,
    }


def _notices(population: Population) -> QuerySet[Notice]:
    return Notice.objects.filter(kind__in=["clock_warned", "clock_breached"], created_at__gte=population.due)


def _idle(processes: dict[str, Process], seconds: int) -> Result:
    """What looking costs when nothing is due."""
    wait_for(lambda: not Clock.objects.filter(next_check_at__lte=timezone.now()).exists(), 30, "Something stays due.")
    time.sleep(2)
    before = _counters(processes)
    time.sleep(seconds)
    after = _counters(processes)
    spent = {name: after[name] - before[name] for name in after}
    with CaptureQueriesContext(connection) as statements:
        sweep()
    return {
        "seconds": seconds,
        "index_probes": int(spent["probes"]),
        "scans_of_all_clocks": int(spent["scans"]),
        "statements_per_sweep": len(statements),
        "worker_cpu_ms_per_second": round(1000 * spent["worker"] / seconds, 1),
        "beat_cpu_ms_per_second": round(1000 * spent["beat"] / seconds, 1),
        "database_cpu_ms_per_second": round(1000 * spent["database"] / seconds, 1),
    }


def _counters(processes: dict[str, Process]) -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'clocks_to_check'")
        probes = cursor.fetchone()[0]
        cursor.execute("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'sla_clock'")
        scans = cursor.fetchone()[0]
    return {
        "probes": probes,
        "scans": scans,
        "database": database_cpu(),
        **{name: process.cpu() for name, process in processes.items()},
    }
