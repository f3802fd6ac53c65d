"""`manage.py sla_explain NUMBER`: why the clocks of a request say what they say (SLA-41)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from servicedesk.explain import explained, to_json, to_text
from sla.engine.errors import CalendarError
from sla.models import ClockKind
from tickets.models import Ticket


class Command(BaseCommand):
    """Reads the clocks anew from the request's record; nothing is stored."""

    help = "Print every clock of a request: its target and why, and its ledger, in the calendar's time zone and in UTC."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="the request's number, such as SD-2026-000123")
        parser.add_argument("--kind", choices=ClockKind.values, default="", help="only clocks of this kind")
        parser.add_argument("--json", action="store_true", help="as one JSON object, for programs")

    def handle(self, *args: Any, number: str, kind: str = "", json: bool = False, **options: Any) -> None:
        ticket = Ticket.objects.with_people().filter(number=number.strip().upper()).first()
        if ticket is None:
            raise CommandError(f"There is no request {number}.")
        at = timezone.now()
        try:
            clocks = explained(ticket, at, kind)
        except CalendarError as error:
            raise CommandError(f"The clocks can't be read: {error}") from error
        lines = [_written(to_json(ticket, clocks, at))] if json else to_text(ticket, clocks, at)
        for line in lines:
            self.stdout.write(line)


def _written(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
