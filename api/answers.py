"""The answer to a what-if as data: from the counts that a replay leaves to rows by kind and by target (SLA-62)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sla.models import ClockKind, WhatIf
from sla.services.assumptions import promise_from_json
from sla.services.tallies import EDGES, MET, MISSED, NONE, OUTCOMES
from tickets.models import Service

Counts = Mapping[str, int]
STEPS = ("warn", "breach", "late")


def answer_of(asked: WhatIf) -> dict[str, Any] | None:
    """What `AnswerSerializer` shows; None until the work is done."""
    if asked.result is None:
        return None
    return {
        "requests": asked.result["requests"],
        "kinds": list(_kinds(asked.result)),
        "targets": list(_targets(asked.result["by_target"], is_place=bool(asked.assumption.get("agreement")))),
    }


def promises_of(asked: WhatIf) -> list[dict[str, Any]]:
    """The assumed promises, services by their keys; none where only a calendar was assumed."""
    agreement = asked.assumption.get("agreement")
    promises = [promise_from_json(row) for row in agreement["targets"]] if agreement else []
    wanted = {promise.service for promise in promises if promise.service is not None}
    keys = dict(Service.objects.filter(pk__in=wanted).values_list("pk", "slug")) if wanted else {}
    return [{**vars(promise), "service": keys.get(promise.service or 0)} for promise in promises]


def _kinds(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    there = {key.partition(":")[0] for name in ("then", "now") for key in result[name]}
    for kind in ClockKind:
        if kind in there:
            yield {
                "kind": kind,
                "then": _side(result["then"], f"{kind}:"),
                "now": _side(result["now"], f"{kind}:"),
                "changed": _changed(result["flips"], kind),
                "then_steps": _steps(result["then_steps"], kind),
                "now_steps": _steps(result["now_steps"], kind),
                "times": list(_times(result["then_times"], result["now_times"], kind)),
                "then_targets": _uses(result["then_targets"], kind),
                "now_targets": _uses(result["now_targets"], kind),
            }


def _side(counts: Counts, start: str) -> dict[str, Any]:
    found: dict[str, Any] = {outcome: counts.get(f"{start}{outcome}", 0) for outcome in (*OUTCOMES, NONE)}
    counted = found[MET] + found[MISSED]
    return {**found, "share": found[MET] / counted if counted else None}


def _changed(counts: Counts, kind: str) -> list[dict[str, Any]]:
    rows = [(key.split(":"), count) for key, count in sorted(counts.items())]
    return [{"then": then, "now": now, "cycles": count} for (of, then, now), count in rows if of == kind]


def _steps(counts: Counts, kind: str) -> dict[str, int]:
    return {step: counts.get(f"{kind}:{step}", 0) for step in STEPS}


def _times(then: Counts, now: Counts, kind: str) -> Iterator[dict[str, Any]]:
    for place, edge in enumerate((*EDGES, None)):
        before, after = (counts.get(f"{kind}:{place}", 0) for counts in (then, now))
        if before or after:
            yield {"up_to": edge, "then": before, "now": after}


def _uses(counts: Counts, kind: str) -> list[dict[str, int]]:
    rows = [(int(key.partition(":")[2]), count) for key, count in counts.items() if key.startswith(f"{kind}:")]
    return [{"seconds": seconds, "cycles": count} for seconds, count in sorted(rows)]


def _targets(counts: Counts, *, is_place: bool) -> Iterator[dict[str, Any]]:
    for key in sorted({int(key.partition(":")[0]) for key in counts}):
        yield {
            "number": key if key and is_place else None,
            "target": key if key and not is_place else None,
            "then": _side(counts, f"{key}:then:"),
            "now": _side(counts, f"{key}:now:"),
        }
