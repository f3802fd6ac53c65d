"""What comes back has the shape that the description of the API says, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft7Validator

from api.level_urls import LEVELS
from sla.models import WhatIfFlip
from tests.api.agreement_kit import act, address, begin
from tests.api.kit import Manager, done
from tests.cast import Cast, a_file
from tests.sla.kit import DAYS, MINUTES, calendar, default_agreement, run_jobs
from tickets import services


def without_nullable(schema: Any) -> Any:
    """JSON Schema's own way to say that null is possible; and no fields but those that are described."""
    if isinstance(schema, list):
        return [without_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: without_nullable(value) for name, value in schema.items() if name not in {"nullable", "format"}}
    if found.get("type") == "object" and "properties" in found:
        found.setdefault("additionalProperties", False)
        found["required"] = sorted(found["properties"])
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") else found


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    """The description."""
    found: dict[str, Any] = json.loads(Client().get("/api/v1/schema/?format=json").content)
    return found


@pytest.fixture
def ids(cast: Cast, ma: Manager) -> dict[str, Any]:
    """Something of everything: an agreement in negotiation with a comment and a file, a what-if with an answer, a
    recalculation, requests in time and late."""
    at = timezone.now()
    for minutes in (10, 50):
        ticket = cast.submit(service=cast.reset, at=at - 2 * DAYS)
        services.reply(ticket, by=cast.zhou, at=at - 2 * DAYS + minutes * MINUTES, body="x")
    late = cast.submit(service=cast.complaint, at=at - 40 * DAYS)
    services.take_up(late, by=cast.sun, at=at - 39 * DAYS)
    version = begin(ma, cast)
    done(act(ma, version, "offer"))
    done(ma.post(address(version, "comments/"), {"body": "x"}), 201)
    [file] = done(ma.upload(address(version, "files/"), {"files": [a_file()]}), 201)
    default = default_agreement()
    asked = {
        "name": "x",
        "since": (at - 60 * DAYS).isoformat(),
        "until": at.isoformat(),
        "agreement": {"agreement": default.agreement_id, "number": 1},
        "promises": [{"kind": "first_response", "seconds": 60, "calendar": calendar().pk}],
    }
    what_if = done(ma.post("what-ifs/", asked), 201)["id"]
    moved = done(ma.post("recalculations/", {"agreement": default.agreement_id, "reason": "x"}), 201)["id"]
    run_jobs(at)
    done(ma.post(f"calendars/{calendar('Office hours').pk}/draft/"), 201)
    return {
        "agreements": version["agreement"],
        "calendars": calendar("Office hours").pk,
        "what-ifs": what_if,
        "recalculations": moved,
        "key": file["key"],
        "flip": WhatIfFlip.objects.all()[0].pk,
    }


ASKED = {
    "levels/groups/": {"kind": "first_response", "by": "client", "days": 90},
    "levels/times/": {"kind": "first_response", "days": 90},
    "levels/hours/": {"kind": "first_response", "days": 90},
    "levels/causes/": {"kind": "first_response", "days": 90},
    "levels/cycles/": {"kind": "first_response", "days": 90},
    "levels/wall/clocks/": {"watch": "late"},
    "calendars/<int:pk>/differences/": {"before": 1, "after": 2},
    "agreements/<int:pk>/versions/<int:number>/selection/": {
        "type": "incident",
        "service": "support",
        "priority": 4,
        "tier": "standard",
        "complexity": "simple",
    },
}


def readable() -> Iterator[str]:
    for route in LEVELS:
        pattern = str(route.pattern)
        if hasattr(route.callback.view_class, "get") and not pattern.endswith("<uuid:key>/"):
            yield pattern


@pytest.mark.parametrize("pattern", list(readable()))
def test_an_answer_has_the_shape_that_is_described(
    document: dict[str, Any], ids: dict[str, Any], ma: Manager, pattern: str
) -> None:
    path = "/api/v1/" + pattern.replace("<int:pk>", "{id}").replace("<int:", "{").replace(">", "}")
    described = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**without_nullable(described), "components": without_nullable(document["components"])}
    place = pattern.replace("<int:pk>", str(ids.get(pattern.partition("/")[0]))).replace("<int:number>", "1")
    answer = done(ma.get(place.replace("<int:flip>", str(ids["flip"])), **ASKED.get(pattern, {})))
    problems = [f"{error.json_path}: {error.message[:200]}" for error in Draft7Validator(whole).iter_errors(answer)]
    assert problems == []
