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
    print(json.dumps(found, indent=2) if options.json else table(found))  # noqa: T201


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure the desk on generated data.")
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    _command(commands, "pages", pages, "pages through the real web server", requests=10_000, times=50)
    _command(commands, "timers", timers, "many steps due in the same second", clocks=100_000, due=1000, idle=20)
    _command(commands, "what-if", what_if, "the past replayed under other terms", requests=100_000)
    _command(
        commands, "recalculation", recalculation, "running clocks moved to a new calendar", clocks=100_000, seconds=120
    )
    _command(commands, "calendars", calendars, "working time on the command line, and the fold", lines=100_000)
    return parser.parse_args()


WORDS = {
    "requests": "how many requests there are",
    "clocks": "how many running clocks there are",
    "due": "how many steps are due at the same instant",
    "times": "how often each page is asked for",
    "idle": "how many seconds to look on while nothing is due",
    "lines": "how many lines are answered",
    "seconds": "how long the recalculation is watched at most",
}


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], Result], help: str, **numbers: int) -> None:
    command = commands.add_parser(name, help=help, description=f"Measure {help}.")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--fresh", action="store_true", help="make the data anew")
    for option, default in numbers.items():
        command.add_argument(f"--{option}", type=int, default=default, help=f"{WORDS[option]} ({default})")
    command.set_defaults(run=run)


def _on(sort: Sort, room: str, *hows: Mapping[str, Any], fresh: bool) -> list[Result]:
    """Measurements, each on a copy of some data; their module is loaded once Django is set up."""
    found: list[Result] = []
    with ground() as where:
        for how in hows:
            with database(sort, fresh=fresh and not found):
                found.append(import_module(f"servicedesk.bench.{room}").measure(where, **how))
    return found


def pages(options: argparse.Namespace) -> Result:
    """What pages take."""
    (found,) = _on(decade(options.requests), "pages", {"times": options.times}, fresh=options.fresh)
    return found


def timers(options: argparse.Namespace) -> Result:
    """Twice: undisturbed, and with the worker killed and Redis emptied in the middle."""
    hows = [{"due": options.due, "idle": options.idle, "kill": kill} for kill in (False, True)]
    calmly, disturbed = _on(calm(options.clocks), "timers", *hows, fresh=options.fresh)
    return {"undisturbed": calmly, "worker_killed_and_redis_emptied": disturbed}


def what_if(options: argparse.Namespace) -> Result:
    """Two questions about all requests."""
    (found,) = _on(past(options.requests), "what_if", {}, fresh=options.fresh)
    return found


def recalculation(options: argparse.Namespace) -> Result:
    """Another calendar for all running clocks."""
    (found,) = _on(calm(options.clocks), "recalculation", {"seconds": options.seconds}, fresh=options.fresh)
    return found


def calendars(options: argparse.Namespace) -> Result:
    """Neither a database nor a server is needed."""
    found: Result = import_module("servicedesk.bench.calendars").measure(options.lines)
    return found


if __name__ == "__main__":
    main()
