"""What nobody means but anybody can send: it is refused at its field, and never leaves a row that can't be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.errors import Invalid
from tickets.models import FieldKind, ServiceField
from tickets.states import Wait

# In UTC, the first is in the year 0 and the last in the year 10000.
OUTSIDE = [
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-5))),
    datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
]


@pytest.mark.parametrize("when", OUTSIDE)
@pytest.mark.parametrize("field", ["began_at", "wanted_by"])
def test_an_instant_at_the_ends_of_the_calendar_is_refused_in_a_request(cast: Cast, field: str, when: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        cast.submit(**{field: when})
    assert set(refused.value.message_dict) == {field}


@pytest.mark.parametrize("when", OUTSIDE)
def test_an_instant_at_the_ends_of_the_calendar_is_refused_in_an_act(cast: Cast, when: datetime) -> None:
    ticket = cast.in_execution()
    with pytest.raises(Invalid, match="until"):
        services.wait(ticket, by=cast.zhou, at=MONDAY, wait_for=Wait.DATE, until=when)
    with pytest.raises(Invalid, match="due_at"):
        services.add_task(ticket, by=cast.zhou, at=MONDAY, title="x", due_at=when)


@pytest.mark.parametrize("given", ["9" * 400, "1." + "0" * 400 + "e999", "nan", 10**400])
def test_a_number_without_measure_is_refused(cast: Cast, given: Any) -> None:
    ServiceField.objects.create(service=cast.support, key="seats", kind=FieldKind.NUMBER, label="Seats")
    with pytest.raises(Invalid, match="answer_seats"):
        cast.submit(answers={"seats": given})


def test_a_file_of_an_odd_kind_is_kept(cast: Cast) -> None:
    ticket = cast.submit(files=[a_file(kind="image/png\x00" + "x" * 200)])
    assert ticket.attachments.get().content_type.startswith("image/pngx")
