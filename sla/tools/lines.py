"""Answering JSON lines: one in, one out, in the same order; long inputs on every processor."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Any, TextIO

from sla.engine.replay import ReplayError

Answer = Callable[[dict[str, Any]], dict[str, object]]

CHUNK = 2000
AHEAD = 4  # chunks per process that are read before the first is written


def run(answer: Answer, lines: TextIO, out: TextIO) -> int:
    """Answer every line; return how many could not be answered.

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
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise ReplayError("The line must be an object.")
        return f"{json.dumps(answer(asked), ensure_ascii=False)}\n", False
    except json.JSONDecodeError as error:
        return _refused(asked, f"This is no JSON: {error}."), True
    except ReplayError as error:
        return _refused(asked, str(error)), True
    except RecursionError:
        return _refused(asked, "The line is nested too deeply."), True


def _refused(asked: object, sentence: str) -> str:
    name = asked.get("id") if isinstance(asked, dict) else None
    return f"{json.dumps({'id': name, 'error': sentence}, ensure_ascii=False)}\n"
