"""How a request comes in: who asks for what, in which words."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localtime

from servicedesk.generate import acts
from servicedesk.generate.request import Ids, Request
from servicedesk.generate.words import (
    COMMON_PAIR,
    COMMON_SHARE,
    COMMON_WORD,
    RARE_EVERY,
    RARE_FIRST,
    RARE_WORD,
    Language,
    Piece,
    fresh,
    language,
    piece,
)
from servicedesk.generate.world import World
from sla.engine.instants import DAY, MINUTE, moment
from tickets.states import Channel, Impact, Urgency

CHANNELS = [str(each) for each in (Channel.PORTAL, Channel.EMAIL, Channel.PHONE, Channel.API, Channel.CHAT)]
CHANNEL_WEIGHTS = (68, 87, 95, 98, 100)  # reached
PLANTED = {
    "zh": (f"处理时请按 {COMMON_WORD} 执行。", f"单据见{COMMON_PAIR}平台。", f"与 {RARE_WORD} 项目有关。"),
    "en": (f"Please follow the {COMMON_WORD}.", "", f"This is about {RARE_WORD}."),
}
NOTHING = Piece("", frozenset())


def open_request(world: World, ids: Ids, rng: Random, pk: int, at: int) -> Request:
    """A request, just submitted."""
    client, line = world.client(rng, at), world.line(rng)
    request = Request(pk, number_of(pk, at), world, ids, rng, client, line)
    request.channel = _channel(rng)
    said = language(client.language, world.wish.seed)
    words = _fill_in(request, said, at)
    if line.asks_impact:
        request.impact = rng.choices(Impact.values, (62, 28, 10))[0]
        request.urgency = rng.choices(Urgency.values, (30, 52, 18))[0]
    request.priority = world.priorities[request.impact, request.urgency, client.tier]
    by_phone = request.channel == Channel.PHONE
    acts.submit(
        request, at, rng.choice(line.crew.handlers) if by_phone else client.pk, _description(request, said), words
    )
    return request


def number_of(pk: int, at: int) -> str:
    """As `tickets.services.intake.next_number` gives it."""
    return f"SD-{localtime(moment(at), ZoneInfo(settings.DEFAULT_TIME_ZONE)).year}-{pk:06d}"


def _channel(rng: Random) -> str:
    drawn = rng.random() * CHANNEL_WEIGHTS[-1]
    return next(channel for channel, reached in zip(CHANNELS, CHANNEL_WEIGHTS, strict=True) if drawn < reached)


def _fill_in(request: Request, said: Language, at: int) -> Piece:
    """What the form asks beside the description; returns its index words."""
    rng, line = request.rng, request.line
    subject = said.say(rng, "subject")
    request.subject = subject.text
    background = said.say(rng, "background") if line.asks_background else NOTHING
    request.background = background.text
    thing = piece(rng.choice(said.values["device"])) if line.asks_object and rng.random() < 0.7 else NOTHING
    request.service_object = thing.text
    if line.asks_impact and rng.random() < 0.3:
        request.affected = rng.choice(said.values["dept"])
    if line.asks_began:
        request.began_at = at - rng.randint(4, 160) * MINUTE
    if line.asks_wanted_by and rng.random() < 0.6:
        request.wanted_by = at + rng.randint(3, 15) * DAY
    return said.joined([subject, background, thing, _answers(request)])


def _answers(request: Request) -> Piece:
    rng = request.rng
    if rng.random() < 0.3:
        request.answers["reference"] = f"{rng.choice(('WO', 'PO', 'SN', 'IT'))}-{rng.randrange(10**6):06d}"
    for key, values in request.line.choices.items():
        if rng.random() < 0.6:
            request.answers[key] = rng.choice(values)
    return fresh(" ".join(request.answers.values()))


def _description(request: Request, said: Language) -> Piece:
    """One to four sentences; in some a number that occurs nowhere else, and the words of known frequency."""
    rng = request.rng
    parts = [said.say(rng, "text", rng.choice((1, 1, 2, 2, 3, 4)))]
    if rng.random() < 0.25:
        parts.append(fresh(f"WO-{rng.randrange(10**7):07d}."))
    common, pair, rare = PLANTED[said.code]
    if rng.random() < COMMON_SHARE:
        parts.append(piece(common))
    if pair and rng.random() < COMMON_SHARE:
        parts.append(piece(pair))
    if request.id % RARE_EVERY == RARE_FIRST:
        parts.append(piece(rare))
    found = said.joined(parts)
    return found._replace(text=found.text.strip())
