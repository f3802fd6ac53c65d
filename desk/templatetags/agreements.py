"""Parts of the editor of agreements: `{% load agreements %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from desk.agreements.sheet import Part

register = template.Library()


@register.simple_tag
def cell(part: Part, name: str) -> SafeString:
    """The control of a field of a row or step, with what is wrong right below it."""
    return part.cell(name)
