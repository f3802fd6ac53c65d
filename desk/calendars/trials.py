"""The trial calculation on a page: what is typed, the answer, and the time between in words (SLA-05, SLA-06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from desk.calendars.year import Shown
from sla.engine.spans import DayKind, Span
from sla.services.public_days import day_names
from sla.services.trial import Trial, trial
from tickets.errors import Invalid
from web.durations import DurationField
from web.forms import DateTimeInput
from web.strips import COUNTING, Mark, Stretch, Strip, kind_words, make_strip
from web.words import exact_words, full_words

FRIDAY = 4
USUAL = timedelta(hours=2)
MOST_LINES, LAST_LINES = 14, 4


class WallTimeField(forms.CharField):
    """A date and a time without a zone; cleans to a naive datetime of the calendar's own clock."""

    widget = DateTimeInput

    def clean(self, value: Any) -> Any:
        """The moment on the wall."""
        text = super().clean(value)
        try:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            raise forms.ValidationError(_("Please write a date and a time."), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        """As the browser's own control writes it."""
        return f"{value:%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value


class TrialForm(forms.Form):
    """What is asked. Times are those of the calendar's zone."""

    received = WallTimeField(label=gettext_lazy("Received"), max_length=40)
    duration = DurationField(label=gettext_lazy("Target"))

    def refuse(self, error: Invalid) -> None:
        """Put the domain's messages at the fields."""
        for name, said in error.message_dict.items():
            self.add_error(name if name in self.fields else None, said)


def usual_question(at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The question to begin with: something received on the coming Friday at 17:40."""
    local = at.astimezone(zone)
    friday = local + timedelta(days=(FRIDAY - local.weekday()) % 7)
    return {"received": friday.replace(hour=17, minute=40, second=0, microsecond=0), "duration": USUAL}


def trial_form(given: Mapping[str, Any], at: datetime, zone: ZoneInfo) -> TrialForm:
    """The form with what an address or a draft's form asks, else with the usual question; always bound."""
    usual = TrialForm(initial=usual_question(at, zone))
    asked = {name: given[name] if name in given else usual[name].value() for name in usual.fields}
    return TrialForm(asked)


@dataclass(frozen=True)
class Piece:
    """A stretch of time between the two instants; `kind` as a time strip draws it."""

    start: datetime
    end: datetime
    length: timedelta
    kind: str
    what: str

    @property
    def counts(self) -> bool:
        """Whether it used up the target."""
        return self.kind in COUNTING


@dataclass(frozen=True)
class Answer:
    """A trial in words. Where there are many pieces, `left_out` of them are missing between `first` and `last`."""

    trial: Trial
    strip: Strip
    first: list[Piece]
    left_out: int
    last: list[Piece]


def answer_of(form: TrialForm, shown: Shown) -> Answer | None:
    """The answer; None, with the reasons in the form, where there is none."""
    if not form.is_valid():
        return None
    start = form.cleaned_data["received"].replace(tzinfo=shown.zone)
    try:
        found = trial(shown.calendar, start, form.cleaned_data["duration"])
    except Invalid as error:
        form.refuse(error)
        return None
    pieces = [_piece(span, shown) for span in found.pieces]
    left_out = max(0, len(pieces) - MOST_LINES)
    return Answer(
        trial=found,
        strip=_strip(found, pieces, shown),
        first=pieces[:-LAST_LINES] if not left_out else pieces[: MOST_LINES - LAST_LINES],
        left_out=left_out,
        last=pieces[-LAST_LINES:],
    )


def _strip(found: Trial, pieces: list[Piece], shown: Shown) -> Strip:
    """Drawn with the calendar's own times."""
    with timezone.override(shown.zone):
        stretches = [Stretch(piece.start, piece.end, piece.kind, f"{piece.what}: {_span(piece)}") for piece in pieces]
        marks, label = [Mark(found.due, "due", _("Due"))], _("The time between, piece by piece")
        return make_strip("trial-strip", stretches, marks, label=label, words=kind_words())


def _span(piece: Piece) -> str:
    return f"{full_words(piece.start)}, {exact_words((piece.end - piece.start).total_seconds())}"


def _piece(span: Span, shown: Shown) -> Piece:
    kind = "counted" if span.kind is DayKind.OPEN else span.kind.value
    return Piece(span.start, span.end, span.end - span.start, kind, _what(span, kind, shown))


def _what(span: Span, kind: str, shown: Shown) -> str:
    """The kind in words; of a holiday also its name."""
    said, content, day = kind_words()[kind], shown.content, span.start.astimezone(shown.zone).date()
    if span.kind is not DayKind.HOLIDAY:
        return said
    own = {each.day: each.name for each in content.own_days}
    public = day_names(content.country, content.region, day.year, get_language() or "en")
    name = own.get(day) or public.get(day, "")
    return f"{said} · {name}" if name else said
