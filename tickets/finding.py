"""One request by its number: what every page about a request begins with."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from accounts.prepared import prepared
from tickets.models import Ticket


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
