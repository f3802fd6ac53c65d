"""Small files to attach: tables, logs and drawings, always the same for the same seed."""

from __future__ import annotations

import csv
import io
import struct
import zlib
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

WIDTH, HEIGHT, BARS = 480, 270, 12
PAPER, INK = (247, 248, 250), ((37, 99, 235), (13, 148, 136), (217, 119, 6))


def make(name: str, rng: Random) -> SimpleUploadedFile:
    """A file whose content fits its ending: .csv, .png, .log or .txt."""
    ending = name.rsplit(".", 1)[-1]
    if ending == "csv":
        return SimpleUploadedFile(name, _table(rng), "text/csv")
    if ending == "png":
        return SimpleUploadedFile(name, _chart(rng), "image/png")
    return SimpleUploadedFile(name, _log(rng), "text/plain")


def _table(rng: Random) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["date", "item", "quantity", "amount"])
    for day in range(1, rng.randint(24, 60)):
        quantity = rng.randint(1, 240)
        item = f"A-{rng.randint(1000, 9999)}"
        rows.writerow([f"2026-{1 + day // 28:02}-{1 + day % 28:02}", item, quantity, f"{quantity * 18.5:.2f}"])
    return out.getvalue().encode("utf-8-sig")


def _log(rng: Random) -> bytes:
    levels = ["INFO"] * 8 + ["WARN"] * 2 + ["ERROR"]
    lines = [
        f"09:{n // 4:02}:{n % 4 * 15:02}.{rng.randint(0, 999):03} {rng.choice(levels):5} [{rng.choice('abcd')}-"
        f"{rng.randint(10, 99)}] request {rng.randint(10_000, 99_999)} took {rng.randint(12, 4200)} ms"
        for n in range(60)
    ]
    return "\n".join(lines).encode()


def _chart(rng: Random) -> bytes:
    """A bar chart."""
    bars = [(rng.randint(40, 220), bytes(rng.choice(INK))) for _ in range(BARS)]
    paper, gap, bar = bytes(PAPER), 8, WIDTH // BARS - 8
    rows = [
        b"\0" + b"".join(paper * gap + (ink if 0 <= HEIGHT - y - 20 < height else paper) * bar for height, ink in bars)
        for y in range(HEIGHT)
    ]
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(b"".join(rows), 6)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
