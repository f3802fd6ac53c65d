"""`manage.py sla_time`: working time and due instants, asked and answered in JSON lines. Needs no installation."""

from __future__ import annotations

import sys

from django.core.management.base import BaseCommand

from sla.engine.replay import answer_time
from sla.tools.lines import serve


class Command(BaseCommand):
    """Standard input to standard output, in the same order."""

    help = (
        'Answer JSON lines {"id", "calendar", "start", "minutes" or "end"} with {"id", "due"} or '
        '{"id", "worked_seconds"}; a line that can\'t be answered gives {"id", "error"}, and the exit code is 1.'
    )
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        if code := serve(answer_time):
            sys.exit(code)
