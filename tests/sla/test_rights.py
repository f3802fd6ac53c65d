"""Acts on service levels refuse whoever may not configure, whichever door they came through (R-003)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from accounts.models import User
from sla.models import AgreementVersion, CalendarVersion
from sla.services import agreements, calendars, periods, recalculation, what_if
from sla.services.calendar_content import Content
from sla.services.templates import ALL_HOURS
from sla.services.terms import Terms
from tests.cast import MONDAY, Cast, a_file
from tests.sla.kit import DAYS, agreement, calendar, default_agreement, promise, run_jobs
from tickets.errors import NotAllowed

ALWAYS = Content("UTC", ALL_HOURS)


@dataclass
class Papers:
    """One of each thing that acts are done on."""

    cast: Cast
    hours: CalendarVersion
    draft: AgreementVersion
    offered: AgreementVersion
    held: AgreementVersion
    asked: what_if.WhatIf
    moving: recalculation.Recalculation


@pytest.fixture
def papers(cast: Cast) -> Papers:
    by, at = cast.ma, MONDAY
    hours = calendars.create("Nights", ALWAYS, by=by, at=at)
    terms = Terms(promises=(promise(),), effective_from=at + 50 * DAYS)
    draft = agreements.create("Draft", cast.huaxin, by=by, at=at)
    agreements.attach(draft, [a_file()], by=by, at=at)
    offered = agreements.create("Offered", cast.huaxin, by=by, at=at)
    offered = agreements.offer(agreements.save(offered, terms, revision=1, by=by, at=at), by=by, at=at)
    held = agreement(promise(), client=cast.yuanhang)
    asked = what_if.ask("x", by=by, at=at, since=at - DAYS, until=at, agreement=held)
    moving = recalculation.preview(by=by, at=at, reason="x", calendar=calendar())
    run_jobs(at)
    return Papers(cast, hours, draft, offered, held, asked, moving)


ACTS: dict[str, Callable[[Papers, User], object]] = {
    "begin a calendar": lambda p, by: calendars.create("Mine", ALWAYS, by=by, at=MONDAY),
    "rename a calendar": lambda p, by: calendars.rename(p.hours.calendar, "Mine", by=by),
    "begin a calendar's draft": lambda p, by: calendars.draft_for(calendar(), by=by, at=MONDAY),
    "take over public days": lambda p, by: calendars.take_over_public_days(calendar(), by=by, at=MONDAY),
    "save a calendar's draft": lambda p, by: calendars.save_draft(p.hours, ALWAYS, revision=1, by=by, at=MONDAY),
    "discard a calendar's draft": lambda p, by: calendars.discard_draft(p.hours, by=by),
    "publish a calendar": lambda p, by: calendars.publish_draft(p.hours, by=by, at=MONDAY),
    "take a calendar out of use": lambda p, by: calendars.set_in_use(calendar(), False, by=by),
    "begin an agreement": lambda p, by: agreements.create("Mine", p.cast.huaxin, by=by, at=MONDAY),
    "rename an agreement": lambda p, by: agreements.rename(p.held.agreement, "Mine", by=by),
    "begin an agreement's draft": lambda p, by: agreements.draft_for(p.held.agreement, by=by, at=MONDAY),
    "save an agreement": lambda p, by: agreements.save(p.draft, Terms(), revision=1, by=by, at=MONDAY),
    "discard an agreement": lambda p, by: agreements.discard(p.draft, by=by),
    "attach": lambda p, by: agreements.attach(p.draft, [a_file()], by=by, at=MONDAY),
    "detach": lambda p, by: agreements.detach(p.draft.files.get(), by=by),
    "offer": lambda p, by: agreements.offer(p.draft, by=by, at=MONDAY),
    "take back": lambda p, by: agreements.take_back(p.offered, by=by, at=MONDAY),
    "record a signature": lambda p, by: agreements.record_signature(
        p.offered, by=by, name="x", revision=p.offered.revision, at=MONDAY
    ),
    "put in force": lambda p, by: agreements.put_in_force(
        agreements.draft_for(default_agreement().agreement, by=None, at=MONDAY), by=by, at=MONDAY
    ),
    "end": lambda p, by: periods.end(p.held, by=by, at=MONDAY),
    "ask a what-if": lambda p, by: what_if.ask(
        "x", by=by, at=MONDAY, since=MONDAY - DAYS, until=MONDAY, agreement=p.held
    ),
    "delete a what-if": lambda p, by: what_if.delete(p.asked, by=by, at=MONDAY),
    "preview a recalculation": lambda p, by: recalculation.preview(by=by, at=MONDAY, reason="x", calendar=calendar()),
    "apply a recalculation": lambda p, by: recalculation.apply(p.moving, by=by, at=MONDAY),
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("who", ["zhou", "hua"])
def test_agents_and_clients_are_refused(papers: Papers, name: str, who: str) -> None:
    with pytest.raises(NotAllowed):
        ACTS[name](papers, papers.cast.people[who])
