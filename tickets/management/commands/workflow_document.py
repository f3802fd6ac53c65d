"""`manage.py workflow_document`: writes docs/workflow.md from the code."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand

from tickets.workflow import document

PATH = Path(__file__).resolve().parents[3] / "docs" / "workflow.md"


class Command(BaseCommand):
    """Writes the document that describes the workflow."""

    help = "Write docs/workflow.md from the transitions and the table of acts."

    def handle(self, *args: object, **options: object) -> None:
        PATH.write_text(document(), encoding="utf-8")
        self.stdout.write(f"Wrote {PATH.name}.")
