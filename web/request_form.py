"""What a new request is asked for, the same for clients and for staff who write it down for them (R-002)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import FieldKind, Service, ServiceField
from tickets.services import Asked
from tickets.states import Impact, Urgency
from web.acts import ActForm
from web.forms import DateInput, DateTimeInput

PLEASE_WRITE = {"required": _("Please write something here.")}
PLEASE_CHOOSE = {"required": _("Please choose one of the answers.")}
ANSWER = "answer_"


class RequestFields(ActForm):
    """A new request: what its service asks, and no more. Files come with the form that inherits from it, as `files`."""

    subject = forms.CharField(
        label=_("What is it about?"),
        max_length=200,
        help_text=_("A few words, as in the subject of a mail."),
        error_messages=PLEASE_WRITE,
    )
    description = forms.CharField(
        label=_("Describe it"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What did you do, what did you expect, what happened instead?"),
        error_messages=PLEASE_WRITE,
    )
    field_order = ["subject", "description"]

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        files = self.fields.pop("files")
        self.fields.update(_asked_by(service))
        self.questions = {ANSWER + question.key: _answer_field(question) for question in _questions(service)}
        self.fields.update(self.questions)
        self.fields["files"] = files

    def asked(self, data: Mapping[str, Any]) -> Asked:
        """What `tickets.services.submit` takes."""
        names = ("service_object", "began_at", "affected", "background", "wanted_by")
        return Asked(
            service=self.service,
            subject=data["subject"],
            description=data["description"],
            impact=_number(data.get("impact")),
            urgency=_number(data.get("urgency")),
            answers={name.removeprefix(ANSWER): data.get(name) for name in self.questions},
            files=data["files"],
            **{name: data[name] for name in names if name in data},
        )

    @property
    def fields_in_order(self) -> list[forms.BoundField]:
        """What the page shows one after the other: neither the cards nor what follows them."""
        return [self[name] for name in self.fields if name not in {"once", "files", "impact", "urgency", "affected"}]

    @property
    def cards(self) -> list[forms.BoundField]:
        """What is answered by choosing a card."""
        return [self[name] for name in ("impact", "urgency") if name in self.fields]


def _questions(service: Service) -> list[ServiceField]:
    return list(service.fields.prefetch_related("choices"))


def _number(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None


def _asked_by(service: Service) -> dict[str, forms.Field]:
    """The fields that a service switches on."""
    wanted: dict[str, tuple[bool, forms.Field]] = {
        "service_object": (
            service.asks_object,
            forms.CharField(
                label=_("Which system or device?"),
                max_length=200,
                required=False,
                help_text=_("A name, an address or the number on its label."),
            ),
        ),
        "began_at": (
            service.asks_began,
            forms.DateTimeField(label=_("When did it begin?"), required=False, widget=DateTimeInput),
        ),
        "impact": (
            service.asks_impact,
            forms.ChoiceField(
                label=_("Who is affected?"),
                choices=Impact.choices,
                initial=service.default_impact,
                widget=forms.RadioSelect,
                error_messages=PLEASE_CHOOSE,
            ),
        ),
        "urgency": (
            service.asks_impact,
            forms.ChoiceField(
                label=_("How urgent is it?"),
                choices=Urgency.choices,
                initial=service.default_urgency,
                widget=forms.RadioSelect,
                error_messages=PLEASE_CHOOSE,
            ),
        ),
        "affected": (
            service.asks_impact,
            forms.CharField(
                label=_("Who exactly?"),
                max_length=200,
                required=False,
                help_text=_("Names, a department, or how many people."),
            ),
        ),
        "background": (
            service.asks_background,
            forms.CharField(
                label=_("What is it needed for?"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("The business behind it helps us to find the right way."),
            ),
        ),
        "wanted_by": (
            service.asks_wanted_by,
            forms.DateTimeField(label=_("Until when do you want it?"), required=False, widget=DateTimeInput),
        ),
    }
    return {name: field for name, (is_asked, field) in wanted.items() if is_asked}


def _answer_field(question: ServiceField) -> forms.Field:
    """The field for a service's own question."""
    usual: dict[str, Any] = {
        "label": str(question.label),
        "help_text": str(question.help or ""),
        "required": question.required,
    }
    if question.kind == FieldKind.CHECKBOX:
        return forms.BooleanField(**usual, error_messages={"required": _("Please tick this.")})
    usual["error_messages"] = {"required": _("Please answer this.")}
    if question.kind == FieldKind.CHOICE:
        choices = [("", _("Please choose")), *((each.value, str(each.label)) for each in question.choices.all())]
        return forms.ChoiceField(**usual, choices=choices)
    if question.kind == FieldKind.DATE:
        return forms.DateField(**usual, widget=DateInput)
    if question.kind == FieldKind.NUMBER:
        return forms.CharField(**usual, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}))
    widget = forms.Textarea(attrs={"rows": 4}) if question.kind == FieldKind.TEXTAREA else forms.TextInput()
    return forms.CharField(**usual, max_length=2000, widget=widget)
