"""The tests of a code reference, one model for each kind; everything in them is trusted."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal, Self, cast

from pydantic import Field, FiniteFloat, JsonValue, field_validator, model_validator

from sandbox import values
from verifier.code.comparison import Checker, CheckerProgram
from verifier.code.equality import Comparison
from verifier.model import Boundary

if TYPE_CHECKING:
    from sandbox.values import Value

MAX_CASES = 10_000
_NAME = r"[^\W\d]\w*"
ENTRY_PATTERN = rf"^(?:{_NAME}\(\)\.|{_NAME}\.)?{_NAME}$"

Weight = Annotated[FiniteFloat, Field(gt=0)]
Entry = Annotated[str, Field(pattern=ENTRY_PATTERN, max_length=200)]


class BadTests(ValueError):
    """The tests cannot be used; the message says what to write instead."""


class Weighted(Boundary):
    """What a case is worth."""

    weight: Weight = 1.0
    group: str | None = None
    """Cases of one group are paid together, under the policy `groups`."""


class StdioCase(Weighted):
    """One run: what the program reads and what it should print."""

    stdin: str = ""
    stdout: str
    args: tuple[str, ...] = ()
    """Arguments on the command line."""


class CallCase(Weighted):
    """One call: its arguments and what it should return, as JSON or in the `$tuple` notation."""

    args: tuple[JsonValue, ...] = ()
    kwargs: dict[str, JsonValue] = Field(default_factory=dict)
    expected: JsonValue

    @cached_property
    def data(self) -> tuple[list[Value], dict[str, Value], Value]:
        """The arguments, the keyword arguments and the expected value."""
        written = json.dumps([self.args, self.kwargs, self.expected])
        return cast("tuple[list[Value], dict[str, Value], Value]", tuple(_parts(written)))

    @model_validator(mode="after")
    def _refuse_what_is_no_value(self) -> Self:
        _ = self.data
        return self


class InteractiveCase(Weighted):
    """One conversation: what the referee finds in its file `input`."""

    input: str = ""


class Kind(Boundary):
    """What all kinds have."""

    prelude: str = ""
    """Code that is put before the program: imports and helpers that its task statement gives."""


class Stdio(Kind):
    """The program reads stdin and prints; what it prints is compared."""

    kind: Literal["stdio"] = "stdio"
    cases: tuple[StdioCase, ...] = Field(min_length=1, max_length=MAX_CASES)
    checker: Annotated[Checker | CheckerProgram, Field(discriminator="kind")] | None = None
    """How outputs are compared; unset means as the check's params say."""

    @field_validator("checker", mode="before")
    @classmethod
    def _a_name_is_a_checker(cls, value: object) -> object:
        return {"kind": value} if isinstance(value, str) else value


class Calls(Kind):
    """A Python function is called, and what it returns is compared outside of the sandbox."""

    kind: Literal["calls"] = "calls"
    entry: Entry
    """`f`: a function, or a method of a class `Solution`; `Name.method` names another class."""
    cases: tuple[CallCase, ...] = Field(min_length=1, max_length=MAX_CASES)
    compare: Comparison = Comparison()
    environment: Literal["plain", "leetcode"] = "plain"
    """`leetcode`: the names that LeetCode gives a program are there."""
    in_place: int | None = Field(default=None, ge=0)
    """The argument that holds the answer after the call, where the function changes it in place."""
    node_arguments: dict[int, Literal["list_node", "tree_node"]] = Field(default_factory=dict)
    """Arguments, by position from 0, that are made linked lists or trees from lists."""
    wrapped: bool = False
    """Whether an expected list of one may stand for what is in it, as APPS writes it."""


class Asserts(Kind):
    """Python assert statements, or a function `check(candidate)` that has them."""

    kind: Literal["asserts"] = "asserts"
    code: str
    entry: tuple[Entry, ...] = ()
    """The functions that the asserts call; unset means all names that they call and do not
    define."""
    setup: str = ""
    """Test code that comes first."""
    environment: Literal["plain", "leetcode"] = "plain"

    @field_validator("code", mode="before")
    @classmethod
    def _lines_are_code(cls, value: object) -> object:
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            return "\n".join(value)
        return value

    @field_validator("entry", mode="before")
    @classmethod
    def _a_name_is_an_entry(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @property
    def source(self) -> str:
        """Setup and asserts as one program."""
        return f"{self.setup}\n{self.code}" if self.setup else self.code


class Pytest(Kind):
    """A test file for pytest that imports the program as the module `solution`."""

    kind: Literal["pytest"] = "pytest"
    code: str = Field(min_length=1)


class Interactive(Kind):
    """A referee program talks to the program: stdout of one is stdin of the other."""

    kind: Literal["interactive"] = "interactive"
    language: str
    """The referee's language."""
    source: str = Field(min_length=1)
    """The referee: it finds the case in its file `input`, accepts by exit code 0 and refuses
    by 1."""
    cases: tuple[InteractiveCase, ...] = Field(min_length=1, max_length=MAX_CASES)


def _parts(written: str) -> list[Value]:
    try:
        parts = values.decode(written)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(
            "a value is not in the notation of tests: an object whose only key begins with $ is "
            f'`{{"$tuple": [...]}}` and the like ({error})'
        ) from error
    return cast("list[Value]", parts)


Tests = Stdio | Calls | Asserts | Pytest | Interactive
