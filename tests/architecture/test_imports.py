"""Arrows point down: no room imports, or relates its models to, a room above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]

# What each room may import, besides itself; see docs/architecture.md.
BELOW: dict[str, set[str]] = {
    "accounts": set(),
    "jobs": {"accounts"},
    "notifications": {"accounts"},
    "tickets": {"accounts", "notifications"},
    "sla": {"accounts", "jobs", "notifications", "tickets"},
    "quality": {"accounts", "jobs", "notifications", "tickets", "sla"},
    "web": {"accounts", "jobs", "notifications", "tickets", "sla", "quality"},
    "api": {"accounts", "jobs", "notifications", "tickets", "sla", "quality"},
    "portal": {"accounts", "jobs", "notifications", "tickets", "sla", "quality", "web"},
    "desk": {"accounts", "jobs", "notifications", "tickets", "sla", "quality", "web"},
}
ROOMS = {*BELOW, "servicedesk"}


def _modules(room: str) -> list[Path]:
    return [path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found & ROOMS


@pytest.mark.parametrize("room", sorted(BELOW))
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    allowed = BELOW[room] | {room}
    wrong = {str(path.relative_to(ROOT)): up for path in _modules(room) if (up := _imported(path) - allowed)}
    assert not wrong


@pytest.mark.parametrize("room", sorted(BELOW))
def test_models_point_only_to_rooms_below(room: str) -> None:
    config = apps.get_app_config(room)
    wrong = [
        f"{model.__name__}.{field.name} → {field.related_model._meta.label}"
        for model in config.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        if field.related_model._meta.app_label in ROOMS - BELOW[room] - {room}
    ]
    assert not wrong


def test_the_engine_of_the_clocks_knows_no_django() -> None:
    for path in (ROOT / "sla" / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("django"), path
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("django") for alias in node.names), path


def test_domain_rooms_have_no_pages() -> None:
    for room in ("accounts", "jobs", "notifications", "tickets", "sla", "quality"):
        pages = [*(ROOT / room).rglob("views.py"), *(ROOT / room).rglob("urls.py")]
        assert not pages
