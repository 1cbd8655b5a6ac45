"""Math-Verify on pairs from standard input, one JSON list `[gold, completion]` a line.

Called as TRL's `accuracy_reward` calls it: the gold by the defaults, the answer as LaTeX alone with
the boxed expression first. Each line is answered by `equal`, `not equal` or `skipped` (the gold
could not be parsed, for which TRL gives no reward). `bench/golds.py` starts it.
"""

from __future__ import annotations

import json
import logging
import sys

from latex2sympy2_extended import NormalizationConfig
from math_verify import LatexExtractionConfig, parse, verify

_PARSING_SECONDS = 10


def main() -> None:
    """Answer every line."""
    logging.disable(logging.CRITICAL)
    answers = LatexExtractionConfig(
        normalization_config=NormalizationConfig(units=True),
        boxed_match_priority=0,
        try_extract_without_anchor=False,
    )
    for line in sys.stdin:
        gold, completion = json.loads(line)
        wanted = parse(gold, parsing_timeout=_PARSING_SECONDS)
        if not wanted:
            print("skipped", flush=True)
            continue
        given = parse(
            completion,
            extraction_config=[answers],
            extraction_mode="first_match",
            parsing_timeout=_PARSING_SECONDS,
        )
        print("equal" if verify(wanted, given) else "not equal", flush=True)


if __name__ == "__main__":
    main()
