"""The course a request takes: drawn by dice for the past, written down for what is open now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from random import Random

from tickets.states import Channel


class Stage(IntEnum):
    """How far a story goes; it stops there and the request stays as it is."""

    RECEIVED = 1
    ACKNOWLEDGED = 2
    ASKED = 3
    EXAMINED = 4  # a specialist has answered, or a plan is being drafted
    PROPOSED = 5
    CONFIRMED = 6
    THIRD_PARTY = 7
    DATED = 8
    WORKED = 9
    DELIVERED = 10
    REJECTED = 11
    END = 99


class Ending(StrEnum):
    """What becomes of a request."""

    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


@dataclass(frozen=True)
class Course:
    """What happens on the way. `pace` multiplies everybody's delays; `late_*` are missed targets."""

    stop: Stage = Stage.END
    ending: Ending = Ending.CLOSED
    channel: Channel = Channel.PORTAL
    pace: float = 1.0
    asks: bool = False
    keeps: bool = False  # the agent stays responsible when a specialist answers
    attaches: bool = False
    notes: bool = False
    calls: bool = False
    thirds: bool = False
    dated: bool = False
    returns: bool = False
    tasks: bool = False
    reweighs: bool = False
    chases: bool = False
    rejects: bool = False
    reopens: bool = False
    rests: bool = True  # over nights and weekends, where targets run on, a date is agreed on
    late_first: bool = False
    late_technical: bool = False
    late_resolution: bool = False
    survey: tuple[int, int, int] | None = None


CHANNELS = ([Channel.PORTAL, Channel.EMAIL, Channel.PHONE, Channel.CHAT], [72, 15, 10, 3])
ENDINGS = ([Ending.CLOSED, Ending.DECLINED, Ending.WITHDRAWN, Ending.MERGED], [925, 28, 32, 15])
ANSWERED = 0.46
MOODS = (  # the scores of process, result, experience; and how often
    ((5, 5, 5), 54),
    ((5, 4, 5), 12),
    ((4, 5, 4), 11),
    ((4, 4, 4), 14),
    ((4, 3, 4), 6),
    ((3, 4, 3), 4),
    ((3, 3, 4), 4),
    ((3, 2, 3), 2),
    ((2, 2, 3), 2),
    ((1, 2, 2), 1),
)
LATE_MOOD = (2, 3, 2)


def draw(rng: Random, *, progress: float, burden: float) -> Course:
    """A course by dice.

    Args:
        progress: 0…1; things get better with time.
        burden: above 1 for somebody who has too much to do.
    """
    slips = (1.35 - 0.75 * progress) * burden
    course = Course(
        ending=rng.choices(*ENDINGS)[0],
        channel=rng.choices(*CHANNELS)[0],
        pace=rng.uniform(0.6, 1.5) * burden,
        asks=rng.random() < 0.34,
        keeps=rng.random() < 0.45 * burden,
        attaches=rng.random() < 0.4,
        notes=rng.random() < 0.4,
        calls=rng.random() < 0.14,
        thirds=rng.random() < 0.1,
        dated=rng.random() < 0.07,
        returns=rng.random() < 0.25,
        tasks=rng.random() < 0.4,
        reweighs=rng.random() < 0.08,
        chases=rng.random() < 0.12,
        rejects=rng.random() < 0.07,
        reopens=rng.random() < 0.025,
        late_first=rng.random() < 0.05 * slips,
        late_technical=rng.random() < 0.075 * slips,
        late_resolution=rng.random() < 0.012 * slips,
    )
    return replace(course, survey=_mood(rng, course))


def _mood(rng: Random, course: Course) -> tuple[int, int, int] | None:
    """What the client answers to the survey; None, nothing."""
    if rng.random() > ANSWERED:
        return None
    if course.late_resolution or (course.rejects and rng.random() < 0.5):
        return LATE_MOOD
    return rng.choices([mood for mood, _ in MOODS], [weight for _, weight in MOODS])[0]
