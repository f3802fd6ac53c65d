"""The check of coverage: what a version's targets leave open, decide twice, or never decide (SLA-10, SLA-33)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from time import perf_counter

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Tier
from sla.models import ClockKind, Target
from sla.services.coverage import (
    OTHER_PLAIN,
    OTHER_TECHNICAL,
    Coverage,
    Overlap,
    Region,
    Shadowed,
    coverage,
    service_value,
)
from sla.services.selection import Matter, applies, best, specificity
from tickets.states import Complexity, Priority, TicketType

FIRST, RESOLUTION = ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION
TECHNICAL = {1: True, 2: False, 3: True, 8: True, 9: False}  # 8 and 9 are named by no target here
SERVICES = (1, 2, 3)


def target(kind: str = FIRST, position: int = 1, **criteria: object) -> Target:
    service = criteria.pop("service", None)
    return Target(kind=kind, position=position, seconds=60, service_id=service, **criteria)


def numbered(*targets: Target) -> list[Target]:
    for position, one in enumerate(targets, start=1):
        one.position = position
    return list(targets)


def check(*targets: Target, kinds: tuple[str, ...] = (FIRST,)) -> Coverage:
    return coverage(numbered(*targets), TECHNICAL, kinds)


def test_nothing_promised_is_one_gap_without_conditions() -> None:
    found = coverage([], TECHNICAL)
    assert [(gap.kind, dict(gap.region)) for gap in found.gaps] == [(kind, {}) for kind in ClockKind.values]


def test_a_target_for_everything_leaves_nothing_open() -> None:
    assert check(target()) == Coverage((), (), ())


def test_a_gap_says_which_requests_get_none() -> None:
    found = check(target(technical_only=True), target(type=TicketType.COMPLAINT))
    types = tuple(value for value in TicketType.values if value != TicketType.COMPLAINT)
    assert [dict(gap.region) for gap in found.gaps] == [{"type": types, "service": (OTHER_PLAIN,)}]


def test_services_that_no_target_names_are_told_apart_by_being_technical() -> None:
    found = check(target(service=1), target(service=2))
    assert [dict(gap.region) for gap in found.gaps] == [{"service": (OTHER_TECHNICAL, OTHER_PLAIN)}]


def test_the_targets_of_one_kind_say_nothing_of_another() -> None:
    found = check(target(FIRST), target(RESOLUTION, type=TicketType.CHANGE), kinds=(FIRST, RESOLUTION))
    assert {gap.kind for gap in found.gaps} == {RESOLUTION}


def test_equally_specific_targets_overlap_where_both_apply() -> None:
    """SLA-33: there the position decides."""
    high, complaint = target(priority=Priority.HIGH), target(type=TicketType.COMPLAINT)
    assert check(target(), high, complaint).overlaps == (Overlap(1, 2),)


def test_a_more_specific_target_for_exactly_the_common_requests_ends_an_overlap() -> None:
    high, complaint = target(priority=Priority.HIGH), target(type=TicketType.COMPLAINT)
    both = target(priority=Priority.HIGH, type=TicketType.COMPLAINT)
    assert check(target(), high, complaint, both).overlaps == ()


def test_targets_that_have_nothing_in_common_do_not_overlap() -> None:
    assert check(target(priority=Priority.HIGH), target(priority=Priority.LOW), target()).overlaps == ()


def test_a_target_that_others_beat_everywhere_is_shadowed_by_them() -> None:
    simple, complicated = (target(complexity=value) for value in Complexity.values)
    assert check(simple, target(), complicated).shadowed == (Shadowed(1, (0, 2)),)


def test_of_two_equal_targets_the_later_one_never_decides() -> None:
    found = check(target(tier=Tier.STANDARD), target(tier=Tier.STANDARD), target())
    assert found.shadowed == (Shadowed(1, (0,)),)
    assert found.overlaps == (Overlap(0, 1),)


def test_a_target_that_contradicts_itself_applies_to_nothing() -> None:
    assert check(target(), target(service=2, technical_only=True)).shadowed == (Shadowed(1, ()),)


# --- against brute force ----------------------------------------------------------------------------

MATTERS = [
    Matter(
        organisation=1,
        type=type_,
        service=service,
        is_technical=is_technical,
        priority=priority,
        tier=tier,
        complexity=complexity,
    )
    for type_, (service, is_technical), priority, tier, complexity in product(
        TicketType.values, TECHNICAL.items(), Priority.values, Tier.values, Complexity.values
    )
]

targets = st.lists(
    st.builds(
        target,
        kind=st.sampled_from([FIRST, FIRST, RESOLUTION]),
        type=st.sampled_from(["", "", *TicketType.values]),
        service=st.sampled_from([None, None, *SERVICES]),
        technical_only=st.sampled_from([False, False, True]),
        priority=st.sampled_from([None, None, *Priority.values]),
        tier=st.sampled_from(["", "", *Tier.values]),
        complexity=st.sampled_from(["", "", *Complexity.values]),
    ),
    max_size=8,
).map(lambda found: numbered(*found))


def within(region: Region, matter: Matter, named: frozenset[int]) -> bool:
    has = {name: getattr(matter, name) for name in ("type", "priority", "tier", "complexity")}
    has["service"] = service_value(matter, named)
    return all(has[name] in values for name, values in region.items())


@settings(max_examples=60, deadline=None)
@given(targets)
def test_it_says_what_choosing_for_every_possible_request_says(found: list[Target]) -> None:
    """SLA-33: each finding is what `selection.best` does, and everything it does is found."""
    said = coverage(found, TECHNICAL, (FIRST,))
    named = frozenset(one.service_id for one in found if one.kind == FIRST and one.service_id)
    winners: dict[int, set[int]] = {place: set() for place, one in enumerate(found) if one.kind == FIRST}
    ties = set()
    for matter in MATTERS:
        chosen = best(found, matter, FIRST)
        assert sum(within(gap.region, matter, named) for gap in said.gaps) == (chosen is None)
        for place, one in enumerate(found):
            if chosen is None or one.kind != FIRST or not applies(one, matter):
                continue
            winners[place].add(found.index(chosen))
            if one is not chosen and specificity(one) == specificity(chosen):
                ties.add(Overlap(found.index(chosen), place))
    assert set(said.overlaps) == ties
    assert {(one.target, one.by) for one in said.shadowed} == {
        (place, tuple(sorted(by))) for place, by in winners.items() if place not in by
    }


def test_sixty_targets_take_less_than_a_tenth_of_a_second() -> None:
    """The check runs while somebody types."""
    many = numbered(
        *(
            target(
                kind=kind,
                service=place % 14 + 1 if place % 3 else None,
                type=TicketType.values[place % 6] if place % 2 else "",
                priority=Priority.values[place % 4] if place % 5 else None,
                tier=Tier.values[place % 3] if place % 4 else "",
                complexity=Complexity.values[place % 2] if place % 7 else "",
                technical_only=place % 11 == 0,
            )
            for place, kind in zip(range(60), [FIRST, FIRST, RESOLUTION] * 20, strict=True)
        )
    )
    taken = []
    for _ in range(3):
        began = perf_counter()
        found = coverage(many, TECHNICAL)
        taken.append(perf_counter() - began)
    assert found.gaps
    assert min(taken) < 0.1
    assert coverage([replace_position(one) for one in many], TECHNICAL) == found


def replace_position(one: Target) -> Target:
    """The same target with a position ten times as far; only the order matters."""
    return target(
        kind=one.kind,
        position=one.position * 10,
        service=one.service_id,
        **{name: getattr(one, name) for name in ("type", "priority", "tier", "complexity", "technical_only")},
    )


def test_a_matter_of_a_named_service_has_it_as_its_value() -> None:
    matter = replace(MATTERS[0], service=1, is_technical=True)
    assert service_value(matter, frozenset({1})) == 1
    assert service_value(matter, frozenset()) == OTHER_TECHNICAL
    assert service_value(replace(matter, is_technical=False), frozenset()) == OTHER_PLAIN
