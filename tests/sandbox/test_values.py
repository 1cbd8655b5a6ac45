"""Values cross between a program and its judge exactly, and hostile text is refused quickly."""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.values import MAX_DEPTH, Iterated, Opaque, TooLarge, decode, encode

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=1 << 60, max_value=1 << 200)
    | st.floats()
    | st.complex_numbers()
    | st.text()
    # A high surrogate before a low one would be one character of JSON.
    | st.text(alphabet=st.characters(min_codepoint=0xDC00, max_codepoint=0xDFFF, categories=["Cs"]))
    | st.binary()
    | st.fractions()
    | st.decimals()
    | st.builds(range, st.integers(), st.integers(), st.integers(min_value=1))
)
HASHABLE = st.recursive(
    SCALARS.filter(lambda value: not (isinstance(value, Decimal) and value.is_snan())),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.sets(HASHABLE, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.dictionaries(st.text(max_size=3) | st.sampled_from(["$int", "$set", "$"]), inner)
        | st.builds(deque, st.lists(inner, max_size=3))
    ),
    max_leaves=20,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("$int", "$float", "$complex", "$bytes", "$opaque", "$range", "$fraction"),
                    *("$decimal", "$iterated", "$dict", "$tuple", "$set", "$frozenset", "$deque"),
                    *("$nonsense", "a"),
                ]
            ),
            inner,
            max_size=2,
        )
    ),
    max_leaves=12,
)


def same(one: Any, other: Any) -> bool:
    """Equal in type and value all the way down; NaN is the same as NaN, -0.0 is not 0.0."""
    if type(one) is not type(other):
        return False
    match one:
        case list() | tuple() | deque():
            return len(one) == len(other) and all(map(same, one, other))
        case dict():
            return same(list(one.items()), list(other.items()))
        case set() | frozenset():
            return sorted(map(encode, one)) == sorted(map(encode, other))
        case float() | complex() | Decimal():
            return repr(one) == repr(other)
        case _:
            return bool(one == other)


@given(VALUES)
def test_what_is_encoded_comes_back_with_its_exact_type(value: Any) -> None:
    assert same(decode(encode(value)), value)


@given(VALUES)
def test_encoded_values_are_one_line_of_ascii(value: Any) -> None:
    text = encode(value)
    assert text.isascii()
    assert "\n" not in text


@given(st.text() | JSON.map(json.dumps))
def test_any_text_is_a_value_or_a_value_error(text: str) -> None:
    try:
        decode(text)
    except ValueError:
        return


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        '{"$decimal": "x"}',
        '{"$fraction": ["0x1", "0x0"]}',
        '{"$fraction": [1, 2]}',
        '{"$complex": []}',
        '{"$float": 1}',
        '{"$range": ["a"]}',
        '{"$set": [[]]}',
        '{"$set": 3}',
        '{"$dict": [[{}, 1]]}',
        '{"$dict": [1]}',
        '{"$nonsense": 1}',
        '{"$int": 5}',
        "1" * 5000,
        "[" * 500 + "]" * 500,
    ],
    ids=lambda text: text[:30],
)
def test_forged_text_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its kind is the fact
        decode(text)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"$set": [n * (2**61 - 1) for n in range(100_000)]}),
        json.dumps({"$dict": [[n * (2**61 - 1), 0] for n in range(100_000)]}),
        json.dumps({"$fraction": ["0x" + "7" * 2_000_000, "0x" + "3" * 2_000_000]}),
        json.dumps({"$int": "0x" + "7" * 4_000_000}),
        '{"$decimal": "1e999999999"}',
        '{"$range": [0, 1000000000000, 1]}',
        json.dumps({"$set": [{"$tuple": [-1, -2]}] * 100_000}),
        '{"a":' * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_costly_text_costs_little(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ValueError):
        decode(text)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (defaultdict(int, a=1), {"a": 1}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (OrderedDict(a=1), {"a": 1}),
        ({1: 2}.keys(), Iterated((1,))),
        ({1: 2}.items(), Iterated(((1, 2),))),
        (map(str, [1]), Iterated(("1",))),
        ((n for n in (1, 2)), Iterated((1, 2))),
        (zip("a", "b"), Iterated((("a", "b"),))),  # noqa: B905 - one each
        (bytearray(b"a"), b"a"),
        (object(), Opaque("object")),
        (print, Opaque("builtin_function_or_method")),
    ],
    ids=repr,
)
def test_relatives_of_data_become_data(value: Any, expected: Any) -> None:
    assert same(decode(encode(value)), expected)


@pytest.mark.parametrize("base", [int, float, str, list, tuple, dict, set, bytes])
def test_an_instance_of_a_subclass_may_lie_and_is_opaque(base: type) -> None:
    liar = type("Liar", (base,), {"__eq__": lambda *_: True, "__hash__": lambda _: 0})
    assert decode(encode(liar())) == Opaque("Liar")


def test_a_value_that_pretends_to_be_of_a_library_is_not_asked() -> None:
    liar = type("ndarray", (), {"__module__": "numpy", "tolist": lambda self: self})
    assert decode(encode(liar())) == Opaque("ndarray")


def test_depth_is_limited() -> None:
    value: list[Any] = []
    for _ in range(MAX_DEPTH + 5):
        value = [value]
    with pytest.raises(TooLarge):
        encode(value)


def test_a_value_that_contains_itself_is_too_large() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(TooLarge):
        encode(value)


def test_an_endless_iterator_is_too_large() -> None:
    def forever() -> Any:
        while True:
            yield 0

    with pytest.raises(TooLarge):
        encode(forever())
