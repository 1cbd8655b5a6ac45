"""Messages between the watchdog and its child: msgpack with a length in front, over a socket."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import socket

    from pydantic import JsonValue

MAX_FRAME_BYTES = 64 * 1024 * 1024
_LENGTH = struct.Struct("<I")


def send(sock: socket.socket, message: JsonValue) -> None:
    """Send one message whole."""
    body = msgspec.msgpack.encode(message)
    sock.sendall(_LENGTH.pack(len(body)) + body)


def receive(sock: socket.socket) -> JsonValue:
    """Read one message whole.

    Raises:
        EOFError: the other side is gone.
        ValueError: the message is longer than `MAX_FRAME_BYTES`.
    """
    (length,) = _LENGTH.unpack(_read(sock, _LENGTH.size))
    if length > MAX_FRAME_BYTES:
        raise ValueError(f"a message of {length} bytes")
    value: JsonValue = msgspec.msgpack.decode(_read(sock, length))
    return value


def _read(sock: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = sock.recv(min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
