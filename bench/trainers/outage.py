"""A service that is down, for the checks beside this file."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def down(**settings: str) -> Iterator[None]:
    """Nobody answers, the deadline is short, and `VERIFIER_<SETTING>` is as given."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{listener.getsockname()[1]}"
    changed = {"url": nowhere, "deadline_seconds": "1", **settings}
    before = {name: os.environ.get(f"VERIFIER_{name.upper()}") for name in changed}
    for name, value in changed.items():
        os.environ[f"VERIFIER_{name.upper()}"] = value
    try:
        yield
    finally:
        for name, old in before.items():
            os.environ.pop(f"VERIFIER_{name.upper()}")
            if old is not None:
                os.environ[f"VERIFIER_{name.upper()}"] = old


RIGHT = "<think>2 + 2</think><answer>\\boxed{4}</answer>"
WRONG = "<think>2 + 2</think><answer>\\boxed{5}</answer>"
UNFORMED = "\\boxed{4}"
