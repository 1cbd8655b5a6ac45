"""What was found in a data set: counts, examples and shares, as tables or as JSON."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from verifier.lint.findings import KINDS, Finding, Kind, Severity
from verifier.lint.golds import suspicions
from verifier.lint.probes import earned
from verifier.model import Fault, Status
from verifier.plaintext import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue
    from rich.console import RenderableType

    from verifier.lint.probes import Probe
    from verifier.lint.rows import Row
    from verifier.model import Reward

_EXAMPLES = 5
_EXAMPLE_CHARS = 120
_CONSTANTS = 3
_DIGEST_BYTES = 12


class Report:
    """Takes rows one after the other; of each prompt and reference it keeps a digest.

    Args:
        checks: ids of the spec's checks that look at the reference.
    """

    def __init__(self, checks: Iterable[str]) -> None:
        self._checks = frozenset(checks)
        self.rows = 0
        self.types: Counter[str] = Counter()
        self._golds: Counter[str] = Counter()
        self._prompts: dict[bytes, tuple[int, bytes]] = {}
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[Finding]] = {}

    def add(self, row: Row, tried: Mapping[Probe, Reward]) -> None:
        """Count one row, with the rewards of its probes."""
        self.rows += 1
        if row.reference is None:
            self._found("no-reference", row, row.fault)
            return
        found_type = self._judge(row, tried)
        kind = found_type or ("tests" if row.reference.tests is not None else "unread")
        self.types[kind] += 1
        if row.reference.tests is None:
            self._golds[row.reference.value.strip()] += 1
        for code, detail in suspicions(row.reference, found_type):
            self._found(code, row, detail)
        self._compare_prompts(row)

    def _judge(self, row: Row, tried: Mapping[Probe, Reward]) -> str:
        """Findings from rewards; how the reference was read."""
        found_type = ""
        for probe, reward in tried.items():
            verdicts = [one for one in reward.verdicts if one.check in self._checks]
            for one in verdicts:
                found_type = found_type or str(one.evidence.get("gold_type", ""))
            score = earned(reward.verdicts, self._checks)
            if score is None:
                unusable = reward.status is Status.INVALID or any(
                    one.outcome.fault is Fault.SPEC for one in verdicts
                )
                why = next((one.reason for one in verdicts), reward.reason or "")
                self._found("unusable-reference" if unusable else "unscored", row, why)
                break
            if probe.right and score < 1:
                why = next(one.reason for one in verdicts if one.score == score)
                code = "solution-fails" if probe.name == "solution" else "fails-itself"
                self._found(code, row, f"{self._gold(row)}: {why}")
            elif not probe.right and score == 1:
                self._found("accepts-attack", row, f"{self._gold(row)}: {probe.name}")
        return found_type

    def _compare_prompts(self, row: Row) -> None:
        if not row.prompt.strip() or row.reference is None:
            return
        prompt, reference = (
            hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_DIGEST_BYTES).digest()
            for text in (" ".join(row.prompt.split()), row.reference.model_dump_json())
        )
        first, other = self._prompts.setdefault(prompt, (row.number, reference))
        if first != row.number:
            code = "repeated-prompt" if other == reference else "conflicting-references"
            self._found(code, row, f"as in row {first}: {row.prompt}")

    def _gold(self, row: Row) -> str:
        return "tests" if row.reference is None or not row.reference.value else row.reference.value

    def _found(self, code: str, row: Row, detail: str) -> None:
        self._counts[code] += 1
        examples = self._examples.setdefault(code, [])
        if len(examples) < _EXAMPLES:
            examples.append(Finding(code, row.number, shown(detail, _EXAMPLE_CHARS)))

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(n for code, n in self._counts.items() if KINDS[code].severity is severity)

    def constants(self) -> list[tuple[str, float]]:
        """The most common references and their shares: what a policy earns that knows no more."""
        whole = sum(self._golds.values())
        common = self._golds.most_common(_CONSTANTS)
        return [(shown(gold, _EXAMPLE_CHARS), n / whole) for gold, n in common if n > 1]

    def as_json(self) -> dict[str, JsonValue]:
        """The whole report for machines."""
        findings: list[JsonValue] = [
            {
                "code": kind.code,
                "severity": str(kind.severity),
                "meaning": kind.meaning,
                "fix": kind.fix,
                "count": self._counts[kind.code],
                "examples": [
                    {"row": one.row, "detail": one.detail} for one in self._examples[kind.code]
                ],
            }
            for kind in self._kinds()
        ]
        return {
            "rows": self.rows,
            "errors": self.count(Severity.ERROR),
            "warnings": self.count(Severity.WARNING),
            "types": dict(self.types.most_common()),
            "constants": [{"answer": gold, "share": share} for gold, share in self.constants()],
            "findings": findings,
        }

    def _kinds(self) -> list[Kind]:
        return [kind for kind in KINDS.values() if self._counts[kind.code]]

    def render(self) -> RenderableType:
        """The report for people."""
        types = Table("type", "rows", "share", title="References")
        for name, number in self.types.most_common():
            types.add_row(name, str(number), f"{number / self.rows:.1%}")
        parts: list[RenderableType] = [types]
        for kind in self._kinds():
            title = f"{kind.severity}: {kind.code}, {self._counts[kind.code]} rows"
            table = Table("row", kind.meaning, title=title, caption=f"fix: {kind.fix}")
            for one in self._examples[kind.code]:
                table.add_row(str(one.row), Text(one.detail))  # not markup: data sets wrote it
            parts.append(table)
        for gold, share in self.constants():
            parts.append(Text(f"always answering {gold} earns {share:.1%}"))
        errors, warnings = self.count(Severity.ERROR), self.count(Severity.WARNING)
        parts.append(f"{self.rows} rows: {errors} errors, {warnings} warnings")
        return Group(*parts)
