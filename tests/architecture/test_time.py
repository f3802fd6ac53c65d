"""`now` is read at the edge: no naive time anywhere, and no wall clock in the rules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "accounts",
    "jobs",
    "notifications",
    "tickets",
    "sla",
    "quality",
    "web",
    "portal",
    "desk",
    "api",
    "servicedesk",
)
NAIVE = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "datetime.utcfromtimestamp"}

# Where rules may look at the wall clock, each with its reason.
MAY_READ_THE_CLOCK = {
    "tickets/events.py",  # `recorded_at` is when it was written, by definition
    "tickets/checks.py",  # what a page offers now, outside any act
    "sla/tasks.py",  # the edge
    "jobs/tasks.py",  # the edge
    "notifications/tasks.py",  # the edge
    "notifications/services.py",  # `sent_at` is when the mail server took it
}


def _calls(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    return [
        ast.unparse(node.func) + ("()" if not node.args and not node.keywords else "(…)")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_no_naive_time(room: str) -> None:
    """SLA-01."""
    wrong = [
        f"{path.relative_to(ROOT)}: {call}"
        for path in (ROOT / room).rglob("*.py")
        for call in _calls(path)
        if call.removesuffix("()") in NAIVE
    ]
    assert not wrong


@pytest.mark.parametrize("room", ["accounts", "jobs", "notifications", "tickets", "sla", "quality"])
def test_rules_take_the_instant_they_act_at(room: str) -> None:
    wrong = {
        str(path.relative_to(ROOT))
        for path in (ROOT / room).rglob("*.py")
        if not {"migrations", "management"} & set(path.parts) and path.name != "admin.py"
        if any(call.endswith("timezone.now()") for call in _calls(path))
    }
    assert wrong <= MAY_READ_THE_CLOCK
