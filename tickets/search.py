"""Words for the full-text index: Latin words as they are, Chinese as pairs of characters (bigrams).

PostgreSQL's own parser does not cut Chinese text. Both the stored text and the question go through `tokens`, so a
question of two or more characters finds every text that holds them next to each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection

MAX_TOKENS = 4000
FEW = 10_000  # requests; where more hold the words, the first page of them is met soon on the way through all
MANY = 20_000  # requests that are expected to hold the words
_RUN = re.compile(r"(?P<han>[㐀-䶿一-鿿豈-﫿ぁ-ヿ가-힣]+)|(?P<word>[^\W_]+(?:[._@'-][^\W_]+)*)")
_PART = re.compile(r"[._@'-]")


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Stretches of the normalised text: (is it Chinese, the stretch)."""
    for match in _RUN.finditer(_spaced(unicodedata.normalize("NFKC", text).casefold())):
        yield match.lastgroup == "han", match.group()


def _spaced(text: str) -> str:
    """Put a space between Chinese and Latin stretches, which people write without one."""
    return re.sub(r"([㐀-䶿一-鿿豈-﫿ぁ-ヿ가-힣]+)", r" \1 ", text)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def _parts(word: str) -> list[str]:
    """The pieces of a compound word, and numbers without their leading zeros: `sd-2026-000123` is found by `123`."""
    pieces = [piece for piece in _PART.split(word) if piece != word]
    return pieces + [
        piece.lstrip("0") for piece in [word, *pieces] if piece.isdigit() and piece.strip("0") and piece[0] == "0"
    ]


def tokens(text: str) -> list[str]:
    """The index words of a text: Latin words, and of a Chinese stretch the bigrams and its last character."""
    found: list[str] = []
    for is_han, run in _runs(text):
        if is_han:
            found += _pairs(run)
            if len(run) > 1:
                found.append(run[-1])
        else:
            found.append(run)
            found += _parts(run)
        if len(found) >= MAX_TOKENS:
            break
    return found[:MAX_TOKENS]


def search_query(text: str) -> str:
    """A raw `tsquery` for what somebody typed: every word has to occur, the last Latin one may be a beginning.

    Returns:
        The empty string when nothing can be searched for.
    """
    runs = list(_runs(text))[:12]
    parts: list[str] = []
    for position, (is_han, run) in enumerate(runs):
        if is_han and len(run) == 1:
            parts.append(f"{_quoted(run)}:*")
        elif is_han:
            parts.append("(" + " & ".join(_quoted(pair) for pair in _pairs(run)) + ")")
        else:
            last = position == len(runs) - 1
            parts.append(_quoted(run) + (":*" if last or run.isdigit() else ""))
    return " & ".join(parts)


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''").replace("\\", "") + "'"


def few_matching(query: str, column: str) -> list[int] | None:
    """The requests whose `column` (public or internal) of the index fits a `tsquery`; None where they are many. Up to
    two queries.

    The database's own estimate is good for words that occur often, and far too high for the beginning of a rare one:
    those it expects to be many are taken to be many, the others are looked up, as far as `FEW`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EXPECTED[column], [query])
        if cursor.fetchone()[0][0]["Plan"]["Plan Rows"] > MANY:
            return None
        cursor.execute(_FEW[column], [query, FEW + 1])
        found = [pk for (pk,) in cursor.fetchall()]
    return found if len(found) <= FEW else None


_FITTING = {
    column: f"SELECT ticket_id FROM tickets_searchentry WHERE {column} @@ %s::tsquery"  # noqa: S608 - no outside text
    for column in ("public", "internal")
}
_EXPECTED = {column: f"EXPLAIN (FORMAT JSON) {fitting}" for column, fitting in _FITTING.items()}
# Materialized: planned for itself, by the words' index, and read only as far as the limit.
_FEW = {
    column: f"WITH hits AS MATERIALIZED ({fitting}) SELECT ticket_id FROM hits LIMIT %s"  # noqa: S608 - as above
    for column, fitting in _FITTING.items()
}


class WordQuery(SearchQuery):
    """A ready-made `tsquery`, cast instead of parsed: PostgreSQL's parser would cut `sd-2026-000123` into pieces."""

    def __init__(self, query: str) -> None:
        super().__init__(query, search_type="raw")
        self.words = query

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, Any]:
        """The cast and its parameter, in a list because Django's lookup adds it to one."""
        return "%s::tsquery", [self.words]
