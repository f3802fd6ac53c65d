"""What every test stands on; settings and servers come from `tests/settings.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pgtrigger
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import timezone, translation

pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session", autouse=True)
def _flush_passes_append_only_tables() -> Iterator[None]:
    """Let tests that commit clean up after themselves.

    They empty every table by TRUNCATE, and append-only tables have triggers that forbid exactly this. The triggers are
    passed over for the clean-up alone; inside the tests they hold.
    """
    clean_up = TransactionTestCase._fixture_teardown

    def without_triggers(case: TransactionTestCase) -> Any:
        with pgtrigger.ignore():
            return clean_up(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_triggers)
        yield


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """What one test leaves in Redis is not there for the next."""
    if {"db", "transactional_db", "client"} & set(request.fixturenames):
        cache.clear()


@pytest.fixture(autouse=True)
def _language_and_zone_of_nobody() -> Iterator[None]:
    """A page leaves its reader's language and time zone active in the thread; the next test begins without them."""
    with translation.override(settings.LANGUAGE_CODE), timezone.override(None):
        yield
