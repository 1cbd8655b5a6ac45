"""Messages arrive as they were sent, and what is none is refused before it costs memory."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.protocol import MAX_BLOBS_BYTES, MAX_HEADER_BYTES, BrokenStream, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

HEADERS = st.dictionaries(
    st.text().filter(lambda name: name != "blobs"),
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()),
)


def reader(content: bytes) -> Callable[[int], bytes]:
    """Reads exactly, as a stream does."""
    file = io.BytesIO(content)

    def read_exactly(size: int) -> bytes:
        found = file.read(size)
        if len(found) < size:
            raise BrokenStream("the end")
        return found

    return read_exactly


@given(HEADERS, st.lists(st.binary()))
def test_a_message_arrives_as_it_was_sent(header: dict[str, Any], blobs: list[bytes]) -> None:
    assert unpack(reader(pack(header, *blobs))) == (header, blobs)


def test_messages_follow_one_another() -> None:
    read = reader(pack({"a": 1}, b"x") + pack({"b": 2}))
    assert [unpack(read), unpack(read)] == [({"a": 1}, [b"x"]), ({"b": 2}, [])]


@given(st.binary())
def test_any_bytes_are_a_message_or_a_broken_stream(content: bytes) -> None:
    try:
        unpack(reader(content))
    except BrokenStream:
        return


@pytest.mark.parametrize(
    "header",
    [b"", b"null", b"[]", b"{}", b"{", b"\xff", b'{"blobs": 1}', b'{"blobs": ["a"]}', b'"blobs"'],
)
def test_a_header_that_is_none_breaks_the_stream(header: bytes) -> None:
    with pytest.raises(BrokenStream):
        unpack(reader(struct.pack("<II", len(header), 1) + header + b"x"))


@pytest.mark.parametrize("lengths", [(MAX_HEADER_BYTES + 1, 0), (2, MAX_BLOBS_BYTES + 1)])
def test_a_message_that_is_too_large_is_not_read(lengths: tuple[int, int]) -> None:
    with pytest.raises(BrokenStream, match="larger"):
        unpack(reader(struct.pack("<II", *lengths)))


def test_a_message_that_is_too_large_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too large"):
        pack({"a": "x" * MAX_HEADER_BYTES})


@pytest.mark.parametrize("lengths", [[5], [1, 1], [-1, 3], [2, 0, 1]])
def test_lengths_that_do_not_add_up_break_the_stream(lengths: list[int]) -> None:
    header = b'{"blobs": %s}' % str(lengths).encode()
    with pytest.raises(BrokenStream):
        unpack(reader(struct.pack("<II", len(header), 4) + header + b"abcd"))
