"""What a cycle was spent on: the parts sum to the whole, and counted time goes to whoever held the request (SLA-41)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla.engine.ledger import Entry, What
from sla.engine.shares import Holder, Share, shares

NINE = datetime(2025, 6, 10, 9, 0, tzinfo=UTC)
MINUTES = timedelta(minutes=1)
UNASSIGNED, FIRST, LATER = 0, 1, 2


def entry(start: float, end: float, what: What = What.COUNTED, cause: int | None = None) -> Entry:
    return Entry(NINE + start * MINUTES, NINE + end * MINUTES, what, None, cause)


def holder(minute: float, team: str | None = "apps", person: str | None = None) -> Holder:
    return Holder(NINE + minute * MINUTES, team, person)


def spent(entries: list[Entry], holders: list[Holder]) -> dict[tuple[str, object, int], float]:
    """Minutes by what, team and hand."""
    found = shares(entries, holders)
    return {(share.what.value, share.team, share.hand): length / MINUTES for share, length in found.items()}


def test_counted_time_is_cut_at_every_change_of_hands():
    """SLA-41: 10 minutes with nobody, 20 with the first person, 30 after the hand-over."""
    held = [holder(0), holder(10, person="zhou"), holder(30, "data", "sun")]
    assert spent([entry(0, 60)], held) == {
        ("counted", "apps", UNASSIGNED): 10,
        ("counted", "apps", FIRST): 20,
        ("counted", "data", LATER): 30,
    }


def test_a_person_after_a_time_with_nobody_is_a_later_hand_unless_it_is_the_same_person():
    """SLA-41"""
    back = [holder(0, person="zhou"), holder(10), holder(20, person="zhou")]
    assert spent([entry(0, 30)], back) == {("counted", "apps", FIRST): 20, ("counted", "apps", UNASSIGNED): 10}
    other = [holder(0, person="zhou"), holder(10), holder(20, person="zhao")]
    assert spent([entry(0, 30)], other)["counted", "apps", LATER] == 10


def test_a_request_that_came_back_to_the_first_person_stays_handed_over():
    """SLA-41: what the hand-over cost does not end with it."""
    held = [holder(0, person="zhou"), holder(10, person="zhao"), holder(20, person="zhou")]
    assert spent([entry(0, 30)], held) == {("counted", "apps", FIRST): 10, ("counted", "apps", LATER): 20}


def test_time_that_did_not_count_belongs_to_no_team_and_waits_are_told_apart():
    """SLA-41: two waits of different kinds, each by the event that began it."""
    entries = [
        entry(0, 10),
        entry(10, 30, What.PAUSED, 4),
        entry(30, 35, What.OUTSIDE),
        entry(35, 50, What.PAUSED, 7),
        entry(50, 60, What.DECIDING, 9),
    ]
    found = shares(entries, [holder(0, person="zhou")])
    assert found[Share(What.PAUSED, wait=4)] == 20 * MINUTES
    assert found[Share(What.PAUSED, wait=7)] == 15 * MINUTES
    assert found[Share(What.OUTSIDE)] == 5 * MINUTES
    assert found[Share(What.DECIDING)] == 10 * MINUTES


def test_before_anybody_is_known_nobody_holds_it():
    """SLA-41"""
    assert spent([entry(0, 10)], []) == {("counted", None, UNASSIGNED): 10}
    assert spent([entry(0, 10)], [holder(5, person="zhou")]) == {
        ("counted", None, UNASSIGNED): 5,
        ("counted", "apps", FIRST): 5,
    }


@st.composite
def ledgers(draw: st.DrawFn) -> list[Entry]:
    """Contiguous entries of every kind."""
    lengths = draw(st.lists(st.floats(0.001, 500), min_size=1, max_size=20))
    found, at = [], 0.0
    for length in lengths:
        what = draw(st.sampled_from(list(What)))
        found.append(entry(at, at + length, what, draw(st.integers(1, 5)) if what is What.PAUSED else None))
        at += length
    return found


holders = st.lists(
    st.builds(
        holder, st.floats(-50, 5000), st.sampled_from(["apps", "data", None]), st.sampled_from(["zhou", "sun", None])
    ),
    max_size=8,
).map(lambda found: sorted(found, key=lambda each: each.since))


@given(ledgers(), holders)
def test_the_parts_sum_to_the_whole(entries, held):
    """SLA-41: whoever held it, not a microsecond is lost or counted twice; nor of any kind of time."""
    found = shares(entries, held)
    assert sum(found.values(), timedelta()) == entries[-1].end - entries[0].start
    for what in What:
        of_kind = sum((length for share, length in found.items() if share.what is what), timedelta())
        assert of_kind == sum((each.end - each.start for each in entries if each.what is what), timedelta())


@given(ledgers(), holders)
def test_only_counted_time_has_a_team_and_only_pauses_have_a_wait(entries, held):
    """SLA-41"""
    for share in shares(entries, held):
        assert share.what is What.COUNTED or (share.team is None and share.hand == 0)
        assert share.what is What.PAUSED or share.wait is None
