r"""A sum of unit vectors is its components."""

from __future__ import annotations

import pytest

from verifier.math.vectors import components


@pytest.mark.parametrize(
    ("latex", "least", "parts"),
    [
        (r"2\mathbf{i}+3\mathbf{j}", 0, ["2", "3"]),
        (r"2i+3j", 3, ["2", "3", "0"]),
        (r"\hat{i}-2\hat{k}", 0, ["1", "0", "-2"]),
        (r"-\vec{i}+\sqrt{2}\vec{j}", 2, ["-1", r"\sqrt{2}"]),
        (r"(a+b)i-j", 0, ["(a+b)", "-1"]),
    ],
)
def test_components_are_found(latex: str, least: int, parts: list[str]) -> None:
    assert [part.latex for part in components(latex, least)] == parts


@pytest.mark.parametrize(
    ("latex", "least"), [("2i", 0), ("3+4i", 0), ("i+j+1", 0), ("i+i+j", 0), ("i+k", 2), ("ij", 0)]
)
def test_what_is_no_vector(latex: str, least: int) -> None:
    assert components(latex, least) == ()
