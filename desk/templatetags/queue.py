"""The lines of the queue: `{% load queue %}`."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.filters import Wanted
from desk.rows import queue_lines
from desk.sentence import Choice, Known, Words, words_of
from web import parts

register = template.Library()


@register.simple_tag(takes_context=True)
def queue_rows(context: Context) -> SafeString:
    """All lines of the list. Context: rows (desk.rows.Row), open_address, ticket (the one that is open)."""
    ticket = context.get("ticket")
    lines = queue_lines(context["rows"], open_address=context["open_address"], current=ticket.pk if ticket else None)
    return SafeString("".join(lines))


@register.simple_tag
def filter_words(wanted: Wanted, known: Known) -> Words:
    """The filters of an address of the queue, in words."""
    return words_of(wanted, known)


@register.simple_tag
def colleague_options(colleagues: Iterable[tuple[int, str]], me: int) -> SafeString:
    """Whom a request can be given to, by id and name, as options of a select; oneself is “Me”."""
    options = [
        parts.fill('<option value="{}">{}</option>', pk, _("Me") if pk == me else name) for pk, name in colleagues
    ]
    return SafeString("".join(options))


@register.simple_tag
def choice_items(choices: Iterable[Choice]) -> SafeString:
    """The values of a filter as entries of its menu; there are dozens on each page."""
    items = [
        parts.fill(
            '<a class="menu-item" href="{0}" hx-get="{0}"{1}>{2}</a>',
            choice.href,
            _CURRENT if choice.is_current else parts.NOTHING,
            choice.label,
        )
        for choice in choices
    ]
    return SafeString("".join(items))


_CURRENT = SafeString(' aria-current="true"')
