r"""Pure: the answer in a reference that is a whole solution, as data sets store them.

GSM8K ends its solutions with `#### 72`, MATH has its answer in the last `\boxed{..}`. A reference
without either is an answer as it is.
"""

from __future__ import annotations

from functools import lru_cache

from verifier.boxes import box_commands
from verifier.completion import parse
from verifier.extraction import ExtractionRules, extract

_RULES = ExtractionRules(
    after_thinking=False, sources=("boxed", "hashes"), conflicting="last", end_tokens=()
)


@lru_cache(maxsize=1_024)
def answer_of(reference: str) -> str:
    """The text of the answer; the whole reference where no part of it is marked as the answer."""
    if not box_commands(reference) and "####" not in reference:
        return reference
    found = extract(parse(reference), _RULES)
    return reference if found is None else found.text
