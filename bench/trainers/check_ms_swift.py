# /// script
# [tool.rollout-verifier]
# like = "trl"
# ///
"""ms-swift loads a plugin and its GRPO code calls the registered reward."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import torch
from outage import RIGHT, WRONG, down
from swift.rewards import orms
from swift.rl_core.grpo_algorithm import compute_rewards_per_func
from swift.utils.utils import import_external_file

with tempfile.TemporaryDirectory() as folder:
    plugin = Path(folder) / "plugin.py"
    plugin.write_text("from verifier.trainers.ms_swift import register\nregister()\n")
    import_external_file(str(plugin))


def sample(text: str) -> SimpleNamespace:
    """The part of a GRPOSample that rewards are made of."""
    return SimpleNamespace(
        messages=[{"role": "user", "content": "?"}, {"role": "assistant", "content": text}],
        to_reward_row=lambda: {"reference": "4", "messages": []},
    )


def rewards(*texts: str) -> torch.Tensor:
    """One row for each completion."""
    samples = [sample(text) for text in texts]
    return compute_rewards_per_func(samples, [orms["verifier"]()], None, torch.device("cpu"))


assert rewards(RIGHT, WRONG).tolist() == [[1.0], [0.0]]
assert rewards(RIGHT).tolist() == [[1.0]]
with down():
    assert torch.isnan(rewards(RIGHT, WRONG)).all()
print(f"ms-swift {version('ms-swift')}: plugin, compute_rewards_per_func; service down: NaN")
