"""Handing a stored file out: never shown in place, and what is in it can't run."""

from __future__ import annotations

import re
from typing import Any, Protocol

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


class AsItIs(BaseContentNegotiation):
    """A file has one form; what else the caller would take doesn't matter."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """None is needed."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """For errors only."""
        renderer: BaseRenderer = renderers[0]
        return renderer, renderer.media_type


class Stored(Protocol):
    """A row about a file."""

    file: FieldFile
    name: str
    content_type: str


def streamed(found: Stored) -> FileResponse:
    """The file of a row.

    Raises:
        Http404: it is gone from the disk.
    """
    try:
        content = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    kind = found.content_type if MEDIA_TYPE.fullmatch(found.content_type) else "application/octet-stream"
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
