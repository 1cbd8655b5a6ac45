"""Returned values are compared as data."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import values
from sandbox.values import Iterated, Opaque
from verifier.code.equality import Comparison, equal

if TYPE_CHECKING:
    from sandbox.values import Value

NAN = float("nan")


def same(expected: object, got: object, **how: object) -> bool:
    return equal(cast("Value", expected), cast("Value", got), Comparison.model_validate(how))


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1, 1.0),
        (1.0, 1),
        (True, 1),
        ([1, 2], (1, 2)),
        ((1, [2]), [1.0, (2,)]),
        ({"1": "a"}, {1: "a"}),
        ({1: "a"}, {"1": "a"}),
        ([], ()),
    ],
)
def test_lenient_forgives_what_json_cannot_say(expected: object, got: object) -> None:
    assert same(expected, got)
    assert not same(expected, got, kind="python")


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 0, -1, 1.5, NAN, float("inf"), "a", b"a", 1 + 2j, 10**400, range(3)),
        *([1, [2]], (1,), {1, 2}, frozenset({"a"}), {"a": [1]}, {(1, 2): {3}}, deque([1])),
        Decimal("1.5"),
    ],
)
def test_every_plain_value_equals_itself(value: object) -> None:
    for kind in ("lenient", "python"):
        for order in ("exact", "outer", "any"):
            assert same(value, value, kind=kind, order=order)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1, 2),
        (1, "1"),
        ("1", 1),
        (None, 0),
        (None, False),
        ("", None),
        ([], None),
        ([1], [1, 1]),
        ([1, 2], [2, 1]),
        ([1], {1}),
        ({1}, {2}),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 1}),
        ("a", b"a"),
        (1.5, NAN),
        (NAN, 1.5),
        (0, NAN),
        (1e308, float("inf")),
        (10**400, 1.0),
        (1.0, 10**400),
        (10**17, 10**17 + 1),
        ([1, 2], range(1, 3)),
        (("x",), Opaque("x")),
        (((1,),), Iterated((1,))),
        (Opaque("x"), Opaque("x")),
        (Decimal(1), Decimal("sNaN")),
    ],
)
def test_other_values_are_different(expected: object, got: object) -> None:
    assert not same(expected, got)
    assert not same(expected, got, kind="python")


@pytest.mark.parametrize(
    ("expected", "got", "equal_within"),
    [
        (1.0, 1.0000001, True),
        (1.0, 1.1, False),
        (1, 1.0000001, False),
        ([1.0, [2.0]], (1.0000001, [2]), True),
        ({"a": 1.0}, {"a": 1.0000001}, True),
        (1.0, 10**400, False),
        (float("inf"), 1e308, False),
    ],
)
def test_a_tolerance_is_for_expected_floats(
    expected: object,
    got: object,
    equal_within: bool,  # noqa: FBT001
) -> None:
    assert same(expected, got, rel_tolerance=1e-6) is equal_within


@pytest.mark.parametrize(
    ("expected", "got", "orders"),
    [
        ([1, 2], [2, 1], ["outer", "any"]),
        ([[1, 2], [3]], [[3], [1, 2]], ["outer", "any"]),
        ([[1, 2], [3]], [[3], [2, 1]], ["any"]),
        ([[1, 2]], [[2, 1]], ["any"]),
        ([1, 1, 2], [1, 2, 2], []),
        ([1, "a", None], ["a", None, 1.0], ["outer", "any"]),
        ([9.9999999, 10.0], [10.0, 9.9999999], ["outer", "any"]),
        ([{"a": 1}, {"a": 0}], [{"a": 0}, {"a": 1}], ["outer", "any"]),
        ([NAN, 1], [1, NAN], ["outer", "any"]),
    ],
)
def test_the_order_counts_where_it_is_said_to(
    expected: object, got: object, orders: list[str]
) -> None:
    found = [order for order in ("exact", "outer", "any") if same(expected, got, order=order)]
    assert found == orders


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_a_value_equals_what_comes_back_from_the_sandbox(value: object) -> None:
    back = values.decode(values.encode(value))
    for kind in ("lenient", "python"):
        assert same(value, back, kind=kind)


@given(PLAIN, PLAIN)
def test_python_is_stricter_than_lenient(one: object, other: object) -> None:
    assert same(one, other) or not same(one, other, kind="python")


@given(PLAIN, PLAIN)
def test_equality_without_tolerance_is_mutual(one: object, other: object) -> None:
    for kind in ("lenient", "python"):
        assert same(one, other, kind=kind) is same(other, one, kind=kind)
