"""What the tests of service levels at the API share: callers of each role, documents, PUT, PATCH and DELETE."""

from __future__ import annotations

from typing import Any

import pytest

from sla.models import WorkingCalendar
from tests.api.calling import ROOT, Caller
from tests.cast import Cast
from tests.sla.kit import calendar

OFFICE_DAY = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BERLIN = {"time_zone": "Europe/Berlin", "hours": {"mon": [["22:00", "06:00"]]}, "country": "DE", "region": "BE"}
NOWHERE = 10**30  # an id that no row can have


def content(**changes: Any) -> dict[str, Any]:
    """Office hours of China."""
    return {
        "time_zone": "Asia/Shanghai",
        "hours": dict.fromkeys(WEEK[:5], OFFICE_DAY),
        "country": "CN",
        "region": "",
        "own_days": [],
        **changes,
    }


class Manager(Caller):
    """A caller who also changes and throws away."""

    def put(self, address: str, sent: Any) -> Any:
        """A PUT of JSON."""
        return self.client.put(ROOT + address, sent, content_type="application/json")

    def patch(self, address: str, sent: Any) -> Any:
        """A PATCH of JSON."""
        return self.client.patch(ROOT + address, sent, content_type="application/json")

    def delete(self, address: str) -> Any:
        """A DELETE."""
        return self.client.delete(ROOT + address)


@pytest.fixture
def ma(cast: Cast) -> Manager:
    """A manager of ours."""
    return Manager(cast.ma)


@pytest.fixture
def hua(cast: Cast) -> Manager:
    """A client's manager."""
    return Manager(cast.hua)


def done(answer: Any, code: int = 200) -> Any:
    """The content of an answer that has this status."""
    assert answer.status_code == code, answer.content.decode()
    return answer.json() if answer.content else None


def all_pages(caller: Caller, address: str, **parameters: Any) -> list[Any]:
    """The rows of a list, page by page."""
    answer, found = caller.get(address, **parameters), []
    while True:
        found += done(answer)["results"]
        if not answer.json()["next"]:
            return found
        answer = caller.get(answer.json()["next"])


@pytest.fixture
def office(cast: Cast) -> WorkingCalendar:
    """A calendar of the house, published long ago."""
    return calendar("Office hours")
