"""The forms of a calendar. They gather and shape what is typed; what it means is checked by `sla.services`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import DELETION_FIELD_NAME, TOTAL_FORM_COUNT, BaseFormSet
from django.utils.functional import lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from desk.calendars.hours import HoursField
from desk.calendars.places import country_choices, region_choices
from desk.calendars.words import weekday_name
from sla.models import CalendarVersion
from sla.services.calendar_content import WEEK, Content
from sla.services.calendars import NAME_LIMIT, NOTE_LIMIT
from sla.services.own_days import NAME_LIMIT as DAY_NAME_LIMIT
from sla.services.own_days import OwnDay, OwnKind
from tickets.errors import Invalid
from web.forms import DateInput, DateTimeInput

MOST_OWN_DAYS, EMPTY_ROWS = 400, 2

_NAME = pgettext_lazy("of a day or a calendar", "Name")
_day_name = lazy(weekday_name, str)


class DraftForm(forms.Form):
    """Time zone, country, weekly hours and note of a draft. `week_error` is what is wrong with the week as a whole."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Type a city or a region."),
    )
    country = forms.CharField(label=_("Public holidays of"), required=False, widget=forms.Select)
    region = forms.CharField(label=_("Region"), required=False, widget=forms.Select)
    note = forms.CharField(
        label=_("What changed"), required=False, widget=forms.TextInput(attrs={"maxlength": NOTE_LIMIT})
    )
    week_error = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in WEEK:
            self.fields[f"hours_{day}"] = HoursField(
                label=_day_name(day),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "text"}),
            )
        self._choices("country", country_choices())
        self._choices("region", region_choices(self["country"].value() or ""))

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        widget = self.fields[name].widget
        assert isinstance(widget, forms.Select)  # noqa: S101 - declared above, for the type checker
        widget.choices = choices

    @property
    def week(self) -> list[BoundField]:
        """The fields of the weekdays, Monday first."""
        return [self[f"hours_{day}"] for day in WEEK]


class OwnDayForm(forms.Form):
    """One own exception. `like` and `hours` belong to their kinds and are left alone by the others."""

    day = forms.DateField(label=_("Date"), widget=DateInput(attrs={"autocomplete": "off"}))
    kind = forms.ChoiceField(label=_("What it is"), choices=OwnKind.choices, initial=OwnKind.CLOSED)
    like = forms.ChoiceField(
        label=_("Like"), choices=[(day, _day_name(day)) for day in WEEK], initial=WEEK[0], required=False
    )
    hours = HoursField(label=_("Hours"))
    name = forms.CharField(label=_NAME, required=False, widget=forms.TextInput(attrs={"maxlength": DAY_NAME_LIMIT}))

    @property
    def is_removed(self) -> bool:
        """Whether somebody ticked it away."""
        return bool(self.is_bound and self[DELETION_FIELD_NAME].value())

    def own_day(self) -> OwnDay:
        """What was written."""
        data = self.cleaned_data
        kind = OwnKind(data["kind"])
        return OwnDay(
            day=data["day"],
            kind=kind,
            like=data["like"] if kind == OwnKind.WORKDAY and data["like"] else WEEK[0],
            hours=data["hours"] if kind == OwnKind.SPECIAL else (),
            name=data["name"],
        )


OwnDaysFormSet = forms.formset_factory(
    OwnDayForm,
    extra=EMPTY_ROWS,
    can_delete=True,
    max_num=MOST_OWN_DAYS,
    validate_max=True,
    absolute_max=MOST_OWN_DAYS * 2,
)


