"""What the tests of agreements share: a draft, addresses, words of a page, and what a form would send as it stands."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from sla.models import AgreementVersion
from sla.services import agreements
from sla.services.terms import Terms
from tests.cast import Cast
from tests.sla.kit import DAYS, ladder, promise
from tickets.states import Priority

Fields = dict[str, list[str]]


def premium(cast: Cast) -> AgreementVersion:
    """A draft for Huaxin with two targets, from tomorrow on."""
    version = agreements.create("Premium", cast.huaxin, by=cast.ma, at=timezone.now())
    terms = Terms(
        promises=(
            promise("first_response", 20, ladder=ladder("50%", "breach")),
            promise("resolution", 600, priority=Priority.CRITICAL, pauses=("client",)),
        ),
        effective_from=timezone.now() + DAYS,
        content="All **business** applications",
    )
    return agreements.save(version, terms, revision=1, by=cast.ma, at=timezone.now())


def page_of(version: AgreementVersion, name: str = "agreement-version", *more: Any) -> str:
    return reverse(f"desk:{name}", args=[version.pk, *more])


def words(response: HttpResponse) -> str:
    """What a reader sees, the document for the printer left out."""
    hidden = r'<(script|template|style)\b.*?</\1>|<article class="document".*?</article>'
    html = re.sub(hidden, " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


class _Form(HTMLParser):
    """Collects the fields of one form by its id; templates are not part of it."""

    def __init__(self, ident: str) -> None:
        super().__init__()
        self.ident, self.fields = ident, Fields()
        self._inside = self._found = False
        self._templates = 0
        self._select: list[str] | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("id") == self.ident
        self._templates += tag == "template"
        if not self._inside or self._templates:
            return
        if tag == "option" and self._select is not None:
            if "selected" in found or not self._select:
                self._select[:] = [found.get("value", "")]
        elif "name" in found:
            self._field(tag, found["name"], found)

    def _field(self, tag: str, name: str, found: dict[str, str]) -> None:
        if tag == "select":
            self._select = self.fields.setdefault(name, [])
        elif tag == "textarea":
            self._area, self.fields[name] = name, [""]
        elif tag == "input" and found.get("type") in {"checkbox", "radio"}:
            if "checked" in found:
                self.fields.setdefault(name, []).append(found.get("value", "on"))
        elif tag == "input" and found.get("type") != "file":
            self.fields.setdefault(name, []).append(found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._inside:
            self.fields[self._area][0] += data.removeprefix("\n")


def sheet_of(response: HttpResponse, ident: str = "editor") -> Fields:
    """The fields of the form with that id, by name, each with all its values."""
    form = _Form(ident)
    form.feed(response.content.decode())
    assert form.fields, f"there is no form {ident}"
    form.fields.pop("csrfmiddlewaretoken", None)
    return form.fields
