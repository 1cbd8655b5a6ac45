"""Pure: plain data out of a pickle, by a reader that can construct nothing else.

Data sets store tests as pickles, whose machine can name any function and call it. This one knows
the instructions for numbers, text, lists, tuples and dicts, and no other.
"""

from __future__ import annotations

import math
import pickletools
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

MAX_DEPTH = 64
_MAX_STEPS = 1_000_000
_MAX_BITS = 4096

_Object = dict[str, "JsonValue"]


class NotPlain(ValueError):
    """The pickle holds something else than plain data, or too much; the message says what."""


class _Mark:
    """Where a list of values begins on the stack."""


_MARK = _Mark()


def read_pickle(content: bytes, most_bytes: int) -> JsonValue:
    """The value, with tuples as lists.

    Args:
        content: the pickle, of any protocol.
        most_bytes: of all text that comes out together; text that is named twice counts twice.

    Raises:
        NotPlain: it is cut off, holds anything but plain data, or too much of it.
    """
    machine = _Machine(most_bytes)
    try:
        for opcode, argument, _ in pickletools.genops(content):
            machine.step(opcode.name, argument)
    except NotPlain:
        raise
    except (ValueError, LookupError, ArithmeticError, UnicodeError, RecursionError) as error:
        raise NotPlain("the pickle is broken, or cut off") from error
    return machine.value()


class _Machine:
    """A stack of values and what was noted of them."""

    def __init__(self, most_bytes: int) -> None:
        self._stack: list[JsonValue | _Mark] = []
        self._memo: dict[int, JsonValue] = {}
        self._left = most_bytes
        self._steps = 0

    def value(self) -> JsonValue:
        """The one value that is left."""
        if len(self._stack) != 1:
            raise NotPlain("the pickle is broken: it leaves no one value")
        found = self._pop()
        _look(found)
        return found

    def step(self, name: str, argument: object) -> None:
        """Obey one instruction."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise NotPlain("the pickle has too many instructions")
        if name in _SCALARS:
            self._push_scalar(argument)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name])
        elif name == "MARK":
            self._stack.append(_MARK)
        elif name in _NOTES:
            at = len(self._memo) if name == "MEMOIZE" else int(cast("int", argument))
            self._memo[at] = self._top()
        elif name in _RECALLS:
            self._recall(int(cast("int", argument)))
        elif name in _STEPS:
            _STEPS[name](self)
        elif name not in _NOTHING:
            raise NotPlain(f"the pickle has the instruction {name}, which plain data never needs")

    def _push_scalar(self, argument: object) -> None:
        if isinstance(argument, float) and not math.isfinite(argument):
            raise NotPlain("the pickle holds a number that is not finite")
        if isinstance(argument, str):
            self._spend(len(argument))
        elif isinstance(argument, int) and argument.bit_length() > _MAX_BITS:
            raise NotPlain("the pickle holds a number of too many digits")
        elif not isinstance(argument, int | float):
            raise NotPlain("the pickle holds bytes")
        self._stack.append(argument)

    def _recall(self, at: int) -> None:
        value = self._memo[at]
        # A list that stands in itself never ends, and lists that share lists grow beyond measure.
        if isinstance(value, list | dict):
            raise NotPlain("the pickle uses one list or dict in two places")
        if isinstance(value, str):
            self._spend(len(value))
        self._stack.append(value)

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise NotPlain("the pickle holds too much text")

    def _top(self) -> JsonValue:
        found = self._stack[-1]
        if isinstance(found, _Mark):
            raise NotPlain("the pickle is broken")
        return found

    def _pop(self) -> JsonValue:
        found = self._top()
        self._stack.pop()
        return found

    def _popped(self) -> list[JsonValue]:
        """What stands above the last mark, without it."""
        values: list[JsonValue] = []
        while not isinstance(found := self._stack.pop(), _Mark):
            values.append(found)
        values.reverse()
        return values

    def _append(self, values: list[JsonValue]) -> None:
        target = self._top()
        if not isinstance(target, list):
            raise NotPlain("the pickle is broken")
        target.extend(values)

    def _set(self, values: list[JsonValue]) -> None:
        target = self._top()
        if not isinstance(target, dict):
            raise NotPlain("the pickle is broken")
        target.update(_pairs(values))

    def append(self) -> None:
        """APPEND."""
        value = self._pop()
        self._append([value])

    def appends(self) -> None:
        """APPENDS."""
        self._append(self._popped())

    def setitem(self) -> None:
        """SETITEM."""
        value, key = self._pop(), self._pop()
        self._set([key, value])

    def setitems(self) -> None:
        """SETITEMS."""
        self._set(self._popped())

    def sequence(self) -> None:
        """LIST and TUPLE."""
        self._stack.append(self._popped())

    def mapping(self) -> None:
        """DICT."""
        self._stack.append(_pairs(self._popped()))

    def empty_list(self) -> None:
        """EMPTY_LIST and EMPTY_TUPLE."""
        self._stack.append([])

    def empty_dict(self) -> None:
        """EMPTY_DICT."""
        self._stack.append({})

    def tuple_of(self, number: int) -> None:
        """TUPLE1 to TUPLE3."""
        values = [self._pop() for _ in range(number)]
        self._stack.append(values[::-1])


def _pairs(values: list[JsonValue]) -> _Object:
    if len(values) % 2 or not all(isinstance(key, str) for key in values[::2]):
        raise NotPlain("the pickle has a dict with a key that is no text")
    return dict(zip(cast("list[str]", values[::2]), values[1::2], strict=True))


def _look(value: JsonValue) -> None:
    """Refuse what is nested too deep."""
    level: list[JsonValue] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, list | dict)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise NotPlain(f"the pickle is nested more than {MAX_DEPTH} deep")


_SCALARS = frozenset(
    {
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
        *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    }
)
_CONSTANTS: dict[str, JsonValue] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_NOTES = frozenset({"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"})
_RECALLS = frozenset({"GET", "BINGET", "LONG_BINGET"})
_NOTHING = frozenset({"PROTO", "FRAME", "STOP"})
_STEPS: dict[str, Callable[[_Machine], None]] = {
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "SETITEM": _Machine.setitem,
    "SETITEMS": _Machine.setitems,
    "LIST": _Machine.sequence,
    "TUPLE": _Machine.sequence,
    "DICT": _Machine.mapping,
    "EMPTY_LIST": _Machine.empty_list,
    "EMPTY_TUPLE": _Machine.empty_list,
    "EMPTY_DICT": _Machine.empty_dict,
    "TUPLE1": lambda machine: machine.tuple_of(1),
    "TUPLE2": lambda machine: machine.tuple_of(2),
    "TUPLE3": lambda machine: machine.tuple_of(3),
}
