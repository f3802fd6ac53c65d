"""What is open now: requests written down one by one, so that every state, wait and due time can be seen.

The first entries matter most; a small load takes as many as fit. Beginnings are either so many working minutes of the
desk ago, or, where targets run day and night, so many hours ago.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from servicedesk.demo.course import Course, Stage
from servicedesk.demo.people import MAIN_AGENT, MAIN_CLIENT
from servicedesk.demo.story import Life
from servicedesk.demo.world import World, fitting_scenarios
from tickets.states import Channel


@dataclass(frozen=True)
class Wish:
    """One open request. `how` are the turns of its course; `nth` says which of the scenarios."""

    service: str
    client: str
    owner: str
    stop: Stage
    minutes: float = 0
    hours: float = 0
    nth: int = 0
    how: dict[str, Any] = field(default_factory=dict)


ASKS, THIRD, DATED = {"asks": True}, {"thirds": True}, {"dated": True}
FAULT, ACCESS, DATA, CONSULTING = "application-fault", "access", "data-service", "consulting"
CHANGE, TRAINING, SITE, COMPLAINT = "change", "training", "site", "complaint"

WISHES = (
    Wish(CHANGE, MAIN_CLIENT, MAIN_AGENT, Stage.PROPOSED, minutes=700, how={"pace": 0.7}),
    Wish(DATA, MAIN_CLIENT, "sun.yue", Stage.DELIVERED, minutes=1900, how={"pace": 0.4}),
    Wish(FAULT, MAIN_CLIENT, MAIN_AGENT, Stage.ASKED, minutes=240, nth=1, how=ASKS),
    Wish(FAULT, MAIN_CLIENT, "zhao.lei", Stage.WORKED, minutes=420, how={"tasks": False, "pace": 0.3}),
    Wish(TRAINING, MAIN_CLIENT, "xu.bo", Stage.DATED, minutes=600, how=DATED),
    Wish(DATA, MAIN_CLIENT, "sun.yue", Stage.END, minutes=4200, nth=1, how={"pace": 0.3}),
    Wish(SITE, MAIN_CLIENT, "gao.feng", Stage.END, minutes=2200, nth=2, how={"pace": 0.3}),
    Wish(COMPLAINT, "luo.jun", MAIN_AGENT, Stage.WORKED, hours=69.4, how={"pace": 0.3, "notes": True}),
    Wish(FAULT, "wang.lei", MAIN_AGENT, Stage.EXAMINED, minutes=130, nth=2, how={"pace": 0.3, "notes": True}),
    Wish(FAULT, "huang.jianguo", MAIN_AGENT, Stage.ACKNOWLEDGED, minutes=205, nth=3),
    Wish(SITE, "wang.lei", MAIN_AGENT, Stage.THIRD_PARTY, minutes=800, how={**THIRD, "pace": 0.3}),
    Wish(CHANGE, "zhang.ting", MAIN_AGENT, Stage.CONFIRMED, minutes=1600, nth=1, how={"returns": True, "pace": 0.4}),
    Wish(FAULT, "luo.jun", MAIN_AGENT, Stage.REJECTED, minutes=1300, nth=4, how={"rejects": True, "pace": 0.3}),
    Wish(ACCESS, "fang.min", MAIN_AGENT, Stage.ACKNOWLEDGED, minutes=50, nth=1),
    Wish(CHANGE, "j.weber", MAIN_AGENT, Stage.PROPOSED, minutes=900, how={"returns": True, "pace": 0.4}),
    Wish(CONSULTING, MAIN_CLIENT, "xu.bo", Stage.PROPOSED, minutes=640, nth=2, how={"returns": True, "pace": 0.4}),
    Wish(CONSULTING, "p.novak", "lin.chiajung", Stage.ACKNOWLEDGED, hours=45.2),
    Wish(CONSULTING, "huang.jianguo", "chen.xi", Stage.ACKNOWLEDGED, hours=52.6, nth=1),
    Wish(COMPLAINT, "xie.yating", "li.ming", Stage.RECEIVED, hours=21.3),
    Wish(ACCESS, "l.schmidt", "", Stage.RECEIVED, minutes=6),
    Wish(FAULT, "xie.yating", "", Stage.RECEIVED, minutes=22),
    Wish(DATA, "j.weber", "", Stage.RECEIVED, minutes=3, nth=1),
    Wish(SITE, "huang.jianguo", "", Stage.RECEIVED, minutes=47, nth=1),
    Wish(CONSULTING, "tsai.chihhao", "lin.chiajung", Stage.CONFIRMED, minutes=480, how={"pace": 0.2}),
    Wish(FAULT, "l.schmidt", "liu.yang", Stage.EXAMINED, minutes=700, how={"notes": True}),
    Wish(SITE, "tsai.chihhao", "gao.feng", Stage.DELIVERED, minutes=1000, how={"pace": 0.4}),
    Wish(FAULT, "m.hansen", "liu.yang", Stage.THIRD_PARTY, minutes=1100, nth=2, how={**THIRD, "pace": 0.3}),
    Wish(CHANGE, "xie.yating", "liu.yang", Stage.DATED, minutes=1500, how={**DATED, "pace": 0.3}),
    Wish(TRAINING, "m.hansen", "julia.brandt", Stage.ASKED, minutes=500, nth=1, how=ASKS),
    Wish(COMPLAINT, "zhang.ting", "li.ming", Stage.WORKED, hours=30, nth=1, how={"notes": True}),
)


def lives(world: World, count: int, seed: int) -> Iterator[Life]:
    """The first so many of them."""
    for place, wish in enumerate(WISHES[:count]):
        yield _life(world, wish, Random(f"{seed} present {place}"))  # noqa: S311 - demonstration data, no secrets


def _life(world: World, wish: Wish, rng: Random) -> Life:
    client = world.cast.said[wish.client]
    fitting = fitting_scenarios(wish.service, client.language)
    owner = world.cast.said[wish.owner or "li.ming"]
    course = Course(stop=wish.stop, attaches=True, keeps=True, rests=not wish.hours, channel=Channel.PORTAL, **wish.how)
    return Life(
        world=world,
        scenario=fitting[wish.nth % len(fitting)],
        client=client,
        owner=owner,
        course=course,
        begins=_begins(world, wish),
        rng=rng,
    )


def _begins(world: World, wish: Wish) -> datetime:
    if wish.hours:
        return world.now - timedelta(hours=wish.hours)
    return world.desk.before(world.now, wish.minutes) - timedelta(seconds=21)
