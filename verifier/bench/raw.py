"""A connection that costs its benchmark next to nothing, so that the server is what is measured."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlsplit


class RawConnection:
    """One kept connection that posts JSON. Use as an async context manager."""

    def __init__(self, url: str, path: str) -> None:
        address = urlsplit(url)
        self._address = (address.hostname, address.port)
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer.

        Raises:
            asyncio.IncompleteReadError: the server closed the connection.
        """
        self._writer.write(self._head + b"%d\r\n\r\n" % len(body) + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        (length,) = (
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.startswith(b"content-length")
        )
        return int(head.split(b" ", 2)[1]), await self._reader.readexactly(length)
