"""The controls of the table of targets. A page holds hundreds of them, so what they have in common is made once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from web.words import exact_words


@dataclass(frozen=True)
class Control:
    """One field of every row.

    Attributes:
        kind: select, text, tick or ticks.
        options: of a select, its options as they stand in the page.
        choices: of ticks, value and label, escaped.
    """

    label: str
    kind: str
    options: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def html(self, name: str, value: Any, errors: Sequence[str]) -> SafeString:
        """The control with a value in it, named for screen readers only, and below it what is wrong."""
        ident = escape(f"id_{name}")
        marks = f' aria-label="{escape(self.label)}"'
        if errors:
            marks += f' aria-invalid="true" aria-describedby="{ident}-error"'
        control = self._control(escape(name), ident, value, marks)
        return mark_safe(control + _said(ident, errors))  # noqa: S308 - all parts are escaped

    def _control(self, name: str, ident: str, value: Any, marks: str) -> str:
        if self.kind == "select":
            return f'<select name="{name}" id="{ident}"{marks}>{self._chosen(value)}</select>'
        if self.kind == "ticks":
            return self._ticks(name, ident, value or ())
        if self.kind == "tick":
            return f'<input type="checkbox" name="{name}" id="{ident}"{marks}{" checked" if value else ""}>'
        text = exact_words(value.total_seconds()) if isinstance(value, timedelta) else value
        return f'<input type="text" name="{name}" id="{ident}" value="{escape("" if text is None else text)}"{marks}>'

    def _chosen(self, value: Any) -> str:
        mark = f' value="{escape("" if value is None else value)}"'
        return self.options.replace(mark, f"{mark} selected", 1)

    def _ticks(self, name: str, ident: str, values: Iterable[Any]) -> str:
        chosen = {str(value) for value in values}
        parts = []
        for place, (key, text) in enumerate(self.choices):
            mark = f' id="{ident}_{place}"' if place else f' id="{ident}"'
            mark += " checked" if key in chosen else ""
            box = f'<input type="checkbox" name="{name}" value="{key}"{mark}>'
            parts.append(f'<label class="tick">{box}<span>{text}</span></label>')
        return "".join(parts)


def _said(ident: str, errors: Sequence[str]) -> str:
    lines = "".join(f"<p>{escape(error)}</p>" for error in errors)
    return f'<div class="cell-error" id="{ident}-error">{lines}</div>' if errors else ""


def controls_of(*samples: forms.Form) -> Mapping[str, Control]:
    """The controls of the fields of some forms, by name."""
    return {name: _control_of(field) for form in samples for name, field in form.fields.items()}


def _control_of(field: forms.Field) -> Control:
    label = str(field.label)
    choices: Any = getattr(field, "choices", ())
    if isinstance(field, forms.MultipleChoiceField):
        return Control(label, "ticks", choices=tuple(_escaped(choices)))
    if isinstance(field, forms.ChoiceField):
        options = (f'<option value="{key}">{text}</option>' for key, text in _escaped(choices))
        return Control(label, "select", options="".join(options))
    return Control(label, "tick" if isinstance(field, forms.BooleanField) else "text")


def _escaped(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    return ((escape("" if key is None else key), escape(text)) for key, text in choices)
