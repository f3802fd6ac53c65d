"""Parts of pages that read the same for many: rendered once, then kept in the process.

A kept part is a function of its language and of what it is given, and of nothing else: so nothing in it can be stale.
It must show neither moments, which depend on the clock and the zone, nor a form's token. What it is given is compared
by value and kept too: texts, numbers, tuples and frozen dataclasses of such.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 256  # parts, of some ten kilobytes each


def kept(template: str, **given: Hashable) -> SafeString:
    """A template with no other context than what it is given."""
    render = _render.__wrapped__ if settings.DEBUG else _render  # whoever edits a template wants to see it
    return render(template, get_language() or "", tuple(given.items()))


@lru_cache(maxsize=MOST)
def _render(template: str, language: str, given: tuple[tuple[str, Hashable], ...]) -> SafeString:
    """In the language in use, which is part of the question."""
    return render_to_string(template, dict(given))