class Draft:
    """What somebody sees and types into a draft: the form and the rows of own days, as one.

    Attributes:
        is_refused: whether the domain said already what is wrong with it.
    """

    is_refused = False

    def __init__(self, version: CalendarVersion, data: Mapping[str, Any] | None = None) -> None:
        content = Content.of(version)
        self.form = DraftForm(data, initial=_initial(version, content))
        rows: list[Any] = [_row(own) for own in content.own_days]
        self.own_days: BaseFormSet[OwnDayForm] = OwnDaysFormSet(data, initial=rows, prefix="own_days")

    def is_valid(self) -> bool:
        """Whether everything can be read; both parts are looked at, so that all problems show at once."""
        return all([self.form.is_valid(), self.own_days.is_valid()])

    @property
    def _kept_rows(self) -> list[OwnDayForm]:
        return [row for row in self.own_days.forms if row.cleaned_data and not row.errors and not row.is_removed]

    def content(self) -> Content:
        """What was typed, as far as it can be read; whole once `is_valid` said so."""
        data = self.form.cleaned_data
        return Content(
            time_zone=data.get("time_zone", "UTC").strip(),
            hours={day: data.get(f"hours_{day}", ()) for day in WEEK},
            country=data.get("country", ""),
            region=data.get("region", ""),
            own_days=tuple(row.own_day() for row in self._kept_rows),
        )

    def refuse(self, error: Invalid) -> None:
        """Put the domain's messages where they belong: a weekday, the week, a row, a field; what is left on top."""
        self.is_refused, rows = True, self._kept_rows
        for place, said in error.message_dict.items():
            part, _dot, rest = place.partition(".")
            if part == "own_days" and rest.isdecimal():
                rows[int(rest)].add_error(None, said)
            elif place == "hours":
                self.form.week_error = " ".join(said)
            else:
                name = place.replace(".", "_")
                self.form.add_error(name if name in self.form.fields else None, said)

    @property
    def problems(self) -> list[dict[str, str]]:
        """Everything in the way, each with the id of the field it is about."""
        found = [
            {"id": bound.id_for_label, "label": str(bound.label), "error": str(error)}
            for bound in self.form
            for error in bound.errors
        ]
        if self.form.week_error:
            found.append({"id": "week", "label": str(_("Weekly hours")), "error": self.form.week_error})
        for number, row in enumerate(self.own_days.forms, start=1):
            found += [
                {"id": row["day"].id_for_label, "label": _own_label(number), "error": str(error)}
                for error in [*row.non_field_errors(), *(said for bound in row for said in bound.errors)]
            ]
        top = [*self.form.non_field_errors(), *self.own_days.non_form_errors()]
        return [{"id": "", "label": "", "error": str(error)} for error in top] + found


def _own_label(number: int) -> str:
    return gettext("Own exception %(number)s") % {"number": number}


def _initial(version: CalendarVersion, content: Content) -> dict[str, Any]:
    return {
        "revision": version.revision,
        "time_zone": content.time_zone,
        "country": content.country,
        "region": content.region,
        "note": version.note,
        **{f"hours_{day}": content.hours.get(day, ()) for day in WEEK},
    }


def _row(own: OwnDay) -> dict[str, Any]:
    return {"day": own.day, "kind": own.kind, "like": own.like, "hours": own.hours, "name": own.name}


def with_more_rows(data: Any) -> Any:
    """What was sent, with empty rows for more own days."""
    more = data.copy()
    key = f"own_days-{TOTAL_FORM_COUNT}"
    total = int(more[key]) if str(more.get(key, "")).isdecimal() else 0
    more[key] = min(total + EMPTY_ROWS, MOST_OWN_DAYS)
    return more


def with_revision(data: Any, revision: int) -> Any:
    """What was sent, now knowingly over a later revision."""
    renewed = data.copy()
    renewed["revision"] = revision
    return renewed


class NameForm(forms.Form):
    """A calendar's name."""

    name = forms.CharField(label=_NAME, widget=forms.TextInput(attrs={"maxlength": NAME_LIMIT}))


class NewForm(NameForm):
    """A new calendar: a name, and what it begins with."""

    template = forms.CharField(required=False)


class PublishForm(forms.Form):
    """From when a version holds."""

    NOW, LATER = "now", "later"

    revision = forms.IntegerField(widget=forms.HiddenInput)
    when = forms.ChoiceField(choices=[(NOW, ""), (LATER, "")], initial=NOW)
    effective_from = forms.DateTimeField(label=_("Takes effect"), widget=DateTimeInput, required=False)

    def clean(self) -> dict[str, Any]:
        """A date, where one was chosen."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") == self.LATER and not data.get("effective_from") and "effective_from" not in self.errors:
            self.add_error("effective_from", _("Please say from when it holds."))
        return data

    def begins(self) -> Any:
        """The chosen instant; None for now."""
        return self.cleaned_data["effective_from"] if self.cleaned_data["when"] == self.LATER else None
