"""The kit's tags: `{% load ui %}`. One template each under `templates/components/`; see `docs/components.md`.

Tags that hold content end with `{% end… %}`. Extra keyword arguments of buttons become attributes, with `_` read
as `-`: `{% button "Send" hx_post=url %}` gives `hx-post="…"`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.template.context import Context
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from web import kept as kept_parts
from web import markdown as markdown_text
from web import parts, words
from web.timeline import Entry

register = template.Library()

SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 84, 24, 2


def _attributes(extra: dict[str, Any]) -> SafeString:
    """Keyword arguments as attributes; `None` and `False` are left out."""
    named = {key.strip("_").replace("_", "-"): value for key, value in extra.items()}
    return flatatt({key: value for key, value in named.items() if value is not None and value is not False})


def _trimmed(content: str) -> SafeString:
    """A block's content without the space around it, so that an empty block counts as none."""
    return mark_safe(content.strip())  # noqa: S308 - the template engine rendered (and escaped) it


# --- words ------------------------------------------------------------------------------------------


@register.filter
def duration(value: timedelta | float | None) -> str:
    """A stretch of time, from a timedelta or seconds: "2 h 10 m"; an en dash for none."""
    if value is None:
        return "–"
    return words.duration_words(value.total_seconds() if isinstance(value, timedelta) else float(value))


@register.filter
def markdown(value: str | None) -> SafeString:
    """What somebody wrote, as safe HTML; put it in an element of class `prose`."""
    return markdown_text.render(value or "")


@register.filter
def percent(value: float | None, digits: int = 1) -> str:
    """0.968 as "96.8%"; an en dash for none."""
    return "–" if value is None else f"{localize(round(value * 100, digits or None))}%"


@register.simple_tag
def instant(at: datetime | None, style: str = "short", now: datetime | None = None) -> SafeString:
    """A moment in the reader's zone. `style`: short, day, dated, time, ago, full; `now` only where the page shows
    another."""
    return parts.instant(at, style, now or timezone.now())


@register.simple_tag
def script_words() -> SafeString:
    """What the modules under `static/js/` say, where they look for it."""
    return json_script(words.words_for_scripts(), "words")


@register.simple_tag
def kept(template: str, **given: Hashable) -> SafeString:
    """A part that reads the same for many, rendered once: see `web.kept`."""
    return kept_parts.kept(template, **given)


# --- small parts ------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A sign from Material Symbols; never alone, unless everybody knows it. `size`: s, l."""
    return parts.icon(name, size)


@register.inclusion_tag("components/button.html")
def button(
    label: str, *, kind: str = "", icon: str = "", href: str = "", size: str = "", **extra: Any
) -> dict[str, Any]:
    """A button, or a link that looks like one when `href` is given. See components/button.html."""
    disabled, reason = extra.pop("disabled", False), extra.pop("reason", "")
    classes = ["button", *(f"button--{word}" for word in f"{kind} {size}".split())]
    only_icon, wide = extra.pop("only_icon", False), extra.pop("wide", False)
    classes += [name for name, wanted in (("button--icon", only_icon), ("button--wide", wide)) if wanted]
    dialog, key = extra.pop("dialog", None), extra.pop("key", None)
    return {
        "label": label,
        "icon": icon,
        "href": href,
        "only_icon": only_icon,
        "classes": " ".join(classes),
        "disabled": bool(disabled or reason),
        "reason": reason,
        "type": extra.pop("type", "submit"),
        "attributes": _attributes({**extra, "data_dialog": dialog, "data_key": key}),
    }


@register.simple_tag
def chip(text: str, tone: str = "", icon: str = "", href: str = "", title: str = "") -> SafeString:
    """A word with a meaning. `tone`: soon, late, met, paused, accent, outline or none."""
    return parts.chip(text, tone, icon, href, title)


@register.simple_tag
def due_chip(
    due_at: datetime | None = None,
    soon_at: datetime | None = None,
    *,
    paused: bool = False,
    wait: str = "",
    stopped: datetime | None = None,
    now: datetime | None = None,
    plain: bool = False,
    label: str = "",
) -> SafeString:
    """When something is due, counting down. `plain` leaves out the chip's ground; `label` names what is due."""
    said = words.due_words(due_at, now or timezone.now(), soon_at=soon_at, paused=paused, wait=wait, stopped=stopped)
    return parts.due(said, plain=plain, label=label)


