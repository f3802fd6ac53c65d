"""`manage.py sla_replay`: the clocks of a story, asked and answered in JSON lines. Needs no installation."""

from __future__ import annotations

import sys
from functools import partial

from django.core.management.base import BaseCommand, CommandParser

from sla.engine.replay import answer_replay
from sla.tools.lines import serve


class Command(BaseCommand):
    """Standard input to standard output, in the same order; the same fold as in the application (SLA-40)."""

    help = (
        'Answer JSON lines {"id", "calendar", "targets", "pauses", "events", "now"} with {"id", "clocks"}: the reading '
        'of every cycle. A line that can\'t be answered gives {"id", "error"}, and the exit code is 1.'
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ledger", action="store_true", help="account for every second of each cycle")

    def handle(self, *args: object, ledger: bool = False, **options: object) -> None:
        if code := serve(partial(answer_replay, with_ledger=ledger)):
            sys.exit(code)
