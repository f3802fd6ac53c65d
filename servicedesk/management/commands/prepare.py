"""Bring an installation up to date: translations, database, base data, static files, demonstration data."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection

from servicedesk import messages

PREPARE_LOCK = 7300  # any number that nothing else uses for pg_advisory_lock


class Command(BaseCommand):
    """`manage.py prepare`: to be run after each update of the code, on one host or on several at once."""

    help = "Bring translations, database and static files up to date; with --demo load demonstration data once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load demonstration data into an empty installation")

    def handle(self, *args: Any, **options: Any) -> None:
        messages.compile_all()
        with one_at_a_time():
            call_command("migrate", interactive=False, verbosity=0)
            call_command("base_data", verbosity=0)
            if options["demo"]:
                self.load_demonstration()
        if not settings.DEBUG:
            collect_static()

    def load_demonstration(self) -> None:
        """Once: an installation with people in it is left alone."""
        if get_user_model()._default_manager.exists():
            return
        if "demo" not in get_commands():
            self.stdout.write("There is no demonstration data in this version.")
            return
        self.stdout.write("Loading the demonstration data …")
        call_command("demo", stdout=self.stdout)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hosts that are updated at the same moment wait for each other here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARE_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARE_LOCK])


def collect_static() -> None:
    """Collect when something has changed since the last time: compressing everything takes seconds."""
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    wanted = _sources_digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def _sources_digest() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
