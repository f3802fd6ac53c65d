"""Callers as fixtures."""

from tests.api.calling import chen, stranger, zhou
from tests.api.kit import hua, ma, office

__all__ = ["chen", "hua", "ma", "office", "stranger", "zhou"]
