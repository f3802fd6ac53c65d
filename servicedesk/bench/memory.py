"""What the processes of the web server take of memory."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from servicedesk.bench.processes import Process

MOST = 160  # MiB that a web process may hold
MIB = 1024 * 1024


@dataclass
class Memory:
    """Looks at the web server again and again: a worker that is replaced meanwhile takes what it held with it."""

    process: Process
    _seen: dict[int, dict[str, Any]] = field(default_factory=dict)

    def look(self) -> None:
        """Remember what each process holds now."""
        for place, process in enumerate(self.process.tree()):
            with contextlib.suppress(psutil.Error):
                said = process.memory_full_info()
                held = {"rss": said.rss / MIB, "pss": getattr(said, "pss", 0) / MIB, "peak": _peak(process.pid)}
                before = self._seen.get(process.pid, {})
                self._seen[process.pid] = {
                    "process": "first" if place == 0 else "worker",
                    "state": "running",
                    "rss_mib": round(held["rss"], 1),
                    "pss_mib": round(held["pss"], 1),
                    "peak_mib": round(max(held["peak"], held["rss"], before.get("peak_mib", 0)), 1),
                }

    def rows(self) -> list[dict[str, Any]]:
        """What each held last, and at most: resident, its share of what several hold together, and the peak."""
        self.look()
        alive = {process.pid for process in self.process.tree()}
        return [
            {
                **row,
                "state": "running" if pid in alive else "replaced",
                "target": f"≤ {MOST} MiB",
                "reached": row["rss_mib"] <= MOST,
            }
            for pid, row in self._seen.items()
        ]


def _peak(pid: int) -> float:
    """The most that was resident, in MiB, where the kernel says so."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return 0.0
