"""The error tree is as its docstring draws it, and each error says what to do."""

from __future__ import annotations

import re

import pytest

from verifier import errors
from verifier.errors import CallerError, ServiceError, VerifierError, describe

DRAWN = re.compile(r"^ *(?:│ *)?[├└]── (\w+) +(?:(\d{3})  )?", re.MULTILINE)


def below(kind: type[VerifierError]) -> list[type[VerifierError]]:
    """All errors that are of this kind."""
    return [k for child in kind.__subclasses__() for k in (child, *below(child))]


ERRORS = [kind for kind in below(VerifierError) if kind.__module__ == errors.__name__]
CONCRETE = [kind for kind in ERRORS if kind not in (CallerError, ServiceError)]


def test_the_drawn_tree_has_exactly_the_errors_there_are() -> None:
    drawn = [name for name, _ in DRAWN.findall(errors.__doc__ or "")]
    assert sorted(drawn) == sorted(kind.__name__ for kind in ERRORS)


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda kind: kind.__name__)
def test_the_drawn_status_is_the_status(kind: type[VerifierError]) -> None:
    drawn = dict(DRAWN.findall(errors.__doc__ or ""))
    assert drawn[kind.__name__] == str(kind.status)


def test_the_tree_is_drawn_under_the_right_branch() -> None:
    caller, service = (errors.__doc__ or "").split("└── ServiceError")
    for kind in CONCRETE:
        assert (kind.__name__ in caller) is issubclass(kind, CallerError)
        assert (kind.__name__ in service.split("Faults that")[0]) is issubclass(kind, ServiceError)


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda kind: kind.__name__)
def test_the_status_tells_who_is_at_fault(kind: type[VerifierError]) -> None:
    callers = 400 <= kind.status < 500 and kind.status != 429
    assert issubclass(kind, CallerError) is callers


def test_no_two_errors_share_a_slug() -> None:
    slugs = [kind.slug for kind in CONCRETE]
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda kind: kind.__name__)
def test_a_slug_is_a_part_of_a_url(kind: type[VerifierError]) -> None:
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", kind.slug)


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda kind: kind.__name__)
def test_every_error_says_what_it_is_and_what_to_do(kind: type[VerifierError]) -> None:
    assert kind.title
    assert kind.advice.endswith(".")
    assert kind.__doc__


def test_an_error_carries_its_detail_and_fields() -> None:
    rows = [{"field": "a", "message": "b"}]
    error = errors.InvalidSpec("wrong", errors=rows)
    assert (str(error), error.detail, error.errors) == ("wrong", "wrong", rows)


def test_an_error_may_say_when_to_try_again() -> None:
    assert errors.Overloaded("full", retry_after_seconds=2).retry_after_seconds == 2


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("wrong"), "ValueError: wrong"),
        (ValueError(), "ValueError"),
        (ValueError("  "), "ValueError"),
        (ValueError("a\n  b\tc"), "ValueError: a b c"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (ValueError("x" * 1000), "ValueError: " + "x" * 300),
    ],
)
def test_an_exception_is_described_in_one_short_line(error: BaseException, text: str) -> None:
    assert describe(error) == text