@register.simple_tag
def clock_bar(
    label: str,
    *,
    target: timedelta | float,
    counted: timedelta | float = 0,
    due_at: datetime | None = None,
    soon_at: datetime | None = None,
    paused: bool = False,
    wait: str = "",
    stopped: datetime | None = None,
    href: str = "",
    now: datetime | None = None,
) -> SafeString:
    """A clock: name, what is left of the target, bar. `counted` and `target` are timedeltas or seconds."""
    due = words.due_words(due_at, now or timezone.now(), soon_at=soon_at, paused=paused, wait=wait, stopped=stopped)
    spent, whole = (v.total_seconds() if isinstance(v, timedelta) else float(v) for v in (counted, target))
    return parts.clock_bar(label, due, counted=spent, target=whole, is_settled=stopped is not None, href=href)


@register.simple_tag
def avatar(person: Any = None, size: str = "", *, named: bool = False) -> SafeString:
    """A person (anything with `name`, or a string), or a dashed ring for nobody. `named` writes the name beside."""
    return parts.avatar(person, size, named=named)


# --- forms ------------------------------------------------------------------------------------------


def _kind_of(widget: forms.Widget) -> str:
    kinds: list[tuple[type[forms.Widget], str]] = [
        (forms.CheckboxInput, "check"),
        (forms.CheckboxSelectMultiple, "checks"),
        (forms.RadioSelect, "checks"),
        (forms.FileInput, "file"),
        (forms.Textarea, "textarea"),
        (forms.Select, "select"),
    ]
    return next((kind for type_, kind in kinds if isinstance(widget, type_)), "input")


@register.inclusion_tag("components/field.html")
def field(
    field: BoundField,
    *,
    label: str = "",
    help: str | None = "",
    inline: bool = False,
    quiet: bool = False,
    optional: bool = True,
    **extra: Any,
) -> dict[str, Any]:
    """A form field with everything around it. Extra arguments become attributes of the control.

    `help=None` leaves out the field's own help, `quiet` hides the label from sight, `optional=False` leaves out
    the word "optional".
    """
    widget = field.field.widget
    kind = _kind_of(widget)
    if widget.is_hidden:
        return {"kind": "hidden", "field": field, "control": field}
    name = field.id_for_label or field.auto_id
    help = "" if help is None else help or str(field.help_text)
    described = [f"{name}-error"] * bool(field.errors) + [f"{name}-help"] * bool(help)
    attrs = {key.replace("_", "-"): value for key, value in extra.items()}
    if kind in {"input", "select", "textarea"}:
        attrs["class"] = f"{kind} {widget.attrs.get('class', '')}".strip()
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": field,
        "kind": kind,
        "name": name,
        "label": label or field.label,
        "help": help,
        "inline": inline,
        "quiet": quiet,
        "control": field.as_widget(attrs=attrs),
        "optional": optional and not field.field.required,
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "max_words": filesizeformat(settings.MAX_UPLOAD_BYTES),
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(*formsets: forms.BaseForm) -> dict[str, Any]:
    """What stands in the way of a form (or several), with links to the fields; nothing when all is well."""
    general = [error for form in formsets for error in form.non_field_errors()]
    by_field = [
        {"id": bound.id_for_label or bound.auto_id, "label": bound.label, "error": error}
        for form in formsets
        for bound in form
        for error in bound.errors
    ]
    return {"general": general, "by_field": by_field, "any": bool(general or by_field)}


@register.inclusion_tag("components/scale.html")
def scale(field: BoundField, *, low: str = "", high: str = "", stars: bool = False) -> dict[str, Any]:
    """A choice field shown as a row of numbers, or as stars; `low` and `high` name the ends."""
    choices = [(value, text) for value, text in getattr(field.field, "choices", []) if value not in ("", None)]
    now = field.value()
    return {
        "field": field,
        "low": low,
        "high": high,
        "stars": stars,
        "is_wide": len(choices) > 7,
        "options": [
            {"value": v, "text": t, "checked": str(v) == str(now), "id": f"{field.auto_id}_{i}"}
            for i, (v, t) in enumerate(choices)
        ],
    }


