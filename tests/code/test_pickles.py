"""Only plain data comes out of a pickle, whatever is in it."""

from __future__ import annotations

import contextlib
import pickle
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.code.pickles import MAX_DEPTH, NotPlain, read_pickle

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 1 << 20
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(value=VALUES)
@settings(max_examples=60, deadline=None)
def test_plain_data_comes_back(protocol: int, value: object) -> None:
    # Written and read, so that no two places hold one list.
    fresh = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own
    assert read_pickle(pickle.dumps(fresh, protocol), MOST) == value


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_keys_may_be_the_same_text(protocol: int) -> None:
    value = [{"input": str(n), "output": "x"} for n in range(300)]
    assert read_pickle(pickle.dumps(value, protocol), MOST) == value


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_tuples_become_lists(protocol: int) -> None:
    value = ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))
    found = read_pickle(pickle.dumps(value, protocol), MOST)
    assert found == [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]


class Attack:
    """Would run a command when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return print, ("gotcha",)


SHARED = [1]
LOOP: list[object] = []
LOOP.append(LOOP)


def _nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [Attack(), print, {1, 2}, b"bytes", bytearray(b"a"), 1j, {1: 2}, {"a": Attack()}],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_is_constructed(
    value: object, protocol: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotPlain):
        read_pickle(pickle.dumps(value, protocol), MOST)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "value",
    [
        [SHARED, SHARED],
        LOOP,
        _nested(MAX_DEPTH + 1),
        float("nan"),
        float("inf"),
        1 << 5000,
        "x" * (MOST + 1),
    ],
    ids=["shared", "loop", "deep", "nan", "inf", "huge", "long"],
)
def test_what_json_has_no_word_for_is_refused(value: object) -> None:
    with pytest.raises(NotPlain):
        read_pickle(pickle.dumps(value), MOST)


def test_a_text_that_is_named_often_counts_each_time() -> None:
    value = ["x" * 10_000] * 1000
    with pytest.raises(NotPlain, match="too much text"):
        read_pickle(pickle.dumps(value), MOST)


def test_nesting_at_the_limit_is_read() -> None:
    assert read_pickle(pickle.dumps(_nested(MAX_DEPTH - 1)), MOST)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b".",
        b"N",
        b"(.",
        b"a.",
        b"Na.",
        b"(Na.",
        b"Ne.",
        b"NNs.",
        b"}(Nu.",
        b"h\x00.",
        b"NN.",
        b"(((t.",
        b"cos\nsystem\n(S'id'\ntR.",
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff.",
        b"X\xff\xff\xff\xff.",
        b"I99x\n.",
        b"L" + b"9" * 10_000 + b"L\n.",
        b"X\x01\x00\x00\x00\xff.",
        b"(" * 1_000_001,
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_broken_pickle_is_refused(content: bytes) -> None:
    with pytest.raises(NotPlain):
        read_pickle(content, MOST)


@given(content=st.binary(max_size=60))
@settings(max_examples=400, deadline=None)
def test_whatever_it_is_given_it_reads_or_refuses(content: bytes) -> None:
    with contextlib.suppress(NotPlain):
        read_pickle(content, MOST)


def test_many_instructions_end_in_seconds() -> None:
    started = time.monotonic()
    with pytest.raises(NotPlain):
        read_pickle(b"]" + b"N0" * 1_000_000 + b".", MOST)
    assert time.monotonic() - started < 20
