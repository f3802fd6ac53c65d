"""Answering JSON lines: one in, one out, in the same order; long inputs on every processor."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from io import TextIOWrapper
from itertools import chain, islice
from typing import Any, TextIO, cast

from sla.engine.replay import ReplayError

Answer = Callable[[dict[str, Any]], dict[str, object]]

CHUNK = 2000
AHEAD = 4  # chunks per process that are read before the first is written


def serve(answer: Answer) -> int:
    """Answer standard input on standard output, both in UTF-8 whatever the terminal's; return the exit code.

    The code is 1 when a line could not be answered. Whoever stops reading (`| head`) ends it quietly.
    """
    lines, out = cast(TextIOWrapper, sys.stdin), cast(TextIOWrapper, sys.stdout)
    lines.reconfigure(encoding="utf-8-sig", errors="surrogateescape", newline="\n")
    out.reconfigure(encoding="utf-8", errors="backslashreplace")  # of half a character JSON's own escape remains
    try:
        return int(run(answer, lines, out) > 0)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())  # else the interpreter complains as it ends
        return 0


def run(answer: Answer, lines: TextIO, out: TextIO) -> int:
    """Answer every line; return how many could not be answered. Blank lines are passed over.

    Args:
        answer: a module's function, so that other processes find it.
    """
    failures = 0
    for answered in _answered(answer, _chunks(lines)):
        out.write("".join(text for text, _ in answered))
        failures += sum(failed for _, failed in answered)
    out.flush()
    return failures


def _chunks(lines: Iterable[str]) -> Iterator[list[str]]:
    source = iter(lines)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _answered(answer: Answer, chunks: Iterator[list[str]]) -> Iterator[list[tuple[str, bool]]]:
    """A short input is answered here; a long one by a process per processor, some chunks ahead of the output."""
    first = list(islice(chunks, 2))
    if len(first) < 2 or (count := len(os.sched_getaffinity(0))) < 2:
        gc.disable()  # nothing that is made here lives in a cycle
        yield from (_answer_chunk(answer, chunk) for chunk in chain(first, chunks))
        return
    with ProcessPoolExecutor(count, initializer=gc.disable) as pool:
        under_way: list[Future[list[tuple[str, bool]]]] = []
        for chunk in chain(first, chunks):
            under_way.append(pool.submit(_answer_chunk, answer, chunk))
            if len(under_way) >= count * AHEAD:
                yield under_way.pop(0).result()
        yield from (future.result() for future in under_way)


def _answer_chunk(answer: Answer, chunk: list[str]) -> list[tuple[str, bool]]:
    return [_answer_line(answer, line) for line in chunk if line.strip()]


def _answer_line(answer: Answer, line: str) -> tuple[str, bool]:
    """The answer as a line, and whether the question could not be answered."""
    asked: object = None
    try:
        asked = _read(line)
        if not isinstance(asked, dict):
            raise ReplayError("The line must be an object.")
        return f"{_written(answer(asked))}\n", False
    except ReplayError as error:
        return _refused(asked, str(error)), True
    except RecursionError:
        return _refused(asked, "The line is nested too deeply."), True


def _read(line: str) -> object:
    try:
        line.encode()  # fails on the bytes that could not be decoded
        return _READER.decode(line)
    except UnicodeEncodeError:
        raise ReplayError("The line is not written in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ReplayError(f"This is no JSON: {error}.") from None


def _written(answer: dict[str, object]) -> str:
    try:
        return _WRITER.encode(answer)
    except ValueError:  # the one thing that is given back as it came
        raise ReplayError('"id" is a number that JSON can\'t write.') from None


def _refused(asked: object, sentence: str) -> str:
    name = asked.get("id") if isinstance(asked, dict) else None
    try:
        return f"{_WRITER.encode({'id': name, 'error': sentence})}\n"
    except (ValueError, RecursionError):
        return f"{_WRITER.encode({'id': None, 'error': sentence})}\n"


def _whole(digits: str) -> int | float:
    """A whole number; one of thousands of digits, which Python refuses to read, as the infinity it is to clocks."""
    try:
        return int(digits)
    except ValueError:
        return float(digits)


_READER = json.JSONDecoder(parse_int=_whole)
_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
