r"""A reference that is a whole solution is read for its answer."""

from __future__ import annotations

import pytest

from verifier.references import answer_of


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("72", "72"),
        (r"\boxed{72}", "72"),
        (r"$\boxed{\frac{1}{2}}$", r"\frac{1}{2}"),
        ("Natalia sold 48/2 = <<48/2=24>>24 clips in May.\n#### 72", "72"),
        (r"First \boxed{1}, but then $x=3$, so the answer is $\boxed{3}$.", "3"),
        (r"The roots are \boxed{-2} and \boxed{1}.", "-2, 1"),
        ("<think>72</think>", "<think>72</think>"),
        (r"\boxed{", r"\boxed{"),
        ("", ""),
    ],
)
def test_the_marked_part_is_the_answer(reference: str, answer: str) -> None:
    assert answer_of(reference) == answer
