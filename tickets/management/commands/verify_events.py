"""`manage.py verify_events [NUMBER …]`: is the record of every request whole? (R-026, R-093)"""

from __future__ import annotations

import sys
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.events import verify
from tickets.models import Ticket


class Command(BaseCommand):
    """Walks the hash chains; exit code 1 and one line per flaw if something was changed behind the system's back."""

    help = "Check that no event or message was altered, removed or added behind the system's back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="requests to check; all when none is given")
        parser.add_argument("--sample", type=int, metavar="N", help="check N requests, chosen at random")
        parser.add_argument("--seed", type=int, default=0, help="of the choice (0)")

    def handle(self, *args: object, **options: Any) -> None:
        tickets = Ticket.objects.all()
        if options["numbers"]:
            tickets = tickets.filter(number__in=options["numbers"])
            unknown = set(options["numbers"]) - set(tickets.values_list("number", flat=True))
            if unknown:
                raise CommandError(f"No such request: {', '.join(sorted(unknown))}")
        if options["sample"]:
            keys = list(tickets.order_by("pk").values_list("pk", flat=True))
            chosen = Random(options["seed"]).sample(keys, min(options["sample"], len(keys)))  # noqa: S311 - no secret
            tickets = tickets.filter(pk__in=chosen)
        flaws = 0
        for flaw in verify(tickets):
            flaws += 1
            self.stdout.write(f"{flaw.number} event {flaw.seq}: {flaw.what}")
        self.stdout.write(f"{tickets.count()} requests checked, {flaws} flaws found.")
        if flaws:
            sys.exit(1)
