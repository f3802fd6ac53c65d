"""One connection to the web server, kept open as a browser keeps it; no more is done than reading an answer takes."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

TIMEOUT = 120  # seconds
LIKE_A_BROWSER = {"Host": "localhost", "Accept": "text/html,*/*", "Accept-Encoding": "gzip, deflate, br"}


@dataclass(frozen=True)
class Call:
    """What is sent."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: str = ""

    def wire(self) -> bytes:
        """As it goes over the line."""
        body = self.body.encode()
        headers = {**LIKE_A_BROWSER, **self.headers, **({"Content-Length": str(len(body))} if body else {})}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


class Answer(NamedTuple):
    """What came back: the body as it was transferred, and how long that took."""

    status: int
    body: bytes
    ms: float


class Line:
    """A connection to a server on this machine; opened when it is needed, and again where the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._file: BinaryIO | None = None

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Close it."""
        if self._file is not None and self._socket is not None:
            self._file.close()
            self._socket.close()
        self._file = self._socket = None

    def send(self, wire: bytes) -> Answer:
        """Send a call and read its answer.

        Raises:
            OSError: the server does not answer.
        """
        is_used = self._file is not None
        began = time.perf_counter()
        try:
            return self._exchange(wire, began)
        except ConnectionError:
            self.close()
            if not is_used:
                raise
        return self._exchange(wire, began)  # a server may close a line that was used before at any time

    def _exchange(self, wire: bytes, began: float) -> Answer:
        if self._file is None or self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._file = self._socket.makefile("rb")
        self._socket.sendall(wire)
        status, headers = _head(self._file)
        body = _body(self._file, status, headers)
        ms = (time.perf_counter() - began) * 1000
        if headers.get(b"connection") == b"close":
            self.close()
        return Answer(status, body, ms)


def _head(file: BinaryIO) -> tuple[int, dict[bytes, bytes]]:
    """Status and headers, their names in small letters."""
    first = file.readline()
    if not first:
        raise ConnectionResetError("The server closed the line.")
    headers: dict[bytes, bytes] = {}
    while (line := file.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip().lower()
    return int(first.split()[1]), headers


def _body(file: BinaryIO, status: int, headers: dict[bytes, bytes]) -> bytes:
    if status in (204, 304):
        return b""
    if headers.get(b"transfer-encoding") == b"chunked":
        parts = []
        while size := int(file.readline(), 16):
            parts.append(file.read(size))
            file.readline()
        file.readline()
        return b"".join(parts)
    if (length := headers.get(b"content-length")) is not None:
        return file.read(int(length))
    return file.read()
