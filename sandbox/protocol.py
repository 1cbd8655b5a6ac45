"""Messages between host and runner: a JSON header and any number of blobs, length-prefixed.

Shared by both sides, so nothing here needs more than Python 3.9 and its standard library.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_HEADER_BYTES = 1 << 20
MAX_BLOBS_BYTES = 256 << 20
_LENGTHS = struct.Struct("<II")

Header = dict[str, Any]


class BrokenStream(Exception):
    """The other side is gone, or does not speak this protocol."""


def pack(header: Header, *blobs: bytes) -> bytes:
    """One message as bytes.

    Raises:
        ValueError: it is larger than the other side accepts.
    """
    head = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    size = sum(len(blob) for blob in blobs)
    if len(head) > MAX_HEADER_BYTES or size > MAX_BLOBS_BYTES:
        raise ValueError(f"a message of {len(head)} + {size} bytes is too large")
    return b"".join((_LENGTHS.pack(len(head), size), head, *blobs))


def unpack(read_exactly: Callable[[int], bytes]) -> tuple[Header, list[bytes]]:
    """The next message.

    Args:
        read_exactly: returns so many bytes, or raises `BrokenStream`.

    Raises:
        BrokenStream: the stream ended, or what came is no message.
    """
    head_bytes, size = _LENGTHS.unpack(read_exactly(_LENGTHS.size))
    if head_bytes > MAX_HEADER_BYTES or size > MAX_BLOBS_BYTES:
        raise BrokenStream("a message is larger than allowed")
    try:
        header = cast("Header", json.loads(read_exactly(head_bytes)))
        lengths = header.pop("blobs")
        fitting = all(type(n) is int and n >= 0 for n in lengths) and sum(lengths) == size
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise BrokenStream("a message has no readable header") from error
    if not fitting:
        raise BrokenStream("a message's parts do not add up")
    rest = read_exactly(size) if size else b""
    blobs, start = [], 0
    for length in lengths:
        blobs.append(rest[start : start + length])
        start += length
    return header, blobs
