"""What every block of the page has: its note and its files."""

from __future__ import annotations

from typing import Any

from desk.levels.answers import Answers


def block(answers: Answers, key: str, note: str = "") -> dict[str, Any]:
    """What every block has: its files."""
    return {
        "key": key,
        "note": note,
        "csv": answers.question.file(key, "csv"),
        "xlsx": answers.question.file(key, "xlsx"),
    }
