r"""Figures have one canonical name for every order of points that names the same figure."""

from __future__ import annotations

import pytest

from verifier.math.answers import Figure
from verifier.math.reading import read


@pytest.mark.parametrize(
    ("text", "shape", "points"),
    [
        (r"\angle CBA", "angle", "ABC"),
        ("∠ABC", "angle", "ABC"),
        ("angle ABC", "angle", "ABC"),
        (r"\angle B", "angle", "B"),
        (r"\triangle CAB", "triangle", "ABC"),
        ("△ABC", "triangle", "ABC"),
        (r"\overline{BA}", "segment", "AB"),
        ("line segment AB", "segment", "AB"),
        ("线段AB", "segment", "AB"),
        ("ray BA", "ray", "BA"),
    ],
)
def test_a_figure_is_read(text: str, shape: str, points: str) -> None:
    found = read(text)
    assert isinstance(found, Figure)
    assert (found.shape, found.points) == (shape, points)


@pytest.mark.parametrize("text", ["ABC", r"\angle AB", r"\triangle AAB", r"\overline{ab}", "angle"])
def test_what_names_no_figure(text: str) -> None:
    assert read(text).kind != "figure"
