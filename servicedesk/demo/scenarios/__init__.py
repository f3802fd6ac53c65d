"""What is asked and said, per service: read from the text files beside this module.

A file holds scenarios. `# zh-hans` opens one in a language; then come lines `key: text`. A key that `Scenario` doesn't
know is a slot: its values are separated by `|`, or a range `3..40`; `{key}` in any text takes one of them, the same one
throughout a request. `{you}` and `{we}` are the client's and the writer's name, `\\n` is a new line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent
TEXTS = frozenset(
    {
        "subject",  # several: one is taken
        "text",  # the request's own words
        "object",
        "affected",
        "background",
        "weigh",  # impact and urgency, such as `3 2`
        "asked",  # answers to the service's own questions, `key=value`
        "file",  # attached to the request
        "ask",  # what we have to know, and what the client answers
        "answer",
        "found",  # progress, as the client reads it
        "note",
        "call",
        "third",  # what a third party has to do
        "task",
        "option",  # title / steps; … / effect / resources / duration / risk 1…3 / risk note
        "revise",  # the option as it is after the client sent the plan back
        "return",
        "done",  # the summary of the delivery
        "result",  # a file that is delivered
        "reject",
        "again",  # the summary of the second delivery
        "back",  # why it is reopened
    }
)


@dataclass(frozen=True)
class Scenario:
    """One matter, with everything that both sides may say about it."""

    service: str
    language: str
    place: int
    texts: dict[str, list[str]] = field(default_factory=dict)
    slots: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, rng: Random) -> dict[str, str]:
        """A value for each slot."""
        return {name: rng.choice(values) for name, values in self.slots.items()}


@lru_cache
def scenarios() -> tuple[Scenario, ...]:
    """All of them, in a fixed order."""
    return tuple(
        scenario
        for path in sorted(FOLDER.glob("*.txt"))
        if path.stem != "phrases"
        for scenario in _read(path.stem, path.read_text("utf-8"))
    )


@lru_cache
def phrases() -> dict[str, Mapping[str, list[str]]]:
    """Sentences that fit everywhere, by language and key."""
    return {each.language: each.slots for each in _read("phrases", (FOLDER / "phrases.txt").read_text("utf-8"))}


def _read(service: str, content: str) -> list[Scenario]:
    found: list[Scenario] = []
    for line in content.splitlines():
        if line.startswith("# "):
            found.append(Scenario(service, line[2:].strip(), len(found)))
        elif line.strip():
            key, _colon, value = line.partition(":")
            _keep(found[-1], key.strip(), value.strip().replace("\\n", "\n"), free=service == "phrases")
    return found


def _keep(scenario: Scenario, key: str, value: str, *, free: bool) -> None:
    """A text is added to its key; a slot's values are taken apart. Phrases are whole sentences, one per line."""
    if free:
        scenario.slots.setdefault(key, []).append(value)
    elif key in TEXTS:
        scenario.texts.setdefault(key, []).append(value)
    else:
        scenario.slots[key] = _values(value)


def _values(text: str) -> list[str]:
    low, dots, high = text.partition("..")
    if dots and low.isdigit() and high.isdigit():
        return [str(number) for number in range(int(low), int(high) + 1)]
    return [value.strip() for value in text.split("|")]
