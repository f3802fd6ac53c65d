"""Agreements for the tests of the API: documents, drafts, acts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.api.calling import Caller
from tests.api.kit import Manager, done
from tests.cast import Cast
from tests.sla.kit import calendar

LADDER = [{"point": "80%", "tell": ["assignee"]}, {"point": "breach", "tell": ["team_lead", "manager"], "raise_to": 4}]


def soon(days: int = 1) -> str:
    return (timezone.now() + timedelta(days=days)).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def a_promise(**changes: Any) -> dict[str, Any]:
    """Half an hour around the clock."""
    return {"kind": "first_response", "seconds": 1800, "calendar": calendar().pk, **changes}


def terms(**changes: Any) -> dict[str, Any]:
    """What a draft may say."""
    return {
        "effective_from": soon(),
        "effective_to": soon(366),
        "review_on": soon(180)[:10],
        "content": "应用支持",
        "indicators": "首次响应 30 分钟",
        "consequences": "书面说明",
        "note": "内部备注",
        "promises": [
            a_promise(ladder=LADDER),
            a_promise(kind="resolution", seconds=86400, service="support", priority=4, pauses=["client"]),
        ],
        **changes,
    }


def begin(ma: Manager, cast: Cast, **said: Any) -> dict[str, Any]:
    """A saved draft for Huaxin."""
    asked = {"name": "华信协议", "organisation": cast.huaxin.pk}
    draft = done(ma.post("agreements/", asked), 201)
    document = {**terms(**said), "revision": draft["revision"]}
    return done(ma.put(f"agreements/{draft['agreement']}/draft/", document))  # type: ignore[no-any-return]


def act(caller: Caller, version: dict[str, Any], deed: str, **sent: Any) -> Any:
    return caller.post(f"agreements/{version['agreement']}/versions/{version['number']}/acts/{deed}/", sent)


def offered(ma: Manager, cast: Cast, **said: Any) -> dict[str, Any]:
    return done(act(ma, begin(ma, cast, **said), "offer"))  # type: ignore[no-any-return]


def address(version: dict[str, Any], rest: str = "") -> str:
    return f"agreements/{version['agreement']}/versions/{version['number']}/{rest}"
