"""What a person wants to know of many rewards, as tables."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

_SHOWN = 5


class Summary:
    """Counts rewards as they come; keeps the slowest and the first that are null."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self._outcomes: dict[str, Counter[str]] = {}
        self._total = 0.0
        self._slowest: list[tuple[float, int, str]] = []
        self._null: list[tuple[str, str, str]] = []

    def add(self, reward: dict[str, Any]) -> None:
        """Count one reward, given as its JSON object."""
        self.statuses[reward["status"]] += 1
        if reward["reward"] is None:
            if len(self._null) < _SHOWN:
                self._null.append((reward["id"], reward["status"], reward["reason"] or ""))
        else:
            self._total += reward["reward"]
        for verdict in reward["verdicts"]:
            counter = self._outcomes.setdefault(verdict["check"], Counter())
            counter[verdict["outcome"]] += 1
        seconds = sum(verdict["seconds"] for verdict in reward["verdicts"])
        entry = (seconds, sum(self.statuses.values()), reward["id"])
        keep = heapq.heappush if len(self._slowest) < _SHOWN else heapq.heappushpop
        keep(self._slowest, entry)

    def render(self) -> RenderableType:
        """The tables."""
        parts: list[RenderableType] = [self._checks()]
        if self._null:
            table = Table("rollout", "status", "why", title="Null rewards (the first)")
            for row in self._null:
                table.add_row(*map(Text, row))  # not markup: people and policies wrote it
            parts.append(table)
        slow = Table("rollout", "ms", title="Slowest")
        for seconds, _, name in sorted(self._slowest, reverse=True):
            slow.add_row(Text(name), f"{seconds * 1000:.1f}")
        parts.extend((slow, self._line()))
        return Group(*parts)

    def _checks(self) -> Table:
        table = Table("check", "outcome", "rollouts", "share", title="Verdicts")
        for check, counter in self._outcomes.items():
            whole = sum(counter.values())
            for outcome, number in counter.most_common():
                table.add_row(check, outcome, str(number), f"{number / whole:.1%}")
            table.add_section()
        return table

    def _line(self) -> str:
        scored = self.statuses["scored"]
        mean = f", mean reward {self._total / scored:.3f}" if scored else ""
        counts = ", ".join(f"{n} {s}" for s, n in self.statuses.most_common())
        return f"{sum(self.statuses.values())} rollouts: {counts}{mean}"
