"""SLA-10…20, 31, 32, 42: for any life of a request the fold says what living through it minute by minute says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.engine.clock import Fact, FactKind, Kind, Reading, TargetSpec, read
from tests.sla_engine import clock_oracle
from tests.sla_engine.clock_oracle import MINUTE, Said
from tests.sla_engine.strategies import CALENDARS

RETARGETS = (FactKind.RETARGETED, FactKind.RECALCULATED)
ENDINGS = [FactKind.DELIVERED, FactKind.ACCEPTED, FactKind.REJECTED, FactKind.REOPENED, FactKind.WITHDRAWN]
WAITS = ["client", "third_party", "date"]

targets = st.builds(
    TargetSpec,
    duration=st.integers(0, 900).map(lambda minutes: minutes * MINUTE),
    calendar=st.sampled_from(CALENDARS),
    pauses=st.frozensets(st.sampled_from(WAITS)),
    ref=st.integers(1, 2),
)
promises = st.fixed_dictionaries(
    {(kind, version): st.one_of(targets, targets, targets, st.none()) for kind in Kind for version in range(3)}
)


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """A submission and up to eleven facts at whole minutes, over the night on which Berlin's clocks go back."""
    now = datetime(2025, 10, 25, 20, tzinfo=UTC) + draw(st.integers(0, 600)) * MINUTE
    facts = [Fact(now, FactKind.SUBMITTED, 1)]
    usual = [kind for kind in FactKind if not kind.ends_request]
    kinds = st.one_of(st.sampled_from(usual), st.sampled_from(ENDINGS), st.sampled_from(list(FactKind)))
    for key in range(2, draw(st.integers(1, 12)) + 1):
        now += draw(st.sampled_from([0, 1, 7, 60, 200, 611])) * MINUTE
        clocks = frozenset(draw(st.sets(st.sampled_from(list(Kind)), max_size=2)))
        wait_for = draw(st.sampled_from(WAITS))
        facts.append(Fact(now, draw(kinds), key, specialist=draw(st.booleans()), wait_for=wait_for, clocks=clocks))
    return facts


def said_by(reading: Reading) -> Said:
    return Said(
        kind=reading.kind.value,
        cycle=reading.cycle,
        part=reading.part,
        state=reading.state.value,
        start=reading.start,
        counted=reading.counted // MINUTE,
        paused=reading.paused // MINUTE,
        stopped_at=reading.stopped_at,
        breached_at=reading.breached_at,
        due_at=reading.due_at,
    )


@settings(max_examples=200, deadline=None)
@given(lives(), promises, st.sampled_from([0, 1, 30, 700]))
def test_the_fold_and_living_through_it_agree(
    facts: list[Fact], specs: dict[tuple[Kind, int], TargetSpec | None], later: int
) -> None:
    now = facts[-1].at + timedelta(minutes=later)
    version, versions = 0, {}
    for fact in facts:
        version += fact.kind in RETARGETS
        versions[fact.key] = version % 3

    def choose(kind: Kind, fact: Fact, since: Fact) -> TargetSpec | None:
        # which versions hold is part of the answer, so that asking for the wrong ones is found
        return specs.get((kind, (versions[fact.key] + versions[since.key]) % 3))

    def place(said: Said) -> tuple[str, int, int]:
        return said.kind, said.cycle, said.part

    wanted = sorted(clock_oracle.read(facts, choose, now), key=place)
    assert sorted((said_by(reading) for reading in read(facts, choose, now)), key=place) == wanted
