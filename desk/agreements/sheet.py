"""The editor's page made of what is typed: the fields of dates and texts, the rows of the table with what is wrong in
them, and the terms it all says once it can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.forms import Form
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.agreements.controls import Control, controls_of
from desk.agreements.forms import WHEN, Catalogue, PromiseForm, RungForm, TermsForm
from desk.agreements.typed import Typed, Values, new_row, new_rung, number_of
from sla.models import BREACH_POINT
from sla.services.terms import Promise, Rung, Terms
from tickets.errors import Invalid
from web.agreements import listed, pauses_words

RENAMED = {"seconds": "duration"}  # what the rules call a field of the form
ROW = "row"  # where errors of no field stand


@dataclass
class Part:
    """A row of the table, or a step in it: what is typed, and what is wrong, by field."""

    prefix: str
    values: Values
    controls: Mapping[str, Control]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def cell(self, name: str) -> SafeString:
        """The control of a field with what is typed in it."""
        return self.controls[name].html(f"{self.prefix}-{name}", self.values.get(name), self.errors.get(name, ()))

    def add_error(self, name: str, message: str) -> None:
        """Say what is wrong with a field; with one that is not there, of the whole."""
        self.errors.setdefault(name if name in self.controls else ROW, []).append(message)

    def read(self, form: type[PromiseForm] | type[RungForm], catalogue: Catalogue) -> Form:
        """The form of it, checked; its errors are kept here."""
        read = form(self.values, catalogue=catalogue)
        for name, messages in read.errors.items():
            for message in messages:
                self.add_error(name, str(message))
        return read

    def problems(self, place: str) -> Iterable[dict[str, str]]:
        """What is wrong, each with where it is."""
        for name, messages in self.errors.items():
            control = self.controls.get(name)
            yield {
                "href": f"#id_{self.prefix}-{name}" if control else "",
                "label": f"{place}, {control.label}" if control else place,
                "text": " ".join(messages),
            }


@dataclass
class Step(Part):
    """A step of a ladder."""

    @property
    def short(self) -> str:
        """Its point as it is typed: "80 % of the target"."""
        amount, when = self.values.get("amount") or "", self.values.get("when")
        units = {key: str(label) for key, label in WHEN}
        return f"{'' if when == BREACH_POINT else amount} {units.get(str(when), '')}".strip()


@dataclass
class Row(Part):
    """A target. Its ladder and pauses are folded unless something is wrong there, or was just changed."""

    number: int = 0
    rungs: list[Step] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether its ladder and pauses are in sight."""
        return bool(self.values.get("is_open") or "pauses" in self.errors or any(rung.errors for rung in self.rungs))

    @property
    def row_errors(self) -> Sequence[str]:
        """What is wrong with it as a whole."""
        return self.errors.get(ROW, ())

    @property
    def pauses_summary(self) -> str:
        """While waiting for what it pauses."""
        return pauses_words(self.values.get("pauses") or ())

    @property
    def ladder_summary(self) -> str:
        """The points of its ladder, in the fewest words."""
        return listed(rung.short for rung in self.rungs)


@dataclass
class Sheet:
    """The page. `general` are problems that stand on top of it."""

    typed: Typed
    catalogue: Catalogue
    head: TermsForm
    rows: list[Row]
    controls: Mapping[str, Control]
    general: list[str] = field(default_factory=list)
    _promises: list[Promise] = field(default_factory=list)

    @classmethod
    def of(cls, typed: Typed, *, is_sent: bool = False) -> Sheet:
        """The page of what is typed; `is_sent` where dates and texts come from a form and have to be read first."""
        rungs = [rung for row in typed.rows for rung in row["ladder"]]
        catalogue = Catalogue.of(_ids(typed.rows, "calendar"), _ids(rungs, "give_to"))
        controls = controls_of(PromiseForm(catalogue=catalogue), RungForm(catalogue=catalogue))
        rows = [_row(str(place), values, controls, place + 1) for place, values in enumerate(typed.rows)]
        head = TermsForm(typed.head) if is_sent else TermsForm(initial=typed.head)
        return cls(typed, catalogue, head, rows, controls)

    def blank(self) -> Row:
        """A row for a script to copy; `__row__` and `__rung__` stand for its keys."""
        return _row("__row__", new_row([]), self.controls, 0)

    def blank_rung(self) -> Step:
        """A step for a script to copy."""
        return Step("promises-__row__-ladder-__rung__", new_rung(), self.controls)

    def is_valid(self) -> bool:
        """Whether everything can be read; otherwise the errors stand where they belong."""
        self._promises = [promise for row in self.rows if (promise := self._promise(row)) is not None]
        return self.head.is_valid() and len(self._promises) == len(self.rows)

    def _promise(self, row: Row) -> Promise | None:
        form = row.read(PromiseForm, self.catalogue)
        rungs = [rung.read(RungForm, self.catalogue) for rung in row.rungs]
        if form.errors or any(rung.errors for rung in rungs):
            return None
        assert isinstance(form, PromiseForm)  # noqa: S101 - as asked for above
        return form.promise([_said(rung) for rung in rungs])

    def terms(self) -> Terms:
        """What a valid page says."""
        head = {name: _lines(value) for name, value in self.head.cleaned_data.items() if name != "revision"}
        return Terms(promises=tuple(self._promises), **head)

    @cached_property
    def problems(self) -> list[dict[str, str]]:
        """Everything that stands in the way, with where it is."""
        found = [{"text": text} for text in self.general]
        found += [
            {"href": f"#{bound.auto_id}", "label": str(bound.label), "text": " ".join(map(str, bound.errors))}
            for bound in self.head
            if bound.errors
        ]
        for row in self.rows:
            place = _("Target %(number)s") % {"number": row.number}
            for part in (row, *row.rungs):
                found += part.problems(place)
        return found

    def refuse(self, error: Invalid) -> None:
        """Put what the rules found wrong where it belongs: `promises.<n>.<field>`, `promises.<n>.ladder.<m>`, a field
        of the head; whatever else on top."""
        for place, messages in error.message_dict.items():
            for message in messages:
                self._put(place.split("."), message)

    def _put(self, place: list[str], message: str) -> None:
        if place[0] == "promises" and len(place) > 2 and int(place[1]) < len(self.rows):
            _put_in(self.rows[int(place[1])], place[2:], message)
        elif place[0] in self.head.fields:
            self.head.add_error(place[0], message)
        else:
            self.general.append(message)


def _put_in(row: Row, place: list[str], message: str) -> None:
    if place[0] != "ladder":
        row.add_error(RENAMED.get(place[0], place[0]), message)
    elif len(place) > 1 and int(place[1]) < len(row.rungs):
        row.rungs[int(place[1])].add_error("amount", message)
    else:
        row.add_error(ROW, message)


def _row(key: str, values: Values, controls: Mapping[str, Control], number: int) -> Row:
    prefix = f"promises-{key}"
    rungs = [Step(f"{prefix}-ladder-{place}", rung, controls) for place, rung in enumerate(values["ladder"])]
    return Row(prefix, values, controls, number=number, rungs=rungs)


def _said(form: Form) -> Rung:
    assert isinstance(form, RungForm)  # noqa: S101 - steps are read as such
    return form.rung()


def _lines(value: Any) -> Any:
    """A text with the line ends that it is kept with."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _ids(rows: Iterable[Mapping[str, Any]], name: str) -> set[int]:
    return {number for row in rows if (number := number_of(row.get(name))) is not None}
