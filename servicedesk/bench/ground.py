"""Where is measured: a database of its own on the installation's server, a Redis and a data directory of its own.

A generated database is made once per sort and kept as a template; each measurement gets a copy of it, which takes
seconds. The installation's own database is never touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis

from servicedesk.embedded import EmbeddedError, Redis
from servicedesk.env import BASE_DIR, data_directory, load_env_files, redis_client_url
from servicedesk.one_machine import Refusal, free_port, servers_of
from servicedesk.runner import choose_settings

MIGRATIONS = "*/migrations/*.py"
SOURCES = ("servicedesk/generate/**/*", MIGRATIONS)


@dataclass(frozen=True)
class Sort:
    """A sort of data: a name, and what `manage.py generate` is told."""

    name: str
    arguments: tuple[str, ...]

    def template(self, database: str) -> str:
        """The name of its template; another one when the generator or a model has changed."""
        return f"{self.prefix(database)}{_digest(*SOURCES, said=self.arguments)}"

    def prefix(self, database: str) -> str:
        """What the names of all its templates begin with."""
        return f"{database}_bench_{self.name}_"


def _digest(*patterns: str, said: Sequence[str] = ()) -> str:
    """Ten letters that change with the files and with what is said."""
    found = hashlib.sha256(" ".join(said).encode())
    for path in sorted(path for pattern in patterns for path in BASE_DIR.glob(pattern) if path.is_file()):
        if "__pycache__" not in path.parts:
            found.update(path.read_bytes())
    return found.hexdigest()[:10]


def past(requests: int) -> Sort:
    """Requests of the last three years, nearly all of them closed: what a what-if replays."""
    return Sort(f"past{requests}", ("--requests", str(requests), "--years", "2.9"))


def decade(requests: int) -> Sort:
    """Ten years of a desk."""
    return Sort(f"decade{requests}", ("--requests", str(requests)))


def calm(requests: int) -> Sort:
    """Open requests, each with one running clock, of which none is due for weeks."""
    return Sort(f"calm{requests}", ("--requests", str(requests), "--years", "0.01", "--calm"))


@dataclass
class Ground:
    """What is measured on. The environment leads every process started from here to it."""

    folder: Path
    port: int

    def empty_redis(self) -> None:
        """Everything in the measurement's own Redis is gone."""
        with redis.Redis.from_url(redis_client_url(os.environ["REDIS_URL"])) as client:
            client.flushall()


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """Servers, Redis and settings for the time of the block; once per process.

    Raises:
        Refusal: something of it can't be had.
    """
    outside = dict(os.environ)
    load_env_files()
    var_dir = data_directory()
    folder = var_dir / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with servers_of(var_dir), _own_redis(folder):
            port = free_port()
            _settle(folder, port)
            yield Ground(folder, port)
    finally:
        os.environ.clear()
        os.environ.update(outside)


def _settle(folder: Path, port: int) -> None:
    """The environment of production, in a data directory of its own."""
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "SERVICEDESK_IGNORE_ENV_FILE"):
        os.environ.pop(name, None)
    os.environ["VAR_DIR"] = str(folder)
    choose_settings(Namespace(host="127.0.0.1", port=port, no_demo=True), folder, f"http://localhost:{port}")
    os.environ.update(DEBUG="false", DEMO="false", EMAIL_URL=f"file://{folder / 'mail'}")
    os.environ["SERVICEDESK_IGNORE_ENV_FILE"] = "1"
    os.environ.pop("BROKER_URL", None)  # what an installation's own file may have said


@contextlib.contextmanager
def database(sort: Sort, *, fresh: bool = False) -> Iterator[None]:
    """A copy of generated data for the time of the block, with Django set up on it.

    Args:
        fresh: generate them anew.

    Raises:
        Refusal: it can't be had.
    """
    url = os.environ["DATABASE_URL"]
    copy = f"{urlsplit(url).path.lstrip('/')}_bench"
    _copy(_template(sort, url, fresh=fresh), copy, url)
    os.environ["DATABASE_URL"] = _named(url, copy)
    try:
        _set_up()
        yield
    finally:
        _close_own_connections()
        os.environ["DATABASE_URL"] = url
        _drop(url, copy)


@contextlib.contextmanager
def _own_redis(folder: Path) -> Iterator[None]:
    """A Redis that may be emptied; the installation's is left alone."""
    server = Redis(folder / "redis")
    try:
        server.start()
    except EmbeddedError as error:
        raise Refusal(f"A measurement needs a Redis of its own. {error}") from None
    os.environ["REDIS_URL"] = server.url()
    try:
        yield
    finally:
        server.stop()


def _template(sort: Sort, url: str, *, fresh: bool) -> str:
    """The name of the template, which is made if it is not there."""
    database = urlsplit(url).path.lstrip("/")
    name = sort.template(database)
    if fresh or name not in _databases(url, name):
        empty = f"{database}_bench_empty_{_digest(MIGRATIONS)}"
        if empty not in _databases(url, empty):
            _make(empty, f"{database}_bench_empty_", url, "migrate", "--verbosity", "0")
        _make(name, sort.prefix(database), url, "generate", *sort.arguments, template=empty)
    return name


def _make(name: str, prefix: str, url: str, *command: str, template: str = "template1") -> None:
    """Make a database by a command of `manage.py`; others with this prefix have had their time."""
    for old in _databases(url, prefix):
        _drop(url, old)
    unfinished = f"{name}_new"
    _statements(url, f'CREATE DATABASE "{unfinished}" TEMPLATE "{template}"')
    try:
        _manage(_named(url, unfinished), *command)
    except BaseException:
        _drop(url, unfinished)
        raise
    _statements(url, f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


def _manage(url: str, *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, check=False, cwd=BASE_DIR, stdout=sys.stderr, env={**os.environ, "DATABASE_URL": url}
    )
    if done.returncode:
        raise Refusal("The data to measure on could not be made; the lines above say why.")


def _copy(template: str, name: str, url: str) -> None:
    _drop(url, name)
    _statements(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


def _drop(url: str, name: str) -> None:
    _statements(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _databases(url: str, prefix: str) -> list[str]:
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return [name for (name,) in cursor.fetchall()]


def _statements(url: str, *statements: str) -> None:
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                try:
                    cursor.execute(statement)
                except psycopg2.Error as error:
                    raise Refusal(f"The database server refuses: {' '.join(str(error).split())}") from None


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _set_up() -> None:
    """Django reads the environment the first time; every copy has the same name."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "servicedesk.bench.settings"
    import django

    django.setup()


def _close_own_connections() -> None:
    from django.db import connections

    connections.close_all()
