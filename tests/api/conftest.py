"""Callers as fixtures."""

from tests.api.calling import chen, stranger, zhou

__all__ = ["chen", "stranger", "zhou"]
