"""The sweep: finds what is due and handles it, request by request (SLA-50…SLA-53).

Everything it needs is in the database: after a killed worker, an emptied Redis or a stopped beat the next sweep finds
what was missed. Two sweeps at once share the work.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sla.models import Clock
from sla.services.clocks import refresh
from tickets.models import Ticket
from tickets.services.door import locked

log = logging.getLogger(__name__)

BATCH = 200


def sweep(at: datetime, *, limit: int = BATCH) -> int:
    """Handle what is due at `at`, up to `limit` requests; return how many were handled."""
    return sum(_handle(ticket_id, at) for ticket_id in _due_tickets(at, limit))


def _due_tickets(at: datetime, limit: int) -> list[int]:
    """Requests with a clock to look at, the longest overdue first: one probe of a partial index (SLA-53)."""
    due = Clock.objects.filter(next_check_at__lte=at, parked_at__isnull=True).order_by("next_check_at")
    return list(dict.fromkeys(due.values_list("ticket_id", flat=True)[:limit]))


def _handle(ticket_id: int, at: datetime) -> bool:
    """Read the clocks of one request in a transaction of its own; a failure parks them and stops nothing else."""
    try:
        # Lock order: ticket, then clocks. A request somebody works on is skipped; the next sweep comes soon.
        with locked(ticket_id, at=at, skip_locked=True) as ticket:
            refresh(ticket, now=at)
    except Ticket.DoesNotExist:
        return False
    except Exception as error:
        log.exception("The clocks of request %s are parked", ticket_id)
        _park(ticket_id, at, error)
        return False
    return True


def _park(ticket_id: int, at: datetime, error: Exception) -> None:
    Clock.objects.filter(ticket=ticket_id, next_check_at__lte=at).update(
        parked_at=at, problem=f"{type(error).__name__}: {error}"
    )


def unpark(ticket_id: int, at: datetime) -> bool:
    """Try the parked clocks of a request again (an operator's act); return whether it worked.

    Where it fails anew, they are parked anew, with the new problem.
    """
    Clock.objects.filter(ticket=ticket_id, parked_at__isnull=False).update(parked_at=None, problem="", next_check_at=at)
    return _handle(ticket_id, at)
