"""One request by its number: as an address says it, and as people type it."""

from __future__ import annotations

import re
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from accounts.prepared import prepared
from tickets.models import Ticket, TicketQuerySet


def find(number: str, user: User) -> Ticket | None:
    """The request of that number, with its service, client, team and the request it was merged into; None if there is
    none or this person may not see it (R-070). Its people are looked up as they are asked for, or together with others
    (`accounts.people`)."""
    found = _numbered(number)
    return found[0] if found and found[0].is_visible_to(user) else None


@prepared
def _numbered(number: str) -> QuerySet[Ticket]:
    found = Ticket.objects.select_related("service", "organisation", "team", "merged_into")
    return found.filter(number=number).order_by()


_NUMBER = re.compile(r"(?:[A-Z]{1,4}-(?P<year>\d{4})-)?0*(?P<count>\d{1,9})", re.IGNORECASE)
_YEARS = 10


def named_by(tickets: TicketQuerySet, text: str, at: datetime) -> Ticket | None:
    """The one request whose number, or the count at the end of it, somebody typed; None if there is none or several.

    The full numbers are looked up, one per year, since their index knows no endings.
    """
    typed = _NUMBER.fullmatch(text.strip())
    if typed is None:
        return None
    years = [int(typed["year"])] if typed["year"] else range(at.year - _YEARS, at.year + 2)
    found = list(tickets.filter(number__in=[f"SD-{year}-{int(typed['count']):06d}" for year in years])[:2])
    return found[0] if len(found) == 1 else None
