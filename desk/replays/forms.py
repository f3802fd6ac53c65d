"""What a what-if and a recalculation are asked with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from sla.models import AgreementVersion, CalendarVersion, WorkingCalendar
from sla.services.recalculation import REASON_LIMIT
from sla.services.terms import Promise
from sla.services.what_if import NAME_LIMIT
from web.acts import ActForm
from web.agreements import WAITS
from web.durations import DurationField
from web.forms import DateInput

OWN = "own"
PERIODS = (("30", _("last 30 days")), ("90", _("last 90 days")), ("365", _("last 12 months")), (OWN, _("from – to")))
USUAL_PERIOD = "90"
FIRST_YEAR, LAST_YEAR = 2000, 2100

Choices = list[tuple[str, list[tuple[str, str]]]]


class PeriodForm(forms.Form):
    """When the requests were received that are replayed, whose they are, and what the question is called."""

    period = forms.ChoiceField(label=_("Requests received in the"), choices=PERIODS, initial=USUAL_PERIOD)
    since = forms.DateField(label=_("From"), widget=DateInput, required=False)
    until = forms.DateField(label=_("To, this day included"), widget=DateInput, required=False)
    clients = forms.MultipleChoiceField(
        label=_("Of these clients"), widget=forms.CheckboxSelectMultiple, required=False, help_text=_("None: all.")
    )
    name = forms.CharField(
        label=_("What to call it"),
        max_length=NAME_LIMIT,
        required=False,
        help_text=_("Empty: it is named after what is asked."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = Organisation.objects.order_by("name").values_list("pk", "name")
        self.fields["clients"].choices = [(str(pk), name) for pk, name in clients]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Days are needed where no preset is chosen."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("period") == OWN:
            for name in ("since", "until"):
                day = cleaned.get(name)
                if name not in self.errors and (day is None or not FIRST_YEAR <= day.year <= LAST_YEAR):
                    self.add_error(name, _("Please choose a day."))
        return cleaned

    def span(self, at: datetime) -> tuple[datetime, datetime]:
        """[since, until) of a valid form, in the reader's days."""
        if self.cleaned_data["period"] != OWN:
            days = int(self.cleaned_data["period"])
            return _midnight(timezone.localdate(at) - timedelta(days=days)), at
        return _midnight(self.cleaned_data["since"]), _midnight(self.cleaned_data["until"] + timedelta(days=1))

    @property
    def client_ids(self) -> list[int]:
        """The clients of a valid form."""
        return [int(pk) for pk in self.cleaned_data["clients"]]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


class VersionForm(forms.Form):
    """Which version is assumed."""

    about = forms.ChoiceField(label=_("Assume that this version had held all the time"))

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = choices  # type: ignore[attr-defined]


class PromiseForm(forms.Form):
    """What of a target may be assumed otherwise: how long it may take, in which hours, what pauses it."""

    within = DurationField(label=_("Within"))
    calendar = forms.ChoiceField(label=_("Calendar"))
    pauses = forms.MultipleChoiceField(
        label=_("Pauses while waiting for"), widget=forms.CheckboxSelectMultiple, choices=WAITS.items(), required=False
    )

    def __init__(self, data: Any, *, promise: Promise, number: int, calendars: Sequence[tuple[int, str]]) -> None:
        self.promise, self.number = promise, number
        known = {
            "within": timedelta(seconds=promise.seconds),
            "calendar": str(promise.calendar),
            "pauses": list(promise.pauses),
        }
        super().__init__(data, prefix=f"t{number}", initial=known)
        self.fields["calendar"].choices = calendars  # type: ignore[attr-defined]

    @property
    def changed(self) -> Promise:
        """The target as it is assumed; of a valid form."""
        return replace(
            self.promise,
            seconds=int(self.cleaned_data["within"].total_seconds()),
            calendar=int(self.cleaned_data["calendar"]),
            pauses=tuple(self.cleaned_data["pauses"]),
        )

    def refuse(self, place: str, messages: Iterable[str]) -> None:
        """Show what the domain says of a part of this target."""
        name = {"seconds": "within"}.get(place, place)
        self.add_error(name if name in self.fields else None, list(messages))


def usable_calendars(promises: Iterable[Promise]) -> list[tuple[int, str]]:
    """The calendars a target may count in: those in use, and those that these promises name already."""
    named = {promise.calendar for promise in promises}
    rows = WorkingCalendar.objects.order_by("name").values_list("pk", "name", "is_active")
    return [(pk, name) for pk, name, is_active in rows if is_active or pk in named]


def agreement_choices(versions: Iterable[AgreementVersion]) -> Choices:
    """Versions to choose from, by agreement."""
    return _by_name((version.agreement.name, version) for version in versions)


def calendar_choices(versions: Iterable[CalendarVersion]) -> Choices:
    """Versions to choose from, by calendar."""
    return _by_name((version.calendar.name, version) for version in versions)


def _by_name(named: Iterable[tuple[str, AgreementVersion | CalendarVersion]]) -> Choices:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, version in named:
        words = {"name": name, "number": version.number, "state": version.get_state_display()}
        label = str(_("%(name)s, version %(number)s · %(state)s") % words)
        found.setdefault(name, []).append((str(version.pk), label))
    return list(found.items())


class RecalculationForm(ActForm):
    """What running clocks shall be moved for, and why."""

    about = forms.ChoiceField(label=_("Calendar or agreement"))
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=REASON_LIMIT,
        help_text=_("It stays on record, with your name, and is shown at every clock that was moved."),
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", _("Please choose")), *choices]  # type: ignore[attr-defined]
