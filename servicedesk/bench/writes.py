"""Acts through the real web server: every act of the workflow, one after the other and several at once.

They go through the API, with a token of whoever acts: one call is one whole transaction (the act with its event, clocks
and outbox) and afterwards the request as JSON. Several act on different requests at once: so many are submitted in some
seconds, and each act is then done to all of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from accounts.models import User
from accounts.roles import Capability, Role
from servicedesk.bench.asking import is_up
from servicedesk.bench.bare import caught
from servicedesk.bench.crowd import Crowd, Load, crowd
from servicedesk.bench.figures import Result, Spread
from servicedesk.bench.ground import Ground
from servicedesk.bench.line import Call
from servicedesk.bench.memory import Memory
from servicedesk.bench.people import Caller, with_token
from servicedesk.bench.processes import load_average, running, wait_for
from servicedesk.bench.statements import slowest
from servicedesk.bench.stories import STORIES, TEXT, Crew, Step, Story, Who
from servicedesk.one_machine import Refusal
from tickets.models import Service, Ticket

MOST_QUERIES, FEWEST_PER_SECOND = 25, 60
ASK = "/api/v1/requests/"
SUBMIT = f"submit ({Who.CLIENT})"
CLIENTS = 40  # who ask in turn
MOST_AT_ONCE = 400  # calls a second that are prepared for whoever submits
STARTS_WITHIN = 60  # seconds
WHILE_LISTED = 10  # requests that live through their stories while statements are listed


@dataclass(frozen=True)
class How:
    """How acts are measured.

    Attributes:
        times: on how many requests each is done in sequence.
        concurrent: how many act at once, and for how many `seconds` they submit requests to act on.
        web: a command instead of the Procfile's.
        statements: whether the slowest statements are listed.
    """

    times: int = 100
    concurrent: int = 8
    seconds: float = 15
    web: str = ""
    statements: bool = False


@dataclass
class Row:
    """What was found about an act."""

    in_transaction: int = 0
    queries: int = 0
    ms: list[float] = field(default_factory=list)
    load: Load | None = None

    def to_json(self, name: str) -> dict[str, Any]:
        """By name, and whether it is as good as wanted."""
        spread, load = Spread.of(self.ms), self.load
        per_second = load.per_second if load else 0.0
        return {
            "act": name,
            "ms": round(spread.median, 2),
            "p95": round(spread.p95, 2),
            "p99": round(spread.p99, 2),
            "per_second": per_second,
            "at_once": len(load.ms) if load else 0,
            "seconds": round(load.seconds, 1) if load else 0.0,
            "queries_in_transaction": self.in_transaction,
            "queries": self.queries,
            "target": f"≤ {MOST_QUERIES} queries, ≥ {FEWEST_PER_SECOND}/s",
            "reached": self.in_transaction <= MOST_QUERIES and per_second >= FEWEST_PER_SECOND,
        }


def measure(ground: Ground, **how: Any) -> Result:
    """All acts; see `How`."""
    ground.empty_redis()
    return _measured(ground, How(**how))


def _measured(ground: Ground, how: How) -> Result:
    requests = Ticket.objects.count()
    crews = {is_planned: _crew(is_planned=is_planned) for is_planned in (False, True)}
    rows: dict[str, Row] = {}
    with (
        running("web", web=how.web) as processes,
        crowd(ground.port, 1) as one,
        crowd(ground.port, how.concurrent) as several,
    ):
        wait_for(lambda: is_up(ground.port), STARTS_WITHIN, "The web server does not start.")
        memory = Memory(processes["web"])
        for story in STORIES:
            crew = crews[story.is_planned]
            _count_queries(story, crew, rows)
            for name, load in _told(story, crew, one, _submissions(crew, how.times)).items():
                rows[name].ms = rows[name].ms or load.ms
            many = _submissions(crew, math.ceil(how.seconds * MOST_AT_ONCE))
            for name, load in _told(story, crew, several, many, seconds=how.seconds).items():
                rows[name].load = rows[name].load or load
            memory.look()
        held = memory.rows()
    listed = {"statements": slowest(lambda: _told_again(ground, crews, how.web))} if how.statements else {}
    return {
        "requests": requests,
        "times": how.times,
        "concurrent": how.concurrent,
        "acts": [row.to_json(name) for name, row in rows.items()],
        "memory": held,
        **listed,
        "load_average": load_average(),
    }


# --- people and calls -------------------------------------------------------------------------------


def _crew(*, is_planned: bool) -> Crew:
    """A service and the people around it.

    Raises:
        Refusal: there is no such service, or nobody for it.
    """
    kinds = {"needs_plan": is_planned, "needs_verification": is_planned}
    service = Service.objects.filter(**kinds, is_technical=False, team__isnull=False).order_by("pk").first()
    if service is None:
        raise Refusal("There is no service to measure acts on.")
    team = User.objects.active().filter(teams=service.team).order_by("pk")
    specialists = team.able_to(Capability.REVIEW)
    crew = Crew(
        service=service.slug,
        clients=_tokens(User.objects.active().filter(role=Role.CLIENT_CONTACT).order_by("pk")[:CLIENTS]),
        handlers=_tokens(team.able_to(Capability.HANDLE).exclude(pk__in=specialists)),
        colleagues=_tokens(specialists),
    )
    if not (crew.clients and crew.handlers and crew.colleagues):
        raise Refusal("There is nobody to act; please take more requests.")
    return crew


def _tokens(people: Iterable[User]) -> dict[int, str]:
    return {person.pk: with_token(person, "").headers["Authorization"] for person in people}


def _submissions(crew: Crew, count: int) -> list[Call]:
    """Calls that submit requests, all with the same subject; whoever submits submits two at least."""
    subject, tokens = f"Measured {uuid4()}", list(crew.clients.values())[: max(1, count // 2)]
    asked = {"service": crew.service, "subject": subject, "description": TEXT}
    return [_post(ASK, tokens[place % len(tokens)], asked) for place in range(count)]


def _post(path: str, token: str, said: dict[str, Any]) -> Call:
    headers = {"Authorization": token, "Content-Type": "application/json"}
    return Call(path, headers, "POST", json.dumps(said, ensure_ascii=False))


def _calls(step: Step, crew: Crew, tickets: Sequence[Ticket]) -> list[Call]:
    pairs = [(ticket, step.says(ticket, crew)) for ticket in tickets]
    return [_post(step.path(ticket), crew.token(step.who, ticket), said) for ticket, said in pairs if said is not None]


def _made(submissions: Sequence[Call]) -> list[Ticket]:
    """The requests that came of submissions."""
    subject = json.loads(submissions[0].body)["subject"]
    return list(Ticket.objects.filter(subject=subject).order_by("pk"))


# --- measuring --------------------------------------------------------------------------------------


def _count_queries(story: Story, crew: Crew, rows: dict[str, Row]) -> None:
    """Two requests live through a story in this process; the second one counts, once caches are warm."""
    submissions = _submissions(crew, 2)
    for call in submissions:
        _count(rows, SUBMIT, call)
    tickets = _made(submissions)
    for step in story.steps:
        for call in _calls(step, crew, tickets):
            _count(rows, step.name, call)


def _count(rows: dict[str, Row], name: str, call: Call) -> None:
    seen = caught(Caller("", None, dict(call.headers)), call, warm=0)
    if not 200 <= seen.status < 300:
        raise Refusal(f"{name} answers {seen.status}: {seen.body.decode(errors='replace')[:300]}")
    row = rows.setdefault(name, Row())
    row.in_transaction, row.queries = seen.in_transactions, seen.queries


def _told(
    story: Story, crew: Crew, people: Crowd, submissions: Sequence[Call], *, seconds: float = 0
) -> dict[str, Load]:
    """Let people submit requests, for at most so many seconds, and do each act of the story to all of them."""
    found = {SUBMIT: _fine(SUBMIT, people.each(submissions, seconds))}
    tickets = _made(submissions)
    for step in story.steps:
        load = _fine(step.name, people.each(_calls(step, crew, tickets)))
        found.setdefault(step.name, load)
    return found


def _fine(name: str, load: Load) -> Load:
    if load.failed:
        raise Refusal(f"{name} failed {load.failed} times of {len(load.ms)}: {load.refusal}")
    return load


def _told_again(ground: Ground, crews: dict[bool, Crew], web: str) -> None:
    """Every story some times more, by a server that is started for it."""
    with running("web", web=web), crowd(ground.port, 1) as one:
        wait_for(lambda: is_up(ground.port), STARTS_WITHIN, "The web server does not start.")
        for story in STORIES:
            _told(story, crews[story.is_planned], one, _submissions(crews[story.is_planned], WHILE_LISTED))