@register.simple_block_tag
def choice(content: str, name: str, value: str, title: str, **options: Any) -> SafeString:
    """A radio button or tick box as a card. Options: text, icon, type (radio), checked, required, disabled, href."""
    return render_to_string(
        "components/choice.html",
        {
            "type": "radio",
            **options,
            "content": _trimmed(content),
            "name": name,
            "value": value,
            "title": title,
        },
    )


@register.simple_block_tag(takes_context=True)
def composer(context: Context, content: str, text: BoundField, **options: Any) -> SafeString:
    """Where one writes. Options: action, files, note, kind_name, draft_key, placeholder, hx_post, hx_target, send."""
    hx = {key: options.pop(key) for key in list(options) if key.startswith("hx_")}
    attrs: dict[str, Any] = {
        "rows": 2,
        "placeholder": options.get("placeholder", ""),
        "aria-label": options.get("placeholder") or text.label,
        "data-draft-key": options.get("draft_key") or False,
        "data-key": options.pop("key", False),
    }
    if text.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{text.auto_id}-error"}
    control = text.as_widget(attrs=attrs)
    shown = {"kind_name": "kind", **options, "content": content, "text": text, "control": control}
    shown |= {"attributes": _attributes(hx), "max_bytes": settings.MAX_UPLOAD_BYTES}
    return render_to_string("components/composer.html", shown, request=context.get("request"))


# --- holders ----------------------------------------------------------------------------------------


@register.simple_block_tag
def menu(content: str, label: str, **options: Any) -> SafeString:
    """A button that opens a list of `menu-item`s. Options: icon, classes, align (end), only_icon, up, wide, title."""
    options.setdefault("classes", "button")
    return render_to_string("components/menu.html", {**options, "content": content, "label": label})


@register.simple_block_tag
def dialog(content: str, id: str, title: str, *, wide: bool = False, open: bool = False) -> SafeString:
    """A native dialog, opened by anything with `data-dialog="id"`; `open` opens it with the page (`?act=…`)."""
    return render_to_string(
        "components/dialog.html", {"content": content, "id": id, "title": title, "wide": wide, "open": open}
    )


@register.simple_block_tag
def card(content: str, title: str = "", **options: Any) -> SafeString:
    """A framed part of a page. Options: note, more_href, more_label, need, flush, id, level (2)."""
    return render_to_string("components/card.html", {"level": 2, **options, "content": content, "title": title})


@register.simple_block_tag
def notice(content: str, tone: str = "", title: str = "", icon: str = "") -> SafeString:
    """A word from the product. `tone`: soon, late, met, paused or none."""
    usual = {"soon": "warning", "late": "error", "met": "check_circle", "paused": "pause_circle"}
    sign = icon or usual.get(tone, "info")
    return render_to_string("components/notice.html", {"content": content, "tone": tone, "title": title, "icon": sign})


@register.simple_block_tag
def empty_state(content: str, icon: str, title: str, text: str = "") -> SafeString:
    """What would be here, and in the content the one thing to do about it."""
    return render_to_string(
        "components/empty_state.html",
        {"content": _trimmed(content), "icon": icon, "title": title, "text": text},
    )


# --- lists and ways ---------------------------------------------------------------------------------


@register.simple_tag
def tab(label: str, href: str, *, count: Any = None, current: bool = False, tone: str = "", **extra: Any) -> SafeString:
    """One tab of a `<nav class="tabs">`. `tone="late"` colours the count; extra arguments become attributes."""
    return parts.tab(label, href, count=count, current=current, tone=tone, more=_attributes(extra))


@register.inclusion_tag("components/pagination.html")
def pagination(*, newer: str = "", older: str = "", summary: str = "", target: str = "") -> dict[str, Any]:
    """Ways to the neighbouring pages, by address; `target` swaps only that element (htmx)."""
    return {"newer": newer, "older": older, "summary": summary, "target": target}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[dict[str, Any]], *, line: bool = False) -> dict[str, Any]:
    """The process. Each step: label, state (done, now, todo, ended), at, caption. `line` is the desk's short form."""
    return {"steps": steps, "line": line}


