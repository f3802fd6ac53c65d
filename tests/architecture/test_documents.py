"""Documents that are made from the code say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from tickets.workflow import document

ROOT = Path(__file__).resolve().parents[2]


def test_the_workflow_document_is_up_to_date() -> None:
    """Run `manage.py workflow_document` after a change of the workflow."""
    assert (ROOT / "docs" / "workflow.md").read_text(encoding="utf-8") == document()


def test_every_path_the_documents_name_exists() -> None:
    rooms = "accounts|notifications|tickets|sla|quality|web|portal|desk|api|servicedesk|tests|docs|script"
    named = re.compile(rf"`((?:{rooms})/[\w./-]+)`")
    wrong = {
        f"{page.name}: {path}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for path in named.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / path.rstrip("/")).exists()
    }
    assert not wrong
