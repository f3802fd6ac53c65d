"""The forms of the acts. They gather and shape what is typed; what it means is checked by `tickets.services`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Team, User
from desk.people import handlers, with_load
from tickets.models import MAX_OPTIONS, Service, Ticket
from tickets.services import Option
from tickets.states import Complexity, Impact, Priority, Risk, TicketType, Urgency, Wait
from web.acts import ActForm
from web.forms import DateTimeInput, FilesField


@dataclass(frozen=True)
class Visit:
    """Somebody at a request, at an instant."""

    ticket: Ticket
    user: User
    at: datetime


class DeedForm(ActForm):
    """The form of an act on one request."""

    is_tick = False  # whether it is sent by one press, without being shown first

    def __init__(self, visit: Visit, *args: Any, only: str = "", **kwargs: Any) -> None:
        """`only` keeps one of several fields, for editing in place."""
        kwargs.setdefault("auto_id", "act_%s")
        super().__init__(*args, **kwargs)
        self.visit = visit
        self.prepare()
        if only in self.fields:
            self.fields = {name: self.fields[name] for name in (only, "once")}

    def prepare(self) -> None:
        """Fill choices and initial values from the request."""


class QuietForm(DeedForm):
    """For acts that ask nothing."""


class WriteForm(ActForm):
    """The composer."""

    body = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea, required=False)
    files = FilesField(label=gettext_lazy("Files"), required=False)  # type: ignore[assignment] # Form.files is theirs


class ReasonForm(DeedForm):
    """A text that the client reads."""

    reason = forms.CharField(label=gettext_lazy("Reason, as the client reads it"), widget=forms.Textarea)


class ProgressForm(DeedForm):
    """How the work goes."""

    body = forms.CharField(
        label=gettext_lazy("How the work goes, as the client reads it"), widget=forms.Textarea, required=False
    )
    files = FilesField(label=gettext_lazy("Files"), required=False)  # type: ignore[assignment] # as below


class AssignForm(DeedForm):
    """Who is responsible."""

    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=gettext_lazy("As before"),
    )
    assignee = forms.ChoiceField(label=gettext_lazy("Person"), required=False)

    def prepare(self) -> None:
        """The ticket's team first, then everybody else, each with what they carry already."""
        ticket = self.visit.ticket
        teams = self.fields["team"]
        assert isinstance(teams, forms.ModelChoiceField)  # noqa: S101 - declared above, for the type checker
        teams.queryset = Team.objects.filter(is_active=True)
        teams.initial = ticket.team_id
        people = with_load(handlers())
        self.people = {str(person.pk): person for person in people}
        near = set(map(str, _team_people(ticket)))
        self.fields["assignee"].initial = ticket.assignee_id or ""
        self.fields["assignee"].choices = [  # type: ignore[attr-defined] # a ChoiceField
            ("", _("Nobody")),
            (_("In the team"), [(pk, _loaded(person)) for pk, person in self.people.items() if pk in near]),
            (_("Others"), [(pk, _loaded(person)) for pk, person in self.people.items() if pk not in near]),
        ]

    def clean_assignee(self) -> User | None:
        """The person."""
        return self.people.get(self.cleaned_data["assignee"])


def _team_people(ticket: Ticket) -> Iterable[int]:
    if ticket.team is None:
        return []
    return [*ticket.team.members.values_list("pk", flat=True), *([ticket.team.lead_id] if ticket.team.lead_id else [])]


def _loaded(person: User) -> str:
    load: int = getattr(person, "load", 0)
    words = ngettext("%(count)s open", "%(count)s open", load) % {"count": load}
    return f"{person.name} · {words}"


class ClassifyForm(DeedForm):
    """What the matter is."""

    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=TicketType.choices)
    service = forms.ModelChoiceField(label=gettext_lazy("Service"), queryset=Service.objects.none(), empty_label=None)
    impact = forms.TypedChoiceField(label=gettext_lazy("Impact"), choices=Impact.choices, coerce=int)
    urgency = forms.TypedChoiceField(label=gettext_lazy("Urgency"), choices=Urgency.choices, coerce=int)
    complexity = forms.ChoiceField(label=gettext_lazy("Complexity"), choices=Complexity.choices)

    def prepare(self) -> None:
        """What it is now."""
        ticket = self.visit.ticket
        services = self.fields["service"]
        assert isinstance(services, forms.ModelChoiceField)  # noqa: S101 - declared above, for the type checker
        on_offer = Service.objects.on_offer_to(ticket.organisation)
        services.queryset = Service.objects.filter(pk=ticket.service_id) | on_offer
        for name in ("type", "service", "impact", "urgency", "complexity"):
            self.fields[name].initial = getattr(ticket, name)


class PriorityForm(DeedForm):
    """Override of the matrix."""

    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices[::-1], coerce=int, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea,
        help_text=gettext_lazy("Kept as an internal note."),
    )

    def prepare(self) -> None:
        """What it is now."""
        self.fields["priority"].initial = self.visit.ticket.priority