@register.simple_block_tag
def message(content: SafeString, author: Any, at: datetime, **options: Any) -> SafeString:
    """A message. Options: kind (client, staff, note), meta, id, name (shown instead of the author's), now."""
    now = options.pop("now", None) or timezone.now()
    return parts.message(content, author, at, now, **options)


@register.simple_tag
def event_line(
    text: str, at: datetime | None = None, *, icon: str = "circle", now: datetime | None = None, **options: Any
) -> SafeString:
    """Something that happened, in one line. Options: tone (soon, late, met, paused), href, id."""
    return parts.event_line(text, at, now or timezone.now(), sign=icon, **options)


@register.simple_tag
def entry_line(entry: Entry, now: datetime, *, linked: bool = True) -> SafeString:
    """An event of a time line, in one line; `linked` lets addresses point at it."""
    named = entry.anchor if linked else ""
    return parts.event_line(entry.line, entry.at, now, sign=entry.icon, tone=entry.tone, id=named)


@register.simple_block_tag
def fold(content: str, label: str, *, open: bool = False) -> SafeString:
    """A stretch of events folded to one line."""
    return render_to_string("components/fold.html", {"content": content, "label": label, "open": open})


# --- figures ----------------------------------------------------------------------------------------


def _spark_points(values: Sequence[float | None], target: float | None) -> tuple[str, float | None]:
    """The polyline's points in an 84 × 24 box, and the height of the target's line."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return "", None
    bounds = [*known, *([target] if target is not None else [])]
    low, high = min(bounds), max(bounds)
    room = SPARK_HEIGHT - 2 * SPARK_EDGE

    def height(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(SPARK_HEIGHT - SPARK_EDGE - share * room, 1)

    step = SPARK_WIDTH / (len(values) - 1)
    points = (f"{round(i * step, 1)},{height(v)}" for i, v in enumerate(values) if v is not None)
    return " ".join(points), None if target is None else height(target)


@register.inclusion_tag("components/figure.html")
def figure(
    label: str,
    value: str,
    *,
    delta: str = "",
    good: bool | None = None,
    foot: str = "",
    points: Sequence[float | None] = (),
    target: float | None = None,
    href: str = "",
) -> dict[str, Any]:
    """One number. `delta` is its change in words ("+1.2"), `good` whether that is welcome, `target` as in `points`."""
    line, target_at = _spark_points(points, target)
    trend = {True: "good", False: "bad", None: ""}[good]
    return {
        "label": label,
        "value": value,
        "delta": delta,
        "trend": trend,
        "foot": foot,
        "href": href,
        "line": line,
        "target_at": target_at,
        "box": f"0 0 {SPARK_WIDTH} {SPARK_HEIGHT}",
        "width": SPARK_WIDTH,
    }


@register.inclusion_tag("components/chart.html")
def chart(id: str, data: dict[str, Any], *, height: str = "", title: str = "") -> dict[str, Any]:
    """A chart with its table.

    `data`: type (line, bar), labels, series [{label, values, tone}], target, unit, digits, horizontal, stacked, zero,
    min, max; links (an address per label, opened by a press on the bar or on the label in the table); marks [{label,
    at, strong}] (upright lines, at a place counted in bars from the left edge). `height`: low, tall. `title` is what a
    screen reader says.
    """
    links: list[str] = data.get("links") or [""] * len(data.get("labels", []))
    series = data.get("series", [])
    known = any(value is not None for one in series for value in one["values"])
    rows = [
        {"label": label, "href": links[index], "values": [one["values"][index] for one in series]}
        for index, label in enumerate(data.get("labels", []))
    ]
    return {
        "id": id,
        "data": {
            **data,
            "labels": [str(label) for label in data.get("labels", [])],
            "target_label": _("Target"),
        },
        "series": series,
        "rows": rows,
        "known": known,
        "height": height,
        "title": title,
        "unit": data.get("unit", ""),
        "digits": data.get("digits", 1),
        "target": data.get("target"),
    }
