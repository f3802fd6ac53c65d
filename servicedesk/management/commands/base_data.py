"""`manage.py base_data`: what every installation begins with. Safe to repeat."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils import timezone

from quality.services.surveys import ensure_questions
from sla.services.defaults import ensure_defaults
from tickets.services.catalogue import ensure_priority_matrix


class Command(BaseCommand):
    """The priority matrix, the calendars with the default agreement, the survey questions."""

    help = "Make the priority matrix, the calendars, the default agreement and the survey questions, where missing."

    def handle(self, *args: object, verbosity: int = 1, **options: object) -> None:
        ensure_priority_matrix()
        ensure_defaults(timezone.now())
        ensure_questions()
        if verbosity:
            self.stdout.write("Base data is in place.")
