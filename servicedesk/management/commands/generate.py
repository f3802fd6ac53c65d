"""`manage.py generate`: fill an empty installation with data at size, for measuring."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from servicedesk.generate.loading import NotEmpty, generate
from servicedesk.generate.wish import Wish


class Command(BaseCommand):
    """Ten years of a busy desk, written by COPY."""

    help = "Fill an empty, migrated database with generated requests and all that belongs to them, for measuring."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requests", type=int, default=10_000, help="how many requests (10000)")
        parser.add_argument("--seed", type=int, default=7, help="the same seed and instant make the same data (7)")
        parser.add_argument("--now", help="what counts as now, such as 2026-11-20T10:30+08:00")
        parser.add_argument("--open-share", type=float, default=0.08, help="how many are still open, 0 to 1 (0.08)")
        parser.add_argument("--years", type=float, default=10, help="how long the desk has been at work (10)")
        parser.add_argument("--calm", action="store_true", help="all open, nothing due for weeks; to measure timers on")
        parser.add_argument(
            "--processes",
            type=int,
            default=_processors(),
            help="how many work on it (one per processor); 0 does all in one transaction",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["requests"] < 1 or not 0 < options["open_share"] <= 1 or options["years"] <= 0:
            raise CommandError("There must be requests and years, and a share of open ones between 0 and 1.")
        wish = Wish(
            requests=options["requests"],
            seed=options["seed"],
            now=_instant(options["now"]),
            years=options["years"],
            open_share=options["open_share"],
            calm=options["calm"],
        )
        try:
            made = generate(wish, processes=options["processes"], tell=self._tell)
        except NotEmpty:
            raise CommandError("There are people in this installation; generated data go into an empty one.") from None
        self.stdout.write(
            f"{made.requests:,} requests ({made.open:,} open, {made.late:,} late), {made.events:,} events, "
            f"{made.messages:,} messages, {made.clocks:,} clocks, in {made.seconds:.0f} seconds."
        )

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def _instant(text: str | None) -> datetime:
    if text is None:
        return timezone.now().replace(microsecond=0)
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError("--now must be an instant like 2026-11-20T10:30+08:00.")
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
