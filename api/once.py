"""Calls that make something which is no request: repeated with the same `Idempotency-Key` they make it once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.core.cache import cache
from django.db import connection, models, transaction
from drf_spectacular.utils import OpenApiParameter

from accounts.models import User
from api.base import KEY_HEADER
from api.errors import KeyUsed

MEMORY = 24 * 60 * 60
KEY_OF_A_DAY = OpenApiParameter(
    KEY_HEADER,
    UUID,
    OpenApiParameter.HEADER,
    description="Makes a repetition harmless for a day: the second call with the same key does nothing and gives 200.",
)


def once(key: UUID | None, act: str, *, by: User, make: Callable[[], models.Model]) -> tuple[int, bool]:
    """What a call makes, by its id, and whether it was made just now.

    Twins wait for each other at a lock of the database. What a key stood for is remembered in the cache: while that is
    away, every call is a new one.

    Args:
        act: what is made, and on what; a key stands for one of them.

    Raises:
        KeyUsed: the person used this key for another act.
        Whatever `make` raises; then the key is not used up.
    """
    if key is None:
        return make().pk, True
    place = f"api-once:{by.pk}:{key}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int % 2**63])
        known = cache.get(place)
        if known is None:
            made: int = make().pk
            cache.set(place, (act, made), MEMORY)
            return made, True
    if known[0] != act:
        raise KeyUsed
    return known[1], False
