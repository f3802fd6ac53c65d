"""What a person was told."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from notifications.models import Notice
from notifications.wording import Words, words


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """One thing told, in the language asked for."""

    subject = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    _made: tuple[int, Words] | None = None

    class Meta:
        model = Notice
        fields = ["id", "kind", "subject", "text", "path", "created_at", "read_at"]
        read_only_fields = fields

    def get_subject(self, notice: Notice) -> str:
        """The first line."""
        return self._words(notice).subject

    def get_text(self, notice: Notice) -> str:
        """The rest."""
        return self._words(notice).text

    def _words(self, notice: Notice) -> Words:
        if self._made is None or self._made[0] != notice.pk:
            self._made = (notice.pk, words(notice, language=get_language()))
        return self._made[1]


class ReadNoticesSerializer(serializers.Serializer[Any]):
    """Which notices were read."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=1000,
        help_text="Left out: all of them.",
    )


class ReadCountSerializer(serializers.Serializer[Any]):
    """How many of them were unread."""

    read = serializers.IntegerField()
