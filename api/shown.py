"""Answers written by serializers that are made once.

The framework makes all fields of a serializer anew for each answer, which takes longer than to fill them. What only
writes answers is kept here instead, one per thread; whoever asks, and when, is given to it each time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework.serializers import Serializer

Kind = type[Serializer[Any]]


class _Writers(threading.local):
    """The serializers of one thread."""

    def __init__(self) -> None:
        self.made: dict[Kind, Serializer[Any]] = {}


_writers = _Writers()


def shown(kind: Kind, row: Any, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One row, as a serializer of this kind shows it.

    Args:
        context: what its fields ask for.
    """
    with _writer(kind, context) as writer:
        found: dict[str, Any] = writer.to_representation(row)
        return found


def all_shown(kind: Kind, rows: Iterable[Any], context: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Some rows; else as `shown`."""
    with _writer(kind, context) as writer:
        return [writer.to_representation(row) for row in rows]


@contextmanager
def _writer(kind: Kind, context: Mapping[str, Any] | None) -> Iterator[Serializer[Any]]:
    writer = _writers.made.pop(kind, None) or kind()  # one that is in use already serves nobody else meanwhile
    writer._context = dict(context or {})
    try:
        yield writer
    finally:
        writer._context = {}
        _writers.made[kind] = writer
