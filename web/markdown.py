"""What people write, as safe HTML."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark", {"breaks": True, "html": False}).enable(["table", "strikethrough"])
_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_SCHEMES = {"http", "https", "mailto", "tel"}


LONG = 5_000  # characters; longer texts are rendered each time, so that what is kept stays small


def render(text: str) -> SafeString:
    """Markdown as HTML: no raw HTML, no pictures from elsewhere, no schemes but the usual ones."""
    return _kept(text) if len(text) <= LONG else _rendered(text)


def _rendered(text: str) -> SafeString:
    html = nh3.clean(
        _PARSER.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308 - cleaned one line above


# What was written never changes, and a request is read again and again: by those on it, and after each of its changes.
_kept = lru_cache(maxsize=1_000)(_rendered)
