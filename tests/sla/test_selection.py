"""Which target a cycle gets: agreement of the client by date, most specific target, then position (SLA-33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Tier
from sla.models import AgreementState, AgreementVersion, ClockKind, Pin, Target
from sla.services.selection import (
    Matter,
    agreement_for,
    applies,
    best,
    consider,
    select,
    specificity,
)
from sla.services.terms import targets_of
from tests.cast import MONDAY, Cast
from tests.sla.kit import DAYS, HOURS, MINUTES, agreement, default_agreement, promise
from tickets.states import Complexity, Priority, TicketType

FIRST = ClockKind.FIRST_RESPONSE


def matter(**has: object) -> Matter:
    usual = Matter(
        organisation=1,
        type=TicketType.INCIDENT,
        service=1,
        is_technical=True,
        priority=Priority.NORMAL,
        tier=Tier.STANDARD,
        complexity=Complexity.SIMPLE,
    )
    return replace(usual, **has)


def target(position: int = 1, kind: str = FIRST, **criteria: object) -> Target:
    return Target(kind=kind, position=position, seconds=60, service_id=criteria.pop("service", None), **criteria)


# --- the agreement ----------------------------------------------------------------------------------


def test_the_clients_own_agreement_comes_first_then_the_default_one(cast: Cast) -> None:
    own = agreement(promise(), client=cast.huaxin, since=MONDAY, until=MONDAY + 10 * DAYS)
    at = {
        MONDAY - MINUTES: default_agreement(),
        MONDAY: own,  # from its first instant on
        MONDAY + 10 * DAYS - MINUTES: own,
        MONDAY + 10 * DAYS: default_agreement(),  # until, but not including, its end
    }
    assert {moment: agreement_for(cast.huaxin.pk, moment) for moment in at} == at
    assert agreement_for(cast.yuanhang.pk, MONDAY + DAYS) == default_agreement()


def test_of_two_versions_the_one_that_began_last_holds(cast: Cast) -> None:
    first = agreement(promise(), client=cast.huaxin, since=MONDAY)
    second = agreement(promise(), of=first.agreement, since=MONDAY + 5 * DAYS)
    assert agreement_for(cast.huaxin.pk, MONDAY + 4 * DAYS) == first
    assert agreement_for(cast.huaxin.pk, MONDAY + 5 * DAYS) == second


@pytest.mark.parametrize("state", [AgreementState.DRAFT, AgreementState.NEGOTIATION])
def test_what_is_not_agreed_holds_for_nobody(cast: Cast, state: str) -> None:
    version = agreement(promise(), client=cast.huaxin, since=MONDAY)
    AgreementVersion.objects.filter(pk=version.pk).update(state=state)
    assert agreement_for(cast.huaxin.pk, MONDAY + DAYS) == default_agreement()


@pytest.mark.parametrize("state", [AgreementState.SIGNED, AgreementState.IN_FORCE, AgreementState.ENDED])
def test_the_dates_of_what_is_agreed_decide_and_not_its_state(cast: Cast, state: str) -> None:
    version = agreement(promise(), client=cast.huaxin, since=MONDAY, until=MONDAY + 9 * DAYS)
    AgreementVersion.objects.filter(pk=version.pk).update(state=state)
    assert agreement_for(cast.huaxin.pk, MONDAY + DAYS) == version
    assert agreement_for(cast.huaxin.pk, MONDAY + 9 * DAYS) == default_agreement()


def test_where_nothing_is_agreed_no_clock_runs(cast: Cast) -> None:
    AgreementVersion.objects.update(effective_from=MONDAY + DAYS)
    assert agreement_for(cast.huaxin.pk, MONDAY) is None
    assert select(None, matter(), FIRST).reason == {"why": "no_agreement"}
    assert not cast.submit(at=MONDAY).clocks.exists()


def test_a_request_keeps_the_agreement_it_started_under(cast: Cast) -> None:
    """SLA-30, SLA-31: the version in force at the start is pinned with its reason."""
    old = agreement(promise("first_response", 10), client=cast.huaxin, since=MONDAY)
    ticket = cast.submit(service=cast.reset, at=MONDAY)
    agreement(promise("first_response", 90), of=old.agreement, since=MONDAY + 5 * MINUTES)
    later = cast.submit(service=cast.reset, at=MONDAY + 6 * MINUTES)
    assert ticket.clocks.get().due_at == MONDAY + 10 * MINUTES
    assert later.clocks.get().due_at == MONDAY + 96 * MINUTES
    pin = Pin.objects.get(ticket=ticket, kind=FIRST)
    assert pin.target.version == old
    assert pin.reason == {
        "why": "most_specific",
        "criteria": [],
        "position": 1,
        "agreement": old.agreement.name,
        "version": 1,
    }


# --- the target -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "other"),
    [
        ({"type": TicketType.COMPLAINT}, {"type": TicketType.COMPLAINT}),
        ({"service": 7}, {"service": 7}),
        ({"technical_only": True}, {"is_technical": True}),
        ({"priority": Priority.HIGH}, {"priority": Priority.HIGH}),
        ({"tier": Tier.STRATEGIC}, {"tier": Tier.STRATEGIC}),
        ({"complexity": Complexity.COMPLEX}, {"complexity": Complexity.COMPLEX}),
    ],
)
def test_each_criterion_decides_by_itself(criteria: dict[str, object], other: dict[str, object]) -> None:
    """SLA-10: type, service, technical, priority, client tier, complexity."""
    special = target(2, **criteria)
    plain = matter(is_technical=False)
    assert best([target(1), special], replace(plain, **other), FIRST) is special
    assert best([special], plain, FIRST) is None
    assert specificity(special) == 1


def test_the_more_a_target_names_the_more_it_counts() -> None:
    general = target(1)
    one = target(2, priority=Priority.NORMAL)
    two = target(3, priority=Priority.NORMAL, type=TicketType.INCIDENT)
    assert best([general, one, two], matter(), FIRST) is two
    assert best([general, one, two], matter(type=TicketType.CHANGE), FIRST) is one
    assert best([general, one, two], matter(priority=Priority.LOW), FIRST) is general


def test_of_equals_the_position_decides() -> None:
    first, second = target(1, type=TicketType.INCIDENT), target(2, priority=Priority.NORMAL)
    assert best([second, first], matter(), FIRST) is first
    first.position, second.position = 2, 1
    assert best([second, first], matter(), FIRST) is second


def test_targets_of_other_kinds_are_not_looked_at() -> None:
    assert best([target(kind=ClockKind.RESOLUTION)], matter(), FIRST) is None


criteria = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["", *TicketType.values]),
        "priority": st.sampled_from([None, *Priority.values]),
        "tier": st.sampled_from(["", *Tier.values]),
        "complexity": st.sampled_from(["", *Complexity.values]),
        "technical_only": st.booleans(),
        "service": st.sampled_from([None, 1, 2]),
    }
)


@given(st.lists(criteria, max_size=8), st.data())
def test_the_choice_depends_on_the_targets_and_not_on_their_order_in_a_list(
    found: list[dict[str, object]], data: st.DataObject
) -> None:
    """Deterministic: any order in which the database may give them makes the same choice."""
    targets = [target(position, **one) for position, one in enumerate(found, start=1)]
    asked = matter(
        priority=data.draw(st.sampled_from(Priority.values)), type=data.draw(st.sampled_from(TicketType.values))
    )
    chosen = best(targets, asked, FIRST)
    assert best(data.draw(st.permutations(targets)), asked, FIRST) is chosen
    applying = [one for one in targets if applies(one, asked)]
    assert (chosen is None) == (not applying)
    if chosen is not None:
        assert all((-specificity(chosen), chosen.position) <= (-specificity(one), one.position) for one in applying)


@given(st.lists(criteria, min_size=1, max_size=8))
def test_what_was_considered_begins_with_the_chosen_one_and_names_what_the_others_miss(
    found: list[dict[str, object]],
) -> None:
    targets = [target(position, **one) for position, one in enumerate(found, start=1)]
    rows = consider(targets, matter(), FIRST)
    assert {id(row.target) for row in rows} == {id(one) for one in targets}
    chosen = best(targets, matter(), FIRST)
    assert [row.target for row in rows if row.is_chosen] == ([chosen] if chosen else [])
    assert not chosen or rows[0].target is chosen
    assert all((not row.misses) == applies(row.target, matter()) for row in rows)
    assert all(row.specificity == specificity(row.target) for row in rows)


def test_promises_become_targets_in_their_order(cast: Cast) -> None:
    said = [promise("first_response", 5), promise("resolution", 60, priority=Priority.HIGH, pauses=("client",))]
    made = targets_of(said)
    assert [(one.position, one.kind, one.seconds, one.priority) for one in made] == [
        (1, "first_response", 300, None),
        (2, "resolution", 3600, Priority.HIGH),
    ]
    assert made[1].pauses == ["client"]
    assert all(one.pk is None for one in made)


def test_complaints_get_the_targets_of_the_requirements(cast: Cast) -> None:
    """SLA-11: 24 h first response, 72 h resolution; consulting, which is complex, 48 h."""
    complaint, consulting = cast.submit(service=cast.complaint), cast.submit(service=cast.consulting)
    hours = {clock.kind: clock.target_seconds / 3600 for clock in complaint.clocks.all()}
    assert hours == {"first_response": 24, "resolution": 72}
    assert consulting.clocks.get(kind="resolution").target_seconds == 48 * 3600
    assert cast.submit(service=cast.support).clocks.get(kind="technical_response").target_seconds == 2 * 3600
    assert consulting.clocks.get(kind="resolution").due_at == MONDAY + 48 * HOURS
    assert timedelta(seconds=consulting.clocks.get(kind="first_response").target_seconds) == 30 * MINUTES
