"""How long finished cycles took, drawn: bars with targets, median and 90th percentile as lines; page and report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from sla.figures import Bin, Histogram, Span
from web.words import duration_words

MOST_TARGETS = 3  # drawn as lines


def histogram_chart(found: Histogram, span: Span) -> dict[str, Any]:
    """Bars of finished cycles by how long they took, with targets, median and 90th percentile as lines."""
    series = [
        {"label": _("Met"), "values": [each.met for each in found.bins]},
        {"label": _("Missed"), "values": [each.missed for each in found.bins], "tone": "late"},
    ]
    return {
        "type": "bar",
        "stacked": True,
        "labels": [bin_words(each) for each in found.bins],
        "series": series if found.bins else [],
        "digits": 0,
        "marks": marks(found, span),
    }


def bin_words(each: Bin) -> str:
    """From when to when: "under 5 m", "5 m – 10 m", "1 h and more"."""
    if each.below is None:
        return _("%(time)s and more") % {"time": duration_words(each.least)}
    if not each.least:
        return _("under %(time)s") % {"time": duration_words(each.below)}
    return f"{duration_words(each.least)} – {duration_words(each.below)}"


def marks(found: Histogram, span: Span) -> list[dict[str, Any]]:
    """What is drawn into the histogram as lines: the targets that were most in play, median and 90th percentile."""
    if span.median is None or span.ninth is None:
        return []
    lines = [(_("Target %(time)s"), float(target.seconds), False) for target in found.targets[:MOST_TARGETS]]
    lines += [(_("Median %(time)s"), span.median.total_seconds(), True)]
    lines += [(_("90%% within %(time)s"), span.ninth.total_seconds(), True)]
    return [
        {"label": words % {"time": duration_words(seconds)}, "at": place, "strong": strong}
        for words, seconds, strong in lines
        if (place := found.place_of(seconds)) is not None
    ]
