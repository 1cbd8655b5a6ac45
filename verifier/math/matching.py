"""Pure: whether two bags of elements can be paired off, when equality may be unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Equal = bool | None


def every(outcomes: list[Equal]) -> Equal:
    """True where all are, False where one is, None where nobody knows."""
    if any(outcome is False for outcome in outcomes):
        return False
    return None if None in outcomes else True


def pair_off(rows: int, columns: int, equal: Callable[[int, int], Equal]) -> Equal:
    """Whether every row can have a column of its own that equals it (Kuhn's augmenting paths)."""
    if rows != columns:
        return False
    table = [[equal(row, column) for column in range(columns)] for row in range(rows)]
    if _perfect([[cell is True for cell in row] for row in table]):
        return True
    return None if _perfect([[cell is not False for cell in row] for row in table]) else False


def _perfect(table: list[list[bool]]) -> bool:
    owner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column, fits in enumerate(table[row]):
            if not fits or column in seen:
                continue
            seen.add(column)
            if column not in owner or place(owner[column], seen):
                owner[column] = row
                return True
        return False

    return all(place(row, set()) for row in range(len(table)))
