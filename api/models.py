"""What the API keeps of its own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class KeyedCall(models.Model):
    """A call with an `Idempotency-Key` that made something which is no request: what it made, for a day."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    act = models.CharField(max_length=80)
    made = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("call with a key")
        verbose_name_plural = _("calls with keys")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "key"], name="each_key_once_per_person")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="keyed_calls_by_age")]

    def __str__(self) -> str:
        return f"{self.act} {self.key}"