class WaitForm(DeedForm):
    """What it waits for."""

    wait_for = forms.ChoiceField(
        label=gettext_lazy("It waits"),
        choices=[
            (Wait.CLIENT.value, gettext_lazy("for the client")),
            (Wait.THIRD_PARTY.value, gettext_lazy("for a third party")),
            (Wait.DATE.value, gettext_lazy("for a date")),
        ],
        widget=forms.RadioSelect,
        initial=Wait.CLIENT.value,
        help_text=gettext_lazy("Targets that say so stand still. A wait for the client ends with their answer."),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        widget=DateTimeInput,
        required=False,
        help_text=gettext_lazy("Only when waiting for a date; work goes on by itself then."),
    )


class MergeForm(DeedForm):
    """Where it goes on."""

    into = forms.CharField(
        label=gettext_lazy("Number of the request that goes on"),
        max_length=20,
        widget=forms.TextInput(attrs={"list": "merge-into", "autocomplete": "off"}),
    )

    def prepare(self) -> None:
        """The client's other open requests, to choose from."""
        ticket, user = self.visit.ticket, self.visit.user
        others = Ticket.objects.visible_to(user).open().filter(organisation=ticket.organisation_id)
        self.candidates = list(others.exclude(pk=ticket.pk).order_by("-received_at").only("number", "subject")[:12])

    def clean_into(self) -> Ticket:
        """The request of that number."""
        number = self.cleaned_data["into"].strip().upper()
        found = Ticket.objects.visible_to(self.visit.user).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no request with this number."))
        return found


class TaskForm(DeedForm):
    """A piece of work."""

    title = forms.CharField(label=gettext_lazy("Task"), max_length=200)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who does it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )
    due_at = forms.DateTimeField(label=gettext_lazy("Due"), widget=DateTimeInput, required=False)

    def prepare(self) -> None:
        """Everybody who handles requests."""
        owners = self.fields["owner"]
        assert isinstance(owners, forms.ModelChoiceField)  # noqa: S101 - declared above, for the type checker
        owners.queryset = handlers()


class TickForm(DeedForm):
    """Which task."""

    is_tick = True
    task = forms.IntegerField(widget=forms.HiddenInput)


class DeliverForm(DeedForm):
    """Handing over."""

    summary = forms.CharField(
        label=gettext_lazy("What was done, as the client reads it"), widget=forms.Textarea, required=False
    )
    files = FilesField(label=gettext_lazy("Deliverables"), required=False)  # type: ignore[assignment] # as above
    self_checked = forms.BooleanField(label=gettext_lazy("I have checked the work myself"), required=False)


class ProposeForm(DeedForm):
    """What to say with the plan that was drafted."""

    message = forms.CharField(
        label=gettext_lazy("Message to the client"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


class PlanForm(DeedForm):
    """One to three options. Those behind the last one that holds anything are left out."""

    draft = forms.CharField(required=False, widget=forms.HiddenInput)
    message = forms.CharField(
        label=gettext_lazy("Message to the client"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )

    TEXTS = {
        "title": (gettext_lazy("Title"), False),
        "steps": (gettext_lazy("Steps"), True),
        "effect": (gettext_lazy("Expected effect"), False),
        "resources": (gettext_lazy("Resources"), False),
        "duration": (gettext_lazy("Duration"), False),
        "risk_note": (gettext_lazy("Risk and response"), False),
    }

    def prepare(self) -> None:
        """Fields for three options, filled from the latest version."""
        plan = self.visit.ticket.current_plan
        known = {option.position: option for option in plan.options.all()} if plan else {}
        for position in range(1, MAX_OPTIONS + 1):
            before = known.get(position)
            for name, (label, is_long) in self.TEXTS.items():
                widget = forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput()
                self.fields[f"options_{position}_{name}"] = forms.CharField(
                    label=label, required=False, widget=widget, initial=getattr(before, name, "")
                )
            self.fields[f"options_{position}_risk"] = forms.TypedChoiceField(
                label=gettext_lazy("Risk"),
                choices=Risk.choices,
                coerce=int,
                required=False,
                empty_value="",
                initial=before.risk if before else Risk.LOW,
            )

    def sets(self) -> list[dict[str, Any]]:
        """The options as groups of fields; all but the first fold when empty."""
        groups: list[dict[str, Any]] = []
        for position in range(1, MAX_OPTIONS + 1):
            fields = {name: self[f"options_{position}_{name}"] for name in (*self.TEXTS, "risk")}
            is_used = any(fields[name].value() for name in self.TEXTS) or any(f.errors for f in fields.values())
            groups.append({"position": position, "fields": fields, "is_open": position == 1 or is_used})
        return groups

    def options(self) -> list[Option]:
        """What was written, up to the last option that holds anything."""
        written = [
            {name: self.cleaned_data[f"options_{position}_{name}"] for name in (*self.TEXTS, "risk")}
            for position in range(1, MAX_OPTIONS + 1)
        ]
        used = [n for n, option in enumerate(written, start=1) if any(option[name] for name in self.TEXTS)]
        return [Option(**{**option, "risk": option["risk"] or Risk.LOW}) for option in written[: max(used, default=1)]]
