"""`manage.py rebuild_clocks`: prove the clock rows equal to the record, and make anew what is not."""

from __future__ import annotations

import sys
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from sla.services.rebuild import Difference, rebuild, verify
from tickets.models import Ticket, TicketQuerySet

SHOWN = 50


class Command(BaseCommand):
    """Verifies first and lists the differences; then rebuilds the requests that have some, or all of them."""

    help = "Compare clock rows with the record of their requests and rebuild those that differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="requests to look at; all when none is named")
        parser.add_argument("--check", action="store_true", help="only compare; exit code 1 when something differs")
        parser.add_argument("--all", action="store_true", help="rebuild every request looked at, equal or not")
        parser.add_argument("--sample", type=int, metavar="N", help="look at N requests, chosen at random")
        parser.add_argument("--seed", type=int, default=0, help="of the choice (0)")

    def handle(self, *args: object, **options: Any) -> None:
        tickets = self._tickets(options)
        wrong = self._verify(tickets)
        if options["check"]:
            sys.exit(1 if wrong else 0)
        wanted = tickets if options["all"] else tickets.filter(number__in=wrong)
        if wrong or options["all"]:
            count = rebuild(wanted, at=timezone.now())
            self.stdout.write(f"Rebuilt the clocks of {count} requests.")

    def _tickets(self, options: dict[str, Any]) -> TicketQuerySet:
        tickets = Ticket.objects.filter(number__in=options["numbers"]) if options["numbers"] else Ticket.objects.all()
        if options["sample"]:
            keys = list(tickets.order_by("pk").values_list("pk", flat=True))
            chosen = Random(options["seed"]).sample(keys, min(options["sample"], len(keys)))  # noqa: S311 - no secret
            tickets = tickets.filter(pk__in=chosen)
        return tickets

    def _verify(self, tickets: TicketQuerySet) -> set[str]:
        wrong: set[str] = set()
        count = 0
        for difference in verify(tickets):
            wrong.add(difference.number)
            count += 1
            if count <= SHOWN:
                self.stderr.write(_line(difference))
        if count > SHOWN:
            self.stderr.write(f"… and {count - SHOWN} differences more.")
        self.stdout.write(f"Looked at {tickets.count()} requests: {count} differences in {len(wrong)} of them.")
        return wrong


def _line(difference: Difference) -> str:
    said = f": the row says {difference.row or 'nothing'}, the record {difference.fold}" if difference.fold else ""
    return f"{difference.number} {difference.clock} {difference.what}{said}"
