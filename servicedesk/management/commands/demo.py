"""`manage.py demo`: load demonstration data into an empty installation, or list the accounts to sign in with."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from servicedesk.demo.loading import NotEmpty, load
from web.demo import demo_accounts


class Command(BaseCommand):
    """Ninety days of a service desk at work."""

    help = "Load demonstration data into an empty installation, or list the demonstration accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same data")
        parser.add_argument("--requests", type=_count, default=360, help="how many requests to make")
        parser.add_argument("--at", type=_instant, help="what counts as now, such as 2026-11-20T10:30+08:00")
        parser.add_argument("--accounts", action="store_true", help="list the accounts and do nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            self.stdout.write(accounts_table())
            return
        began = time.monotonic()
        try:
            made = load(seed=options["seed"], requests=options["requests"], now=options["at"] or timezone.now())
        except NotEmpty:
            self.stdout.write("There are people in this installation; demonstration data go into an empty one only.")
            return
        self.stdout.write(
            f"{made.requests} requests ({made.open} open, {made.late} late), {made.messages} messages, "
            f"{made.surveys} surveys answered, in {time.monotonic() - began:.0f} seconds."
        )


def accounts_table() -> str:
    """The accounts that the sign-in page offers, in columns."""
    rows = [("Role", "Address", "Password", "Name")]
    rows += [(account.role, account.email, account.password, account.name) for account in demo_accounts()]
    if len(rows) == 1:
        return "There are no demonstration accounts; `manage.py demo` makes them."
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise ArgumentTypeError("It must be a number above zero.")
    return int(text)


def _instant(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError("It must be an instant like 2026-11-20T10:30+08:00.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
