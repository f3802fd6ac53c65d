"""`python -m servicedesk.keep COMMAND …`: run a background process, and start it again should it die.

Background work loses nothing when a process is killed, since what is due stands in the database; it only has to go on.
Told to end (SIGTERM, SIGINT), the process is ended and not started again.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import FrameType

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0  # after so long the next death is a new story


class Keeper:
    """Runs one command until told to end."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.is_ending = False
        self.process: subprocess.Popen[bytes] | None = None

    def end(self, number: int, frame: FrameType | None) -> None:
        """Pass the signal on, once, and don't start again."""
        self.is_ending = True
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def run(self) -> int:
        """Run, and run again; returns the last exit code once told to end."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            self.process = subprocess.Popen(self.command)  # noqa: S603 - our own Procfile
            code = self.process.wait()
            if self.is_ending:
                return code
            pause = FIRST_PAUSE if time.monotonic() - began > STEADY_SECONDS else min(2 * pause, LONGEST_PAUSE)
            print(f"It ended with {code} and starts again in {pause:.0f} s.", flush=True)  # noqa: T201 - its log
            time.sleep(pause)
            if self.is_ending:
                return code


def main() -> None:
    """Keep the command that the arguments name."""
    keeper = Keeper(sys.argv[1:])
    signal.signal(signal.SIGTERM, keeper.end)
    signal.signal(signal.SIGINT, keeper.end)
    sys.exit(keeper.run())


if __name__ == "__main__":
    main()
