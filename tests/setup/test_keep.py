"""Background processes that die are started again; told to end, they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.live.processes import ROOT, wait_for


def _starts(marks: Path) -> Callable[[], list[int]]:
    return lambda: [int(line) for line in marks.read_text().split()] if marks.exists() else []


def test_a_killed_process_comes_back_and_ends_when_told(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    script = f"import os, time; open({str(marks)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(60)"
    keeper = subprocess.Popen(
        [sys.executable, "-m", "servicedesk.keep", sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    starts = _starts(marks)
    try:
        wait_for(lambda: len(starts()) == 1, 20, "the first start")
        os.kill(starts()[0], signal.SIGKILL)
        wait_for(lambda: len(starts()) == 2, 20, "the second start")
    finally:
        keeper.terminate()
    keeper.wait(20)
    last = starts()[-1]
    wait_for(lambda: not Path(f"/proc/{last}").exists(), 20, "the process is gone")
    assert len(starts()) == 2
