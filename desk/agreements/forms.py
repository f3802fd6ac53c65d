"""The forms of the editor: dates and texts, one form per target, one per step of its ladder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Team, Tier
from sla.models import BREACH_POINT, Audience, ClockKind, WorkingCalendar
from sla.services.terms import Promise, Rung
from tickets.models import Service
from tickets.states import Complexity, Priority, TicketType
from web.agreements import WAITS
from web.durations import DurationField
from web.forms import DateInput, DateTimeInput

Choices = Sequence[tuple[Any, Any]]
ANY = pgettext_lazy("criterion of a target", "any")

WHEN = (
    ("%", gettext_lazy("% of the target")),
    ("-m", gettext_lazy("min before it is due")),
    (BREACH_POINT, gettext_lazy("when it is missed")),
    ("+m", gettext_lazy("min after it was missed")),
    ("-s", gettext_lazy("s before it is due")),
    ("+s", gettext_lazy("s after it was missed")),
)
CRITERIA = ("type", "service", "technical_only", "priority", "tier", "complexity")
_POINT = re.compile(r"([+-]?)(\d+)([%ms])")


@dataclass(frozen=True)
class Catalogue:
    """What targets and steps can name, to choose from; three queries."""

    services: Choices
    calendars: Choices
    teams: Choices

    @classmethod
    def of(cls, calendars: set[int], teams: set[int]) -> Catalogue:
        """Every service; the calendars and teams in use, and those that the draft names already."""
        all_calendars = WorkingCalendar.objects.values_list("pk", "name", "is_active")
        all_teams = Team.objects.only("name", "is_active")
        return cls(
            services=[(service.pk, str(service)) for service in Service.objects.only("name")],
            calendars=[(pk, name) for pk, name, is_active in all_calendars if is_active or pk in calendars],
            teams=[(team.pk, str(team)) for team in all_teams if team.is_active or team.pk in teams],
        )


class TermsForm(forms.Form):
    """Everything a draft says, its targets excepted."""

    effective_from = forms.DateTimeField(label=gettext_lazy("In force from"), widget=DateTimeInput, required=False)
    effective_to = forms.DateTimeField(label=gettext_lazy("In force until"), widget=DateTimeInput, required=False)
    review_on = forms.DateField(label=gettext_lazy("Review on"), widget=DateInput, required=False)
    note = forms.CharField(label=gettext_lazy("What changed, for our own record"), required=False, max_length=300)
    content = forms.CharField(label=gettext_lazy("Services covered"), widget=forms.Textarea, required=False)
    indicators = forms.CharField(label=gettext_lazy("Indicators"), widget=forms.Textarea, required=False)
    consequences = forms.CharField(
        label=gettext_lazy("Consequences of a breach"), widget=forms.Textarea, required=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


def _any(choices: Choices) -> list[tuple[Any, Any]]:
    return [("", ANY), *choices]


class PromiseForm(forms.Form):
    """One target."""

    kind = forms.ChoiceField(label=gettext_lazy("Clock"), choices=ClockKind.choices)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=_any(TicketType.choices), required=False)
    service = forms.TypedChoiceField(label=gettext_lazy("Service"), coerce=int, empty_value=None, required=False)
    technical_only = forms.BooleanField(label=gettext_lazy("Technical services only"), required=False)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        choices=_any(Priority.choices),
        coerce=int,
        empty_value=None,
        required=False,
    )
    tier = forms.ChoiceField(label=gettext_lazy("Client tier"), choices=_any(Tier.choices), required=False)
    complexity = forms.ChoiceField(label=gettext_lazy("Complexity"), choices=_any(Complexity.choices), required=False)
    duration = DurationField(label=gettext_lazy("Within"))
    calendar = forms.TypedChoiceField(label=gettext_lazy("Calendar"), coerce=int)
    pauses = forms.MultipleChoiceField(
        label=gettext_lazy("Pauses while waiting for"), choices=list(WAITS.items()), required=False
    )

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "service", _any(catalogue.services))
        _offer(self, "calendar", catalogue.calendars)

    def promise(self, ladder: Sequence[Rung]) -> Promise:
        """What the valid form says."""
        data = self.cleaned_data
        return Promise(
            kind=data["kind"],
            seconds=int(data["duration"].total_seconds()),
            calendar=data["calendar"],
            pauses=tuple(data["pauses"]),
            ladder=tuple(ladder),
            **{name: data[name] for name in CRITERIA},
        )


def _raises() -> Choices:
    """What a step may raise the priority to."""
    above = [(value, _("%(priority)s priority") % {"priority": label}) for value, label in Priority.choices[1:]]
    return [("", _("same priority")), *above]


class RungForm(forms.Form):
    """One step of a ladder: a point, as a number with its unit, and what happens there."""

    amount = forms.CharField(label=gettext_lazy("How much"), required=False, max_length=6)
    when = forms.ChoiceField(label=gettext_lazy("When"), choices=WHEN)
    tell = forms.MultipleChoiceField(label=gettext_lazy("Tell"), choices=Audience.choices, required=False)
    raise_to = forms.TypedChoiceField(
        label=gettext_lazy("Raise the priority to"),
        choices=_raises,
        coerce=int,
        empty_value=None,
        required=False,
    )
    give_to = forms.TypedChoiceField(label=gettext_lazy("Hand over to"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(pk, _("to %(team)s") % {"team": name}) for pk, name in catalogue.teams]
        _offer(self, "give_to", [("", _("stays with the team")), *teams])

    def clean(self) -> dict[str, Any]:
        """The number belongs to the point; at the breach there is none."""
        data = super().clean() or {}
        when, amount = data.get("when"), data.get("amount", "")
        if when is not None and when != BREACH_POINT:
            number = int(amount) if amount.isascii() and amount.isdecimal() else 0
            most = 100 if when == "%" else 999_999
            if not 1 <= number <= most:
                self.add_error("amount", _("Please write a number from 1 to %(most)s.") % {"most": most})
        return data

    def rung(self) -> Rung:
        """What the valid form says."""
        data = self.cleaned_data
        return Rung(
            point=_joined(data["amount"], data["when"]),
            tell=tuple(data["tell"]),
            raise_to=data["raise_to"],
            give_to=data["give_to"],
        )


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above, for the type checker
    field.choices = choices


def _joined(amount: str, when: str) -> str:
    """A point as it is stored: `80%`, `-10m`, `breach`, `+30m`."""
    if when == BREACH_POINT:
        return BREACH_POINT
    return f"{int(amount)}%" if when == "%" else f"{when[0]}{int(amount)}{when[1]}"


def split_point(point: str) -> Mapping[str, str]:
    """A stored point as the form's `amount` and `when`."""
    found = _POINT.fullmatch(point)
    if found is None:
        return {"amount": "", "when": BREACH_POINT}
    sign, amount, unit = found.groups()
    return {"amount": amount, "when": f"{sign}{unit}"}
