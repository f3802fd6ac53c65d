"""Which target a request would get, and why: asked of any version, also of what is just being typed (SLA-33)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Tier, User
from sla.models import ClockKind, Target
from sla.services.selection import Considered, Matter, consider, technical_services
from tickets.models import Ticket
from tickets.states import Complexity, Priority, TicketType
from web.agreements import Names, listed, value_words
from web.words import exact_words

PREFIX = "which"


class WhichForm(forms.Form):
    """A request there is, by its number; or one as it might be. `ticket` is the request, once it is found."""

    ticket: Ticket | None = None

    number = forms.CharField(label=gettext_lazy("Number of a request"), required=False, max_length=40)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=TicketType.choices, required=False)
    service = forms.TypedChoiceField(label=gettext_lazy("Service"), coerce=int, empty_value=None, required=False)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices, coerce=int, empty_value=None, required=False
    )
    tier = forms.ChoiceField(label=gettext_lazy("Client tier"), choices=Tier.choices, required=False)
    complexity = forms.ChoiceField(label=gettext_lazy("Complexity"), choices=Complexity.choices, required=False)

    def __init__(self, *args: Any, names: Names, client: Organisation | None, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", PREFIX)
        kwargs["initial"] = {"priority": Priority.NORMAL, "tier": client.tier if client else Tier.STANDARD}
        super().__init__(*args, **kwargs)
        self.user = user
        services = self.fields["service"]
        assert isinstance(services, forms.ChoiceField)  # noqa: S101 - declared above, for the type checker
        services.choices = list(names.services.items())

    def clean_number(self) -> str:
        """The request is looked up among those the person may see."""
        number: str = self.cleaned_data["number"].strip()
        if number:
            found = Ticket.objects.visible_to(self.user).select_related("organisation", "service")
            self.ticket = found.filter(number__iexact=number.replace("\x00", "")).first()
            if self.ticket is None:
                raise forms.ValidationError(_("There is no such request, or you may not see it."))
        return number

    def matter(self) -> Matter | None:
        """What of the request decides; None where too little is said."""
        if not self.is_valid():
            return None
        if self.ticket is not None:
            return Matter.of(self.ticket)
        data = self.cleaned_data
        if any(data[name] in ("", None) for name in ("type", "service", "priority", "tier", "complexity")):
            return None
        return Matter(
            organisation=0,
            type=data["type"],
            service=data["service"],
            is_technical=technical_services().get(data["service"], False),
            priority=data["priority"],
            tier=data["tier"],
            complexity=data["complexity"],
        )


def is_asked(given: Mapping[str, str]) -> bool:
    """Whether an address or a form asks."""
    return any(given.get(f"{PREFIX}-{name}") for name in ("number", "service"))


@dataclass(frozen=True)
class Answer:
    """What a request would get of one kind of clock: the rows of the targets looked at, the chosen one first."""

    kind: str
    clock: str
    rows: tuple[AnswerRow, ...]

    @property
    def chosen(self) -> AnswerRow | None:
        """The target it would get; None where nothing is promised."""
        return self.rows[0] if self.rows and self.rows[0].is_chosen else None

    @property
    def others(self) -> tuple[AnswerRow, ...]:
        """Those it would not get."""
        return self.rows[1:] if self.chosen else self.rows


@dataclass(frozen=True)
class AnswerRow:
    """A target that was looked at: its number, how long it gives, and why it was chosen or not."""

    number: int
    within: str
    is_chosen: bool
    why: str


def answers(targets: Sequence[Target], matter: Matter, names: Names) -> list[Answer]:
    """Kind by kind, for every kind that some target promises."""
    kinds = [kind for kind in ClockKind if any(target.kind == kind for target in targets)]
    return [Answer(kind, str(kind.label), tuple(_rows(targets, matter, kind, names))) for kind in kinds]


def _rows(targets: Sequence[Target], matter: Matter, kind: str, names: Names) -> Iterator[AnswerRow]:
    considered = consider(targets, matter, kind)
    numbers = {id(target): number for number, target in enumerate(targets, start=1)}
    applying = [row for row in considered if not row.misses]
    for row in considered:
        why = _chosen(row, applying) if row.is_chosen else _not_chosen(row, considered[0], names)
        within = exact_words(row.target.seconds) if row.target.seconds else ""
        yield AnswerRow(numbers[id(row.target)], within, row.is_chosen, why)


def _chosen(row: Considered, applying: Sequence[Considered]) -> str:
    others = [other for other in applying if other is not row]
    if not others:
        return _("The only one that applies.")
    if any(other.specificity == row.specificity for other in others):
        return _("Others are as specific; this one stands further up.")
    return _("The most specific one that applies.")


def _not_chosen(row: Considered, chosen: Considered, names: Names) -> str:
    if row.misses:
        return _("Only for %(criteria)s.") % {
            "criteria": listed(_asked(name, row.target, names) for name in row.misses)
        }
    if row.specificity == chosen.specificity:
        return _("Applies and is as specific, but stands further down.")
    return _("Applies, but is less specific.")


def _asked(criterion: str, target: Target, names: Names) -> str:
    if criterion == "technical":
        return _("technical services")
    field = "service_id" if criterion == "service" else criterion
    return value_words(criterion, getattr(target, field), names)


def matter_words(matter: Matter, names: Names) -> str:
    """What of a request decides, in words."""
    parts = [
        value_words(name, getattr(matter, name), names)
        for name in ("type", "service", "priority", "tier", "complexity")
    ]
    if matter.is_technical:
        parts.insert(2, _("technical"))
    return " · ".join(filter(None, parts))
