"""The lines of the queue: `{% load queue %}`."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from desk.rows import queue_lines

register = template.Library()


@register.simple_tag(takes_context=True)
def queue_rows(context: Context) -> SafeString:
    """All lines of the list. Context: rows (desk.rows.Row), open_address, ticket (the one that is open)."""
    ticket = context.get("ticket")
    lines = queue_lines(context["rows"], open_address=context["open_address"], current=ticket.pk if ticket else None)
    return SafeString("".join(lines))
