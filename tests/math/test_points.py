"""Places are the same every time, and unlike one another."""

from __future__ import annotations

from verifier.math.points import places, whole_places


def test_the_same_pair_is_looked_at_from_the_same_places() -> None:
    assert list(places({"x", "y"}, "seed")) == list(places({"y", "x"}, "seed"))


def test_another_pair_is_looked_at_from_others() -> None:
    assert list(places({"x"}, "a")) != list(places({"x"}, "b"))


def test_both_signs_and_both_sides_of_one_are_met() -> None:
    found = [place["x"] for seed in "abc" for place in places({"x"}, seed)]
    assert min(found) < -1
    assert max(found) > 5
    assert any(0 < value < 1 for value in found)


def test_whole_places_hold_different_natural_numbers() -> None:
    for place in whole_places({"k", "n"}, "seed"):
        assert all(value.denominator == 1 and value > 0 for value in place.values())
        assert place["k"] != place["n"]
