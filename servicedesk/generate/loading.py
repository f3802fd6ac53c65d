"""Putting it together: the stage, then all chunks on every processor, then what was taken down meanwhile."""

from __future__ import annotations

import gc
import io
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pgtrigger
from django.db import connection, connections, transaction

from accounts.models import User
from servicedesk.generate import notices
from servicedesk.generate.columns import COLUMNS, check_columns
from servicedesk.generate.keys import taken_down
from servicedesk.generate.making import make
from servicedesk.generate.notices import Told
from servicedesk.generate.stage import make_stage
from servicedesk.generate.wish import Wish
from servicedesk.generate.words import language
from servicedesk.generate.world import World
from tickets.models import Ticket

Tell = Callable[[str], None]
STAGE = (
    *("accounts_user", "accounts_organisation", "accounts_team"),
    *("tickets_service", "sla_agreement", "sla_workingcalendar"),
)
EVERY = 5.0  # seconds between two words of progress
MEMORY = "512MB"  # for building an index


class NotEmpty(Exception):
    """There are people or requests already; generated data never mix with anybody's own."""


@dataclass(frozen=True)
class Figures:
    """What was made, and how long it took in seconds."""

    requests: int
    open: int
    late: int
    events: int
    messages: int
    clocks: int
    seconds: float


def generate(wish: Wish, *, processes: int, tell: Tell) -> Figures:
    """Fill an empty, migrated database.

    Args:
        processes: 0 to do everything here, in one transaction.

    Raises:
        NotEmpty: there is somebody in it.
    """
    began = time.monotonic()
    check_columns()
    if User.objects.exists() or Ticket.objects.exists():
        raise NotEmpty
    if processes:
        _fill(wish, processes, tell)
    else:
        with transaction.atomic():
            _fill(wish, 0, tell)
    return _figures(wish, time.monotonic() - began)


def _fill(wish: Wish, processes: int, tell: Tell) -> None:
    with transaction.atomic():
        make_stage(wish)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    world = World.of(wish)
    tell(f"{len(world.clients)} clients and {wish.staff} of our people are there.")
    run = _several if processes else _one_by_one
    with taken_down(COLUMNS, _telling(run, tell)):
        try:
            told = _write_all(world, processes, tell)
            copy(notices.lines_of(told, wish))
        except BaseException:
            _empty()
            raise
    _set_sequences(wish)
    tell("Gathering statistics …")
    order = "VACUUM (ANALYZE)" if processes else "ANALYZE"
    run([f"{order} {table}" for table in COLUMNS])
    if processes:
        run(["ANALYZE"])


# --- writing ----------------------------------------------------------------------------------------


def _write_all(world: World, processes: int, tell: Tell) -> list[Told]:
    for code in ("zh", "en"):
        language(code, world.wish.seed)
    told: list[Told] = []
    done, began, said = 0, time.monotonic(), time.monotonic()
    for number, lately in _written(world, processes):
        told += lately
        done += world.chunks[number].size
        if time.monotonic() - said > EVERY:
            said = time.monotonic()
            tell(f"{done:,} of {world.wish.requests:,} requests, {done / (said - began):,.0f} a second")
    return told


_world: World | None = None


def _written(world: World, processes: int) -> Iterator[tuple[int, list[Told]]]:
    """The number of each chunk that is written, with what people were told lately."""
    global _world
    _world = world
    numbers = range(len(world.chunks))
    if not processes:
        yield from map(_write, numbers)
        return
    connections.close_all()  # a connection can't be shared with a fork
    gc.freeze()
    with multiprocessing.get_context("fork").Pool(processes, _begin) as pool:
        yield from pool.imap_unordered(_write, numbers)
        pool.close()
        pool.join()
    gc.unfreeze()


def _begin() -> None:
    """In each process: nothing that is made lives in a cycle, and a crash would begin anew anyway."""
    gc.disable()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def _write(number: int) -> tuple[int, list[Told]]:
    assert _world is not None  # noqa: S101 - set before the fork
    made = make(_world, _world.chunks[number])
    with transaction.atomic():
        copy(made.lines)
    return number, made.told


def copy(lines: dict[str, str]) -> None:
    """Write lines into their tables."""
    with connection.cursor() as cursor:
        for table, text in lines.items():
            if text:
                cursor.copy_expert(f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN", io.StringIO(text))


def _empty() -> None:
    """After a failure: leave no half of anything behind."""
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join([*COLUMNS, *STAGE])} CASCADE")


# --- statements that take long ----------------------------------------------------------------------


def _telling(run: Callable[[list[str]], None], tell: Tell) -> Callable[[list[str]], None]:
    def told(statements: list[str]) -> None:
        began = time.monotonic()
        run(statements)
        if statements:
            words = " ".join(statements[0].split()[:2]).lower()
            tell(f"{len(statements)} × {words} …: {time.monotonic() - began:.0f} s")

    return told


def _one_by_one(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _several(statements: list[str]) -> None:
    """Two at a time, those that take longest first."""
    first = sorted(statements, key=lambda statement: " gin " not in statement)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_do, first))


def _do(statement: str) -> None:
    """In a thread of its own, hence with a connection of its own."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET maintenance_work_mem = '{MEMORY}'")
            cursor.execute("SET synchronous_commit = off")
            cursor.execute(statement)
    finally:
        connection.close()


def _set_sequences(wish: Wish) -> None:
    """The next rows go on where these end."""
    with connection.cursor() as cursor:
        for table, columns in COLUMNS.items():
            if columns[0] == "id":
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1)) FROM {table}"  # noqa: S608
                )
        cursor.execute("SELECT setval('tickets_number', %s)", [wish.requests])


def _figures(wish: Wish, seconds: float) -> Figures:
    counted = {}
    with connection.cursor() as cursor:
        for name, table in (
            ("events", "tickets_ticketevent"),
            ("messages", "tickets_message"),
            ("clocks", "sla_clock"),
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            counted[name] = cursor.fetchone()[0]
    return Figures(
        requests=Ticket.objects.count(),
        open=Ticket.objects.open().count(),
        late=Ticket.objects.late(wish.now).count(),
        seconds=seconds,
        **counted,
    )
