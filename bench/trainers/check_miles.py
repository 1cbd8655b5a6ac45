# /// script
# [tool.rollout-verifier]
# like = "slime"
# checkout = "radixark/miles"
# commit = "31f1ca9"
# work = "rules,code"
# ///
"""miles is a fork of slime: it sends the same and reads the same, but tries once."""

from __future__ import annotations

import inspect

import aiohttp
from check_slime import SPIN, TESTS, URL, Trainer, call, judge
from outage import BAD_GOLD, RIGHT, front, nowhere


def fail(trainer: Trainer) -> None:
    """By URL: what a failure becomes."""
    assert "max_retries" not in inspect.signature(trainer.hub.remote_rm).parameters
    with front(ill=0) as service:
        assert trainer.status(f"{service.url}/rm", RIGHT, BAD_GOLD) == 422  # noqa: PLR2004
        assert service.statuses == [422], service.statuses
    late = f"{URL}?spec=code&reference=tests&within=1"
    assert trainer.status(late, SPIN, TESTS) == 503  # noqa: PLR2004 - unscored
    assert trainer.status(f"{nowhere()}/rm", RIGHT) is None
    for status in (503, 429):
        with front(status, ill=1) as ill:
            assert trainer.status(f"{ill.url}/rm", RIGHT) == status
            assert len(ill.posts) == 1, ill.posts
    with front(503, ill=1) as ill:
        try:
            trainer.rewards(f"{ill.url}/rm", RIGHT, RIGHT)
        except aiohttp.ClientResponseError:
            return
        raise AssertionError("a sample that failed did not end the group")


if __name__ == "__main__":
    miles = Trainer("miles")
    judge(miles)
    fail(miles)
    call(miles)
    print(
        "miles 31f1ca9: batched_async_rm, remote_rm and our function; down, 422, 429, 503, a "
        "deadline: one try, then it raises"
    )
