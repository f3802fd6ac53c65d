"""The kit's tags about clocks and long work: `{% load clocks %}`; see `docs/components.md`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from jobs.models import Job
from web import words
from web.progress import progress_of
from web.strips import Strip

register = template.Library()


@register.filter
def exact(value: timedelta | float | None) -> str:
    """A stretch of time to the second, from a timedelta or seconds: "1 h 5 m 7 s"; an en dash for none."""
    if value is None:
        return "–"
    return words.exact_words(value.total_seconds() if isinstance(value, timedelta) else float(value))


@register.inclusion_tag("components/moment.html")
def moment(at: datetime | None, after: datetime | None = None) -> dict[str, Any]:
    """A moment to the second in the reader's zone: "Mon, Nov 16, 10:30:07"; the day is left out when it is that of
    `after`, the seconds when there are none."""
    if at is None:
        return {"at": None}
    local = timezone.localtime(at)
    is_same_day = after is not None and timezone.localtime(after).date() == local.date()
    time = (
        date_format(local, pgettext("date format: time to the second", "H:i:s"))
        if local.second
        else words.clock_words(at)
    )
    day = "" if is_same_day else date_format(local, pgettext("date format: day of a ledger", "D, M j"))
    return {"at": at, "iso": at.isoformat(), "day": day, "time": time, "full": words.full_words(at)}


@register.inclusion_tag("components/time_strip.html")
def time_strip(strip: Strip) -> dict[str, Any]:
    """Stretches of time side by side, with marks, local times and a legend; `strip` from `web.strips.make_strip`."""
    return {"strip": strip}


@register.inclusion_tag("components/job_progress.html", takes_context=True)
def job_progress(
    context: Context, job: Job, *, label: str, url: str, cancel: str = "", now: datetime | None = None
) -> dict[str, Any]:
    """How far a job is; asks `url` every two seconds until it is over.

    `url` answers with this same tag while it goes on, and then with the header `HX-Refresh`. `cancel` is where a POST
    takes the job back.
    """
    progress = progress_of(job, now or timezone.now())
    said = context["request"].GET.get("said") if "request" in context else None
    return {
        "progress": progress,
        "is_news": said is not None and said != str(progress.quarter),
        "label": label,
        "url": url,
        "cancel": cancel,
        "csrf_token": context.get("csrf_token"),
    }
