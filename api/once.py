"""Calls that make something which is no request: repeated with the same `Idempotency-Key` they make it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, models, transaction
from drf_spectacular.utils import OpenApiParameter

from accounts.models import User
from api.base import KEY_HEADER
from api.errors import KeyUsed
from api.models import KeyedCall

MEMORY = timedelta(days=1)
KEY_OF_A_DAY = OpenApiParameter(
    KEY_HEADER,
    UUID,
    OpenApiParameter.HEADER,
    description="Makes a repetition harmless for a day: the second call with the same key does nothing and gives 200.",
)


def once(key: UUID | None, act: str, *, by: User, at: datetime, make: Callable[[], models.Model]) -> tuple[int, bool]:
    """What a call makes, by its id, and whether it was made just now.

    Twins wait for each other at a lock of the database; what was made and its key are written together.

    Args:
        act: what is made, and on what; a key stands for one of them.

    Raises:
        KeyUsed: the person used this key for another act.
        Whatever `make` raises; then the key is not used up.
    """
    if key is None:
        return make().pk, True
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int % 2**63])
        known = KeyedCall.objects.filter(person=by, key=key, at__gt=at - MEMORY).first()
        if known is None:
            KeyedCall.objects.filter(at__lte=at - MEMORY).delete()
            made: int = make().pk
            KeyedCall.objects.create(person=by, key=key, act=act, made=made, at=at)
            return made, True
    if known.act != act:
        raise KeyUsed
    return known.made, False
