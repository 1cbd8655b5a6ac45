# /// script
# requires-python = ">=3.11"
# dependencies = []
# [tool.rollout-verifier]
# alone = ["areal==1.0.4"]
# ///
"""AReaL's wrapper calls the function in its process pool, in less than its own time limit."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import sys
import time
from importlib.metadata import distribution, version
from types import ModuleType, SimpleNamespace

from outage import RIGHT, WRONG, down

from verifier.errors import Unscored
from verifier.trainers.areal import reward


def wrapper() -> type:
    """The class from the wheel's file; the package around it needs GPUs to be imported."""
    for name in ("areal", "areal.utils", "areal.utils.logging"):
        sys.modules[name] = ModuleType(name)
    sys.modules["areal.utils"].logging = SimpleNamespace(getLogger=logging.getLogger)
    path = distribution("areal").locate_file("areal/api/reward_api.py")
    spec = importlib.util.spec_from_file_location("reward_api", str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.AsyncRewardWrapper


async def rewards(*texts: str) -> list[float]:
    """What a workflow gets."""
    call = wrapper()(reward, max_workers=1, max_retries=0)
    return [await call("?", text, [1], [2], reference="4") for text in texts]


def main() -> None:
    """Right, wrong, down."""
    assert asyncio.run(rewards(RIGHT, WRONG)) == [1.0, 0.0]
    started = time.monotonic()
    with down(deadline_seconds="10"):
        try:
            asyncio.run(rewards(RIGHT))
            outcome = "is 0"
        except Unscored:
            outcome = "raises"
    seconds = time.monotonic() - started
    assert outcome == "raises"
    print(
        f"AReaL {version('areal')}: AsyncRewardWrapper; service down {outcome} in {seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
