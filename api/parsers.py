"""Reading what was sent, with a limit before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import parsers
from rest_framework.exceptions import APIException, ParseError

from tickets.services.texts import MAX_FILES

FORM_BYTES = 1024 * 1024  # what texts and boundaries may take besides the files


class TooLarge(APIException):
    """More was sent than is ever read."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = gettext_lazy("This is too large.")


def _refuse_above(limit: int, parser_context: Mapping[str, Any] | None) -> None:
    meta = (parser_context or {})["request"].META
    length = str(meta.get("CONTENT_LENGTH") or "0")
    if length.isdecimal() and int(length) > limit:
        raise TooLarge


class Json(parsers.JSONParser):
    """JSON up to the size that Django takes of a form."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value.

        Raises:
            TooLarge: see above.
            ParseError: this is no JSON, or it is nested absurdly deep.
        """
        _refuse_above(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, parser_context)
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("This is nested too deep.")) from None


class Form(parsers.MultiPartParser):
    """A form with files, up to as many full-sized ones as an act takes."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Fields and files.

        Raises:
            TooLarge: more than could be files an act would take.
        """
        _refuse_above(MAX_FILES * settings.MAX_UPLOAD_BYTES + FORM_BYTES, parser_context)
        return super().parse(stream, media_type, parser_context)
