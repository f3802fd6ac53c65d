"""Words for the texts of notices (`templates/notifications/`): `{% load wording %}`. Read later, so times are exact."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from sla.models import ClockKind
from tickets.states import Priority

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """A moment in the reader's zone, the zone with it: "2026-11-16 10:30 (UTC+08:00)"; empty for none."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:]})"


@register.filter
def clock(kind: str) -> str:
    """What a clock is called."""
    return str(ClockKind(kind).label) if kind in ClockKind.values else kind


@register.filter
def priority(value: int) -> str:
    """What a priority is called."""
    return str(Priority(value).label) if value in Priority.values else str(value)


@register.simple_tag
def by_when(due_kind: str, due_at: datetime | None) -> str:
    """The next promise to a client, as a sentence; empty when nothing runs."""
    if due_at is None:
        return ""
    sentence = {
        ClockKind.FIRST_RESPONSE: _("You get a first answer by %(moment)s."),
        ClockKind.TECHNICAL_RESPONSE: _("A specialist answers by %(moment)s."),
        ClockKind.NEXT_RESPONSE: _("You get our answer by %(moment)s."),
        ClockKind.PROGRESS_REPORT: _("You get a progress report by %(moment)s."),
    }.get(ClockKind(due_kind), _("It is to be solved by %(moment)s."))
    return sentence % {"moment": moment(due_at)}


@register.simple_tag
def due_line(due_kind: str, due_at: datetime | None) -> str:
    """The next target for staff: "First response: 2026-11-16 10:30 (UTC+08:00)"; empty when nothing runs."""
    if due_at is None:
        return ""
    return _("%(clock)s: %(moment)s") % {"clock": clock(due_kind), "moment": moment(due_at)}
