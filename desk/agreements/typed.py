"""What stands on the editor's page, as plain values: read from a version or from what was sent; rows are added, copied,
moved and taken out here, whether a script did it in the page or a button of the form asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.forms import Form
from django.http import QueryDict

from accounts.models import Tier
from desk.agreements.forms import PromiseForm, RungForm, TermsForm, split_point
from sla.models import AgreementVersion, ClockKind, Target
from sla.services.terms import USUAL_LADDER, Promise, Rung, terms_of
from tickets.states import Complexity, Priority, TicketType
from web.durations import read_duration

Values = dict[str, Any]

SEVERAL = {"pauses", "tell"}  # fields with several answers
ALLOWED: Mapping[str, Sequence[Any]] = {
    "kind": ClockKind.values,
    "type": TicketType.values,
    "tier": Tier.values,
    "complexity": Complexity.values,
}


@dataclass
class Typed:
    """What stands on the page. Each row of `rows` holds its steps under "ladder"."""

    head: Values
    rows: list[Values]

    @classmethod
    def of(cls, version: AgreementVersion) -> Typed:
        """What a version says."""
        terms = terms_of(version)
        names = ("effective_from", "effective_to", "review_on", "content", "indicators", "consequences", "note")
        head = {name: getattr(terms, name) for name in names}
        return cls({**head, "revision": version.revision}, [_row_of(promise) for promise in terms.promises])

    @classmethod
    def read(cls, data: QueryDict) -> Typed:
        """What was sent: `row` names the rows in their order, `rung-<row>` the steps of each."""
        head = {name: data.get(name, "") for name in TermsForm.base_fields}
        return cls(head, [_sent_row(data, key) for key in data.getlist("row")])

    def change(self, act: str, place: str) -> None:
        """What a button of the form asks for: an act and the row, or row.step, it is about; what is unknown is not
        done."""
        numbers = [int(part) for part in place.split(".") if part.isascii() and part.isdecimal()]
        if act == "add":
            self.rows.append(new_row(self.rows))
        elif len(numbers) == 1 and numbers[0] < len(self.rows):
            self._change_row(act, numbers[0])
        elif act == "remove-rung" and len(numbers) == 2 and numbers[0] < len(self.rows):
            del self.rows[numbers[0]]["ladder"][numbers[1] : numbers[1] + 1]
            self.rows[numbers[0]]["is_open"] = True

    def _change_row(self, act: str, place: int) -> None:
        rows = self.rows
        if act == "remove":
            del rows[place]
        elif act == "duplicate":
            rows.insert(place + 1, deepcopy(rows[place]))
        elif act in ("up", "down"):
            other = place + (1 if act == "down" else -1)
            if 0 <= other < len(rows):
                rows[place], rows[other] = rows[other], rows[place]
        elif act == "add-rung":
            rows[place]["ladder"].append(new_rung())
            rows[place]["is_open"] = True

    def targets(self) -> list[Target]:
        """What can be read of the targets so far, for the check while somebody types; a kind that can't be read is
        empty, and so is a criterion."""
        return [_target_of(row, number) for number, row in enumerate(self.rows, start=1)]


def _row_of(promise: Promise) -> Values:
    return {
        **{name: getattr(promise, name) for name in ("kind", "type", "service", "technical_only", "priority")},
        **{name: getattr(promise, name) for name in ("tier", "complexity", "calendar")},
        "duration": timedelta(seconds=promise.seconds),
        "pauses": list(promise.pauses),
        "ladder": [_rung_of(rung) for rung in promise.ladder],
    }


def _rung_of(rung: Rung) -> Values:
    return {**split_point(rung.point), "tell": list(rung.tell), "raise_to": rung.raise_to, "give_to": rung.give_to}


def _sent_row(data: QueryDict, key: str) -> Values:
    prefix = f"promises-{key}"
    ladder = [_sent(data, f"{prefix}-ladder-{rung}", RungForm) for rung in data.getlist(f"rung-{key}")]
    return {**_sent(data, prefix, PromiseForm), "ladder": ladder}


def _sent(data: QueryDict, prefix: str, form: type[Form]) -> Values:
    return {
        name: data.getlist(f"{prefix}-{name}") if name in SEVERAL else data.get(f"{prefix}-{name}", "")
        for name in form.base_fields
    }


def new_row(rows: Sequence[Values]) -> Values:
    """What a new target begins with: the calendar of the one before, and the usual ladder."""
    return {
        "kind": ClockKind.FIRST_RESPONSE.value,
        "calendar": rows[-1]["calendar"] if rows else "",
        "ladder": [_rung_of(rung) for rung in USUAL_LADDER],
    }


def new_rung() -> Values:
    """What a new step begins with."""
    return {"amount": "", "when": "%", "tell": ["assignee"]}


def _target_of(row: Values, number: int) -> Target:
    named = {name: row[name] if row.get(name) in allowed else "" for name, allowed in ALLOWED.items()}
    priority = number_of(row.get("priority"))
    return Target(
        position=number,
        service_id=number_of(row.get("service")),
        technical_only=bool(row.get("technical_only")),
        priority=priority if priority in Priority.values else None,
        seconds=_seconds(row.get("duration")),
        **named,
    )


def number_of(value: Any) -> int | None:
    """An id or a rank as it was typed or stored; None for anything else."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _seconds(value: Any) -> int:
    try:
        return int((value if isinstance(value, timedelta) else read_duration(str(value))).total_seconds())
    except (ValueError, ArithmeticError):
        return 0
