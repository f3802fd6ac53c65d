"""What is said about a request that stays open for weeks: reminders, questions, reports, sometimes no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicedesk.generate import acts
from sla.engine.instants import DAY, MINUTE
from tickets.states import State, Wait

if TYPE_CHECKING:
    from servicedesk.generate.life import Life

HOUR = 60 * MINUTE
A_ROUND = 12 * DAY
MOST_ROUNDS = 6
UNANSWERED = 0.12  # of those we have to do something about


def linger(life: Life, until: int) -> None:
    """Let time pass up to an instant, with a word now and then."""
    request, rng = life.request, life.rng
    if request.state == State.INTAKE or until <= life.at:
        return
    rounds = min(MOST_ROUNDS, int(rng.uniform(0.3, 1.5) * (until - life.at) / A_ROUND))
    for at in sorted(rng.randrange(life.at, until) for _ in range(rounds)):
        _round(life, max(at, life.at), until)
    _last_word(life, until)


def _round(life: Life, at: int, until: int) -> None:
    """A reminder where the client has to act, else a question with its answer or a report."""
    request = life.request
    at = life.world.desk.due_us(at, life.rng.randrange(30 * MINUTE))
    answered = life.world.desk.due_us(at, life.rng.randrange(5 * MINUTE, 240 * MINUTE))
    if answered >= until:
        return
    life.at = answered
    if request.wait == Wait.CLIENT or request.state == State.ACCEPTANCE or _has_plan_with_client(life):
        acts.reply(request, at, life.owner, life.said.say(life.rng, "ask"))
    elif request.state == State.EXECUTION and life.rng.random() < 0.5:
        acts.report_progress(request, at, life.owner, life.said.say(life.rng, "progress"))
    else:
        acts.reply(request, at, life.client, life.said.say(life.rng, "chase"))
        acts.reply(request, answered, life.owner, life.said.say(life.rng, "soothe"))


def _last_word(life: Life, until: int) -> None:
    """Some clients wrote in the last hours and wait for an answer."""
    request = life.request
    is_ours = request.wait != Wait.CLIENT and request.state != State.ACCEPTANCE and not _has_plan_with_client(life)
    at = until - life.rng.randrange(9 * HOUR)
    if is_ours and life.rng.random() < UNANSWERED and at > life.at:
        acts.reply(request, at, life.client, life.said.say(life.rng, "chase"))
        life.at = at


def _has_plan_with_client(life: Life) -> bool:
    plans = life.request.plans
    return bool(plans) and plans[-1]["state"] == "proposed"
