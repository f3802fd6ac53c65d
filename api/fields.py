"""Kinds of fields that the API's descriptions are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Choices
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString
from rest_framework import serializers

from accounts.labels import label_of
from accounts.models import Team, User
from tickets.models import Service, Ticket


def viewer(context: Mapping[str, Any]) -> User:
    """Who is asking."""
    user: User = context["request"].user
    return user


class Labelled(serializers.Field[Any, Any, Any, Any]):
    """A choice with its name in the reader's language: `{"value": …, "label": …}`; null where nothing is chosen."""

    def __init__(self, choices: type[Choices], **kwargs: Any) -> None:
        self.choices = choices
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> dict[str, Any] | None:
        """The value as it is stored, and its label."""
        if value in ("", None):
            return None
        return {"value": getattr(value, "value", value), "label": label_of(self.choices, value)}


class InEveryLanguage(serializers.Field[Any, Any, Any, Any]):
    """A text of the catalogue in all languages, by language code."""

    def to_representation(self, value: LazyI18nString) -> dict[str, str]:
        """What a reader of each language sees."""
        text = value if isinstance(value, LazyI18nString) else LazyI18nString(value)
        return {code: text.localize(code) for code, _name in settings.LANGUAGES}


class Seconds(serializers.Field[Any, Any, Any, Any]):
    """A stretch of time in seconds, to the microsecond."""

    def to_representation(self, value: timedelta) -> float:
        """The number of seconds."""
        return value.total_seconds()


class StaffOnly(serializers.Serializer[Any]):
    """What clients don't see, gathered in one place: null for them. Subclass it with the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(source="*", read_only=True, allow_null=True)
        super().__init__(*args, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        """The same object for staff, nothing for clients."""
        return instance if viewer(self.context).is_service_staff else None


class Text(serializers.CharField):
    """A free text. Whether it may be empty, and how long it may be, is decided by the act it belongs to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False, **kwargs)


class Files(serializers.ListField):
    """Uploaded files (multipart); size, number and kinds are checked by the act."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(child=serializers.FileField(allow_empty_file=True, use_url=False), **kwargs)


class Answers(serializers.JSONField):
    """Answers to a service's own questions: an object of plain values. In multipart, as JSON."""

    default_error_messages = {"not_answers": _("Please send an object: for each question's key a plain value.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The answers by key."""
        answers = super().to_internal_value(data)
        if not isinstance(answers, dict):
            self.fail("not_answers")
        return {key: self._answer(answer) for key, answer in answers.items()}

    def _answer(self, answer: Any) -> Any:
        if isinstance(answer, str):
            return serializers.CharField(allow_blank=True).run_validation(answer)
        if answer is not None and not isinstance(answer, bool | int | float):
            self.fail("not_answers")
        return answer


class ServiceField(serializers.SlugRelatedField[Service]):
    """A service that the person may see, by its key."""

    default_error_messages = {"does_not_exist": _("This service is not on offer.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="slug", queryset=Service.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        """Those the person may see."""
        return Service.objects.visible_to(viewer(self.context))


class RequestField(serializers.SlugRelatedField[Ticket]):
    """A request that the person may see, by its number."""

    default_error_messages = {"does_not_exist": _("There is no request with this number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="number", queryset=Ticket.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        """Those the person may see."""
        return Ticket.objects.visible_to(viewer(self.context))


class ById(serializers.PrimaryKeyRelatedField[Any]):
    """A row by its id, with a plain sentence where there is none."""

    default_error_messages = {"does_not_exist": _("There is none with this id.")}


def staff_member(**kwargs: Any) -> ById:
    """A member of staff, by id."""
    return ById(queryset=User.objects.active().staff(), **kwargs)


def client_contact(**kwargs: Any) -> ById:
    """A client's contact, by id."""
    return ById(queryset=User.objects.active().clients().select_related("organisation"), **kwargs)


def team(**kwargs: Any) -> ById:
    """A team, by id."""
    return ById(queryset=Team.objects.filter(is_active=True), **kwargs)
