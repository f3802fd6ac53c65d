"""The names of choices in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import Choices
from django.utils.translation import get_language


def label_of(choices: type[Choices], value: Any) -> str:
    """The name of a value in the language in use. A list shows hundreds; each is looked up once per language.

    Raises:
        ValueError: it is none of the choices.
    """
    return _label_of(choices, value, get_language() or "")


@lru_cache(maxsize=2000)
def _label_of(choices: type[Choices], value: Any, language: str) -> str:
    return str(choices(value).label)
