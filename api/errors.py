"""Every refusal in one shape: `{"error": {"code", "message", "fields", "blockers"}}` under the status that fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from api.parsers import TooLarge
from sla.models import Agreement, AgreementVersion, CalendarVersion, Recalculation, WhatIf, WorkingCalendar
from tickets.checks import Blocker
from tickets.errors import ActError, Blocked, Invalid, NotAllowed
from tickets.models import Ticket

# What a call is about, and may be thrown away by somebody else between being found and being locked.
GONE = (
    Ticket.DoesNotExist,
    WorkingCalendar.DoesNotExist,
    CalendarVersion.DoesNotExist,
    Agreement.DoesNotExist,
    AgreementVersion.DoesNotExist,
    WhatIf.DoesNotExist,
    Recalculation.DoesNotExist,
)


class KeyUsed(exceptions.APIException):
    """An `Idempotency-Key` that stands for something else already."""

    status_code = HTTPStatus.CONFLICT
    default_code = "key_used"
    default_detail = gettext_lazy("This Idempotency-Key was used for something else.")


class Unreadable(exceptions.APIException):
    """The clocks of a request can't be computed; an operator has to look at them."""

    status_code = HTTPStatus.CONFLICT
    default_code = "clocks_unreadable"
    default_detail = gettext_lazy("The clocks of this request can't be computed at the moment.")


class BlockerSerializer(serializers.Serializer[Any]):
    """One thing that stands in the way of an act."""

    code = serializers.CharField()
    sentence = serializers.CharField()


class ErrorContentSerializer(serializers.Serializer[Any]):
    """Why something was refused."""

    code = serializers.CharField(help_text="Stable; for programs.")
    message = serializers.CharField(help_text="A sentence for people, in the language asked for.")
    fields = serializers.DictField(  # type: ignore[assignment] # that's what it is called
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Problems by field; lists count from 1, as in `options.1.title`.",
    )
    blockers = BlockerSerializer(many=True, help_text="What has to be done first.")


class ErrorSerializer(serializers.Serializer[Any]):
    """Any answer with a status of 400 or above."""

    error = ErrorContentSerializer()


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception of a view (`EXCEPTION_HANDLER`); None for what nobody expected."""
    known = _translated(error)
    response = exception_handler(known, context) if known else None
    if known is None or response is None:
        return None
    response.data = {"error": _content(known, error)}
    return response


def _translated(error: Exception) -> exceptions.APIException | None:
    """The framework's exception for one of ours, of Django's or its own."""
    match error:
        case exceptions.APIException():
            return error
        case Invalid():
            return exceptions.ValidationError()
        case NotAllowed():
            return exceptions.PermissionDenied(str(error.sentence), error.code)
        case ActError():
            return _conflict(error)
        case Http404():
            return exceptions.NotFound()
        case ObjectDoesNotExist() if isinstance(error, GONE):
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case RequestDataTooBig():
            return TooLarge()
        case SuspiciousOperation():
            return exceptions.ParseError()
    return None


def _conflict(error: ActError) -> exceptions.APIException:
    conflict = exceptions.APIException(str(error.sentence), error.code)
    conflict.status_code = HTTPStatus.CONFLICT
    return conflict


def _content(known: exceptions.APIException, error: Exception) -> dict[str, Any]:
    blockers = error.blockers if isinstance(error, Blocked) else []
    if isinstance(known, exceptions.ValidationError):
        fields = _domain_fields(error) if isinstance(error, Invalid) else dict(_flat(known.detail))
        return shape("invalid", _summary(fields), fields=fields)
    return shape(str(known.get_codes()), str(known.detail), blockers=blockers)


def shape(
    code: str,
    message: str,
    *,
    fields: Mapping[str, list[str]] | None = None,
    blockers: list[Blocker] | None = None,
) -> dict[str, Any]:
    """The content of `error`."""
    return {
        "code": code,
        "message": message,
        "fields": dict(fields or {}),
        "blockers": [{"code": blocker.code, "sentence": str(blocker.sentence)} for blocker in blockers or []],
    }


@contextmanager
def counted_from_one() -> Iterator[None]:
    """Around an act that takes a document: its problems name rows from 0, here lists count from 1."""
    try:
        yield
    except Invalid as error:
        if not hasattr(error, "error_dict"):
            raise
        raise Invalid({_from_one(place): problems for place, problems in error.message_dict.items()}) from None


def _from_one(place: str) -> str:
    return re.sub(r"(?<=\.)[0-9]+(?=\.|$)", lambda found: str(int(found[0]) + 1), place)


def _domain_fields(error: Invalid) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}


def _flat(detail: Any, place: str = "") -> Iterator[tuple[str, list[str]]]:
    """Problems by dotted place, from the nested ones of serializers."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, _below(place, name))
    elif isinstance(detail, list) and any(isinstance(inner, Mapping | list) for inner in detail):
        for number, inner in enumerate(detail, start=1):
            yield from _flat(inner, _below(place, number - 1))
    elif detail:
        problems = detail if isinstance(detail, list) else [detail]
        yield place or NON_FIELD_ERRORS, [str(problem) for problem in problems]


def _below(place: str, name: str | int) -> str:
    """A place within a place: by name, or by position, which counts from 1; what concerns the whole stays there."""
    step = str(name + 1) if isinstance(name, int) else name
    if not place:
        return step
    return place if step == api_settings.NON_FIELD_ERRORS_KEY else f"{place}.{step}"


def _summary(fields: dict[str, list[str]]) -> str:
    """One sentence for all: what concerns no single field, else a general one. Takes the former out of `fields`."""
    general = [
        problem for name in (NON_FIELD_ERRORS, api_settings.NON_FIELD_ERRORS_KEY) for problem in fields.pop(name, [])
    ]
    return " ".join(general) or _("Some of it can't be used; see the fields.")
