"""How the portal's tests fill in forms: load the page, take what its form holds, send it with something changed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class _Forms(HTMLParser):
    """Collects each POST form's action and the values of its fields, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, Any]]] = []
        self._fields: dict[str, Any] | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and found.get("method", "").lower() == "post":
            self._fields = {}
            self.forms.append((found.get("action", ""), self._fields))
        if self._fields is None or "name" not in found:
            return
        name, kind = found["name"], found.get("type", "text")
        if tag == "textarea":
            self._area, self._fields[name] = name, ""
        elif tag == "input" and kind in {"checkbox", "radio"}:
            if "checked" in found:
                self._fields.setdefault(name, []).append(found.get("value", "on"))
        elif tag == "input" and kind != "file":
            self._fields[name] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._fields is not None:
            self._fields[self._area] += data.removeprefix("\n")


def form_of(response: HttpResponse, action: str) -> dict[str, Any]:
    """What the form with that action would send as it stands."""
    parser = _Forms()
    parser.feed(response.content.decode())
    found = [fields for where, fields in parser.forms if where == action]
    assert found, f"no form for {action}; there are {[where for where, _ in parser.forms]}"
    fields = dict(found[0])
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def act(browser: Client, number: str, name: str, **changed: Any) -> HttpResponse:
    """Load the page of a request and send one of its forms."""
    page = browser.get(f"/portal/requests/{number}/")
    assert page.status_code == 200
    action = f"/portal/requests/{number}/{name}/"
    return browser.post(action, {**form_of(page, action), **changed})


def text_of(response: HttpResponse) -> str:
    """The words of a page."""
    bare = re.sub(r"<(script|template)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())
