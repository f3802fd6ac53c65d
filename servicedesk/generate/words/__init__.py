"""What is asked and said, in Chinese and English: sentences with gaps, from the text files beside this module.

A line `key: text` holds values parted by `|`, or, after the empty line, sentences parted by `||`; `{key}` in a
sentence takes one of the values. What stands first is said more often (Zipf's law), so that some words are in every
fifth request and others in one of ten thousand. Each sentence comes with its index words, since cutting each text anew
would take longer than all else; `tests/setup/test_generated.py` holds them against `tickets.search`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from tickets.search import tokens

T = TypeVar("T")

FOLDER = Path(__file__).parent
GAP = re.compile(r"{(\w+)}")

# Words whose frequency is known, for whoever measures a search.
COMMON_WORD = "SOP"  # in every fifth request, whatever its language
COMMON_PAIR = "协同"  # in every fifth Chinese one
RARE_WORD = "quarzit"  # in request 7, and then in one of 50,000
RARE_EVERY, RARE_FIRST = 49_999, 7
COMMON_SHARE = 0.2

POOLS = {"subject": 3000, "text": 6000, "answer": 1500, "found": 1500, "done": 1500, "note": 800}
SMALL_POOL = 300
FLAT = 12  # the larger, the less the first of many stands out


class Piece(NamedTuple):
    """A text and its index words, ready for a `tsvector` in COPY's notation."""

    text: str
    words: frozenset[str]


def fresh(text: str) -> Piece:
    """A text with its index words."""
    return Piece(text, frozenset("'" + word.replace("'", "''") + "'" for word in tokens(text)))


@lru_cache(maxsize=50_000)
def piece(text: str) -> Piece:
    """The same for a text that comes again."""
    return fresh(text)


def zipf(rng: Random, values: Sequence[T]) -> T:
    """One of the values, the n-th with a weight of 1 / (n + FLAT)."""
    return values[int(FLAT * (1 + len(values) / FLAT) ** rng.random()) - FLAT]


@dataclass(frozen=True)
class Language:
    """One language: pools of finished sentences by key, and the values that fill gaps."""

    code: str
    pools: dict[str, list[Piece]]
    values: dict[str, list[str]]
    between: str

    def say(self, rng: Random, key: str, count: int = 1) -> Piece:
        """Some sentences of a key. Each ends with a stop, so no index word reaches over two of them."""
        return self.joined([zipf(rng, self.pools[key]) for _ in range(count)])

    def joined(self, pieces: Sequence[Piece]) -> Piece:
        """Texts that follow each other."""
        if len(pieces) == 1:
            return pieces[0]
        text = self.between.join([each.text for each in pieces])
        return Piece(text, frozenset().union(*[each.words for each in pieces]))


@lru_cache
def language(code: str, seed: int) -> Language:
    """Chinese (`zh`) or English (`en`); the same seed says the same."""
    rng = Random(f"{seed} {code}")  # noqa: S311 - no secrets
    values, sentences = _read(code)
    pools = {
        key: [piece(_filled(rng, zipf(rng, forms), values)) for _ in range(POOLS.get(key, SMALL_POOL))]
        for key, forms in sentences.items()
    }
    return Language(code, pools, values, "" if code == "zh" else " ")


def _read(code: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The values, and the sentences with gaps, by key."""
    values, sentences = (FOLDER / f"{code}.txt").read_text("utf-8").split("\n\n")
    return parted(values, "|"), parted(sentences, "||")


def parted(text: str, sign: str) -> dict[str, list[str]]:
    """What a text says of each key, taken apart at a sign."""
    pairs = (line.partition(": ") for line in text.splitlines())
    return {key: [each.strip() for each in said.split(sign)] for key, _colon, said in pairs}


def _filled(rng: Random, form: str, values: dict[str, list[str]]) -> str:
    return GAP.sub(lambda gap: zipf(rng, values[gap[1]]), form)
