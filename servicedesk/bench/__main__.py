"""`script/bench`: choose a measurement, prepare for it, print what it found."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from servicedesk.bench.figures import Result, table
from servicedesk.bench.ground import Sort, calm, database, decade, ground, past
from servicedesk.bench.limits import with_growth
from servicedesk.one_machine import Refusal, end_on_signals, fail


def main() -> None:
    """Measure and print."""
    options = _options()
    end_on_signals()
    try:
        found = options.run(options)
    except Refusal as refusal:
        fail(refusal)
    except KeyboardInterrupt:
        sys.exit(130)
    print(json.dumps(found, indent=2, default=str) if options.json else table(found))  # noqa: T201


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure the desk on generated data.")
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    asked = {"times": 300, "concurrent": 8, "seconds": 2}
    of_pages = _command(commands, "pages", pages, "pages", requests=10_000, small=10_000, **asked, combinations=0)
    of_pages.add_argument("--only", default="", metavar="TEXT", help="only the pages that have this in their names")
    _web(of_pages)
    _web(_command(commands, "writes", writes, "acts on requests", requests=10_000, times=100, concurrent=8, seconds=15))
    _command(commands, "timers", timers, "many steps due in the same second", clocks=100_000, due=1000, idle=20)
    _command(commands, "what-if", what_if, "the past replayed under other terms", requests=100_000)
    _command(
        commands, "recalculation", recalculation, "running clocks moved to a new calendar", clocks=100_000, seconds=120
    )
    _command(commands, "calendars", calendars, "working time on the command line, and the fold", lines=100_000)
    return parser.parse_args()


WORDS = {
    "requests": "how many requests there are",
    "small": "how many requests the desk has that growth is measured from; 0 for none",
    "clocks": "how many running clocks there are",
    "due": "how many steps are due at the same instant",
    "times": "how often each is asked for, one after the other",
    "concurrent": "how many ask at once",
    "combinations": "how many combinations of view and filter of the queue are looked at besides",
    "idle": "how many seconds to look on while nothing is due",
    "lines": "how many lines are answered",
    "seconds": "how many seconds something is watched, or several ask at once",
}


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], Result], help: str, **numbers: int
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help, description=f"Measure {help}.")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--fresh", action="store_true", help="make the data anew")
    for option, default in numbers.items():
        kind = float if option == "seconds" else int
        command.add_argument(f"--{option}", type=kind, default=default, help=f"{WORDS[option]} ({default})")
    command.set_defaults(run=run)
    return command


def _web(command: argparse.ArgumentParser) -> None:
    """What can be said of the web server."""
    command.add_argument(
        "--web", default="", metavar="COMMAND", help="a command for the shell in place of the Procfile's web server"
    )
    command.add_argument("--statements", action="store_true", help="list the statements that take most time")


Run = tuple[Sort, Mapping[str, Any]]
"""Data, and how to measure on a copy of them."""


def _on(room: str, *runs: Run, fresh: bool) -> list[Result]:
    """Measurements, each on a copy of some data; their module is loaded once Django is set up."""
    found: list[Result] = []
    made: set[Sort] = set()
    with ground() as where:
        for sort, how in runs:
            with database(sort, fresh=fresh and sort not in made):
                found.append(import_module(f"servicedesk.bench.{room}").measure(where, **how))
            made.add(sort)
    return found


def pages(options: argparse.Namespace) -> Result:
    """What pages take, beside the same on a small desk."""
    how = _said(options, "times", "concurrent", "seconds", "web", "only")
    runs: list[Run] = [(decade(options.requests), {**how, **_said(options, "combinations", "statements")})]
    if 0 < options.small < options.requests:
        runs.insert(0, (decade(options.small), how))
    *small, found = _on("pages", *runs, fresh=options.fresh)
    if not small:
        return with_growth(found, None)
    return {**with_growth(found, small[0]), "small_desk": with_growth(small[0], None)}


def writes(options: argparse.Namespace) -> Result:
    """What acts take."""
    how = _said(options, "times", "concurrent", "seconds", "web", "statements")
    (found,) = _on("writes", (decade(options.requests), how), fresh=options.fresh)
    return found


def _said(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names}


def timers(options: argparse.Namespace) -> Result:
    """Twice: undisturbed, and with the worker killed and Redis emptied in the middle."""
    hows = [{"due": options.due, "idle": options.idle, "kill": kill} for kill in (False, True)]
    calmly, disturbed = _on("timers", *((calm(options.clocks), how) for how in hows), fresh=options.fresh)
    return {"undisturbed": calmly, "worker_killed_and_redis_emptied": disturbed}


def what_if(options: argparse.Namespace) -> Result:
    """Two questions about all requests."""
    (found,) = _on("what_if", (past(options.requests), {}), fresh=options.fresh)
    return found


def recalculation(options: argparse.Namespace) -> Result:
    """Another calendar for all running clocks."""
    (found,) = _on("recalculation", (calm(options.clocks), _said(options, "seconds")), fresh=options.fresh)
    return found


def calendars(options: argparse.Namespace) -> Result:
    """Neither a database nor a server is needed."""
    found: Result = import_module("servicedesk.bench.calendars").measure(options.lines)
    return found


if __name__ == "__main__":
    main()
