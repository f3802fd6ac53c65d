"""The monthly report as its template shows it, and as the sheets of a workbook: the same numbers (SLA-61)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.dashboard_parts import target_words
from desk.levels.distribution import bin_words, histogram_chart
from desk.levels.report import Missed, Report, shares_of
from desk.levels.tables import compliance_note, repairs_words, seconds_of, times_note
from desk.sheets import Column, Table, Unit
from quality.figures import CSI_TARGET
from sla.figures import Compliance, Group, Outcome, Tally
from sla.models import ClockKind
from tickets.states import TicketType
from web.words import full_words, late_words

MOST_MISSED = 200  # on paper; the workbook holds all


def context(report: Report) -> dict[str, Any]:
    """Everything the template needs."""
    return {
        "report": report,
        "levels": level_rows(report),
        "missed": [missed_row(each) for each in report.missed[:MOST_MISSED]],
        "missed_count": len(report.missed),
        "missed_hidden": max(0, len(report.missed) - MOST_MISSED),
        "times": times(report),
        "csi_target": CSI_TARGET,
        "received_href": list_address(report, "received"),
        "dimensions": dimensions(report),
    }


def list_address(report: Report, figure: str, **asked: Any) -> str:
    """Where the list behind a number is (SLA-61)."""
    last = report.month.following - timedelta(days=1)
    about = {"from": report.month.first, "to": last, "client": report.client.pk}
    return f"{reverse('desk:levels-list')}?{urlencode({**about, 'figure': figure, **asked})}"


def level_rows(report: Report) -> list[dict[str, Any]]:
    """Each clock that was due, then repairs (R-044)."""
    now, before = report.levels, report.levels_before
    rows = [level_row(report, str(kind.label), now[kind], before[kind].now) for kind in report.kinds]
    if report.repairs.now != Tally():
        faults = {"by": Group.TYPE, "of": TicketType.INCIDENT}
        rows.append(level_row(report, repairs_words(), report.repairs, report.repairs_before.now, **faults))
    return rows


def level_row(report: Report, label: str, level: Compliance, before: Tally, **asked: Any) -> dict[str, Any]:
    """A compliance beside its target and the month before; `asked` narrows the lists behind its counts."""
    share = level.now.share
    return {
        "label": label,
        "target": level.target,
        "target_words": target_words(level.target),
        "now": level.now,
        "counts": [
            {
                "label": outcome.label,
                "count": level.now.of(outcome),
                "href": list_address(report, level.kind, outcome=outcome, **asked),
            }
            for outcome in (Outcome.MET, Outcome.MISSED, Outcome.VOID)
        ],
        "before": before,
        "is_below": share is not None and share < level.target,
        "is_met": share is not None and share >= level.target,
    }


def missed_row(missed: Missed) -> dict[str, Any]:
    """A missed cycle."""
    return {
        "clock": missed.clock,
        "kind": ClockKind(missed.clock.kind).label,
        "ticket": missed.clock.ticket,
        "due": date_format(
            timezone.localtime(missed.clock.due_at), pgettext("date format: any year with time", "M j, Y, H:i")
        ),
        "late": late_words(missed.late),
        "is_running": missed.clock.stopped_at is None,
        "shares": shares_of(missed),
    }


def times(report: Report) -> list[dict[str, Any]]:
    """Per clock with finished cycles: count, median, 90th percentile, and the distribution."""
    return [
        {
            "kind": kind,
            "span": report.spans[kind],
            "chart": histogram_chart(found, report.spans[kind]),
            "id": f"times-{kind.value}",
        }
        for kind, found in report.histograms.items()
    ]


def dimensions(report: Report) -> list[dict[str, Any]]:
    """The index of each dimension; nothing without answers."""
    if not report.opinion.now.count:
        return []
    return [
        {"label": dimension.label, "index": scores.index} for dimension, scores in report.opinion.by_dimension.items()
    ]


# --- the workbook ------------------------------------------------------------------------------------


def about(report: Report) -> list[tuple[str, str]]:
    """What the workbook is of."""
    return [
        (_("Client"), report.client.name),
        (_("Month"), report.month.words),
        (_("Time zone"), str(report.period.zone)),
        (_("Read"), full_words(report.at)),
        (_("Compliance"), compliance_note()),
    ]


def tables(report: Report) -> list[Table]:
    """A sheet per part."""
    return [
        _agreed(report),
        _volume(report),
        _levels(report),
        _missed(report),
        _times(report),
        _distribution(report),
        _satisfaction(report),
        _open(report),
    ]


def _columns(*labels: str) -> list[Column]:
    return [Column(label) for label in labels]


def _agreed(report: Report) -> Table:
    terms = (_("Clock"), _("Applies to"), _("Within"), _("Calendar"), _("Pauses while waiting for"))
    columns = _columns(_("Agreement"), *terms)
    rows = [
        (f"{agreed.version}", each.clock, each.applies_to, each.within, each.calendar, each.pauses)
        for agreed in report.agreed
        for each in agreed.promises
    ]
    return Table("agreed", _("What was agreed"), columns, rows)


def _volume(report: Report) -> Table:
    columns = [
        Column(_("Type")),
        Column(pgettext("number of requests", "Received"), Unit.COUNT),
        Column(_("Ended"), Unit.COUNT),
    ]
    rows = [(each.type.label, each.received, each.ended) for each in report.types]
    return Table("volume", _("Volume"), columns, rows)


def _levels(report: Report) -> Table:
    columns = [
        Column(_("Clock")),
        *(Column(label, Unit.SHARE) for label in (_("Compliance"), _("Target"), _("Month before"))),
        *(Column(label, Unit.COUNT) for label in (_("Met"), _("Missed"), _("Void"))),
    ]
    rows = [
        (row["label"], row["now"].share, row["target"], row["before"].share, *_counts(row["now"]))
        for row in level_rows(report)
    ]
    return Table("levels", _("Compliance"), columns, rows, note=compliance_note())


def _counts(tally: Any) -> tuple[int, int, int]:
    return tally.met, tally.missed, tally.void


def _missed(report: Report) -> Table:
    columns = [
        *_columns(_("Number"), _("Subject"), _("Service"), _("Clock")),
        *(Column(label, Unit.MOMENT) for label in (_("Started"), _("Due"), _("Stopped"))),
        Column(_("How late")),
        Column(_("Spent on")),
    ]
    rows = [
        (
            each.clock.ticket.number,
            each.clock.ticket.subject,
            str(each.clock.ticket.service),
            ClockKind(each.clock.kind).label,
            each.clock.started_at,
            each.clock.due_at,
            each.clock.stopped_at,
            late_words(each.late),
            "; ".join(f"{cause.label} {share:.0%}" for cause, share in each.shares),
        )
        for each in report.missed
    ]
    return Table("missed", _("Missed targets"), columns, rows)


def _times(report: Report) -> Table:
    columns = [
        Column(_("Clock")),
        Column(_("Stopped"), Unit.COUNT),
        *(Column(label, Unit.SECONDS) for label in (_("Median"), _("90th percentile"), _("Longest"))),
    ]
    rows = [
        (kind.label, span.count, *(seconds_of(each) for each in (span.median, span.ninth, span.longest)))
        for kind, span in report.spans.items()
        if span.count
    ]
    return Table("times", _("How long it took"), columns, rows, note=times_note())


def _distribution(report: Report) -> Table:
    columns = [*_columns(_("Clock"), _("Time")), Column(_("Met"), Unit.COUNT), Column(_("Missed"), Unit.COUNT)]
    rows = [
        (kind.label, bin_words(each), each.met, each.missed)
        for kind, found in report.histograms.items()
        for each in found.bins
    ]
    return Table("distribution", _("Distribution"), columns, rows)


def _satisfaction(report: Report) -> Table:
    opinion = report.opinion
    columns = [Column(_("What")), Column(_("Index"), Unit.SHARE), Column(_("Answers"), Unit.COUNT)]
    whole = (_("Satisfaction index"), opinion.now.index, opinion.now.count)
    parts = [(dimension.label, scores.index, scores.count) for dimension, scores in opinion.by_dimension.items()]
    return Table("satisfaction", _("Satisfaction"), columns, [whole, *parts])


def _open(report: Report) -> Table:
    columns = [*_columns(_("Number"), _("Subject"), _("Service"), _("State")), Column(_("Received"), Unit.MOMENT)]
    rows = [
        (ticket.number, ticket.subject, str(ticket.service), ticket.get_state_display(), ticket.received_at)
        for ticket in report.open
    ]
    return Table("open", _("Open at the end"), columns, rows)
