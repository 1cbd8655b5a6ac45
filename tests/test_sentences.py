"""A sentence ends where a reader would say so."""

from __future__ import annotations

import pytest

from verifier.sentences import MAX_CHARS, sentence_end


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("5", ". I hope it is correct."),
        ("$5$", ". I hope"),
        ("3.5", ". Done"),
        ("$1.5. 2$", ". Done"),
        ("5", "\nDone"),
        (r"\(5\)", "."),
        ("\\[\n5\n\\]", "\nDone"),
        ("$$\n5\n$$", " \nDone"[1:]),
        ("5 sq. ft. of land", ". Done"),
        ("Dr. Who", ". Done"),
        ("5 p.m", ". This is it"),
        ("A. Paris", "."),
        ("A", ". Because"),
        ("5!", " Great"),
        ("$5 and $6", "."),
        ("\u4e94", "\u3002\u5b8c"),
        ("5", ", because I say so"),
        ("5", " because I say so"),
        ("5", ", which is odd"),
        ("those for which x is odd because y is", ""),
        ("y=kx, where k is odd", "."),
    ],
)
def test_a_sentence_ends(sentence: str, rest: str) -> None:
    assert sentence_end(sentence + rest, 0, len(sentence + rest)) == len(sentence)


def test_a_sentence_without_end_is_cut() -> None:
    assert sentence_end("x" * (MAX_CHARS + 1), 0, MAX_CHARS + 1) == MAX_CHARS
