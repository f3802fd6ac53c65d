"""Requests change through `tickets.services` alone, and the record is written by `tickets.events.record` alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

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
TRANSITIONS = {
    "to_assessment",
    "to_declined",
    "to_execution",
    "to_acceptance",
    "to_closed",
    "back_from_acceptance",
    "back_to_work",
    "to_withdrawn",
}


def _trees(*, outside: tuple[str, ...]) -> Iterator[tuple[str, ast.AST]]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if "migrations" not in path.parts and not name.startswith(outside):
                yield name, ast.parse(path.read_text())


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_nobody_assigns_the_state_of_a_request() -> None:
    """`state` of a plan or a delivery is theirs; that of a request is an FSM field, and protected besides."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in _trees(outside=())
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        if isinstance(part, ast.Attribute)
        if part.attr == "state" and isinstance(part.value, ast.Name) and part.value.id in {"ticket", "held"}
    ]
    assert not wrong


def test_transitions_run_in_the_services_only() -> None:
    wrong = [
        f"{name}:{call.lineno}"
        for name, tree in _trees(outside=("tickets/services/",))
        for call in _calls(tree)
        if _name(call) in TRANSITIONS
    ]
    assert not wrong


def test_requests_are_made_and_updated_in_the_services_only() -> None:
    wrong = [
        f"{name}:{call.lineno} {ast.unparse(call.func)}"
        for name, tree in _trees(outside=("tickets/services/",))
        for call in _calls(tree)
        if _name(call) in {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create"}
        if any(
            ast.unparse(call.func).startswith(f"{model}.objects")
            for model in ("Ticket", "Message", "Attachment", "TicketEvent", "Plan", "PlanOption", "Task", "Delivery")
        )
        if not name.startswith("notifications/")  # its own `Delivery`, of a notice
        if name != "tickets/events.py"  # `record_all`
    ]
    assert not wrong


def test_events_are_written_by_record_only() -> None:
    wrong = [
        f"{name}:{call.lineno}"
        for name, tree in _trees(outside=("tickets/events.py",))
        for call in _calls(tree)
        if _name(call) == "TicketEvent"
    ]
    assert not wrong


def test_one_signal_and_two_listeners() -> None:
    """No model signals, no other listeners (DESIGN: one signal)."""
    listeners = {
        name
        for name, tree in _trees(outside=("servicedesk/celery.py",))
        for call in _calls(tree)
        if _name(call) in {"connect", "receiver"}
        if "signal" in ast.unparse(call) or "recorded" in ast.unparse(call)
    }
    assert listeners == {"sla/receivers.py", "quality/receivers.py"}


def test_nothing_is_mailed_but_from_the_outbox() -> None:
    wrong = [
        name
        for name, tree in _trees(outside=("notifications/services.py",))
        for call in _calls(tree)
        if _name(call) in {"send_mail", "EmailMessage", "EmailMultiAlternatives", "mail_admins"}
    ]
    assert not wrong
