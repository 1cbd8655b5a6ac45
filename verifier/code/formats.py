"""Pure: tests in the formats that data sets have them in, read into `verifier.code.tests`."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import Field, TypeAdapter, ValidationError

from verifier.code.tests import BadTests, Tests
from verifier.errors import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

_Object = dict[str, "JsonValue"]

_ADAPTER: TypeAdapter[Tests] = TypeAdapter(Annotated[Tests, Field(discriminator="kind")])
_KINDS = ("stdio", "calls", "asserts", "pytest", "interactive")
_CACHED = 8


def read_tests(value: JsonValue) -> Tests:
    """Tests given as an object, a list, or JSON text of either; see docs/code.md.

    Raises:
        BadTests: saying what to write instead.
    """
    # The rollouts of a group have the same tests, one after the other.
    return _read(value if isinstance(value, str) else json.dumps(value))


@lru_cache(maxsize=_CACHED)
def _read(text: str) -> Tests:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadTests(f"the tests are not JSON ({describe(error)}); see docs/code.md") from error
    native = _native(value)
    try:
        return _ADAPTER.validate_json(json.dumps(native))
    except ValidationError as error:
        raise BadTests(f"the tests are not usable: {_first(error)}; see docs/code.md") from error


def _first(error: ValidationError) -> str:
    row = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in row["loc"])
    return f"{place}: {row['msg']}"


def _native(value: JsonValue) -> _Object:
    """The tests in our own notation."""
    if isinstance(value, list):
        return _from_list(value)
    if isinstance(value, dict):
        if "kind" in value:
            return value
        for keys, reader in _READERS:
            if all(key in value for key in keys):
                return reader(value)
    raise BadTests(
        f"nothing says what kind of tests these are; write `kind` ({', '.join(_KINDS)}) or use a "
        "format that docs/code.md names"
    )


def _from_list(rows: list[JsonValue]) -> _Object:
    """Assert statements (MBPP), or objects with `input` and `output` (LiveCodeBench)."""
    if rows and all(isinstance(row, str) for row in rows):
        return {"kind": "asserts", "code": rows}
    if rows and all(isinstance(row, dict) and {"input", "output"} <= row.keys() for row in rows):
        objects = cast("list[_Object]", rows)
        names = {row.get("fn_name") or row.get("func_name") for row in objects}
        functional = {row.get("testtype") == "functional" for row in objects}
        if len(names) > 1 or len(functional) > 1:
            raise BadTests("the tests mix functions and programs; give each kind a reference")
        (name,) = names
        if functional == {True} and not name:
            raise BadTests("functional tests need the function's name; write `fn_name` in each")
        return _inputs_and_outputs(
            {
                "inputs": [row["input"] for row in objects],
                "outputs": [row["output"] for row in objects],
                "fn_name": name,
            }
        )
    raise BadTests(
        "a list of tests has assert statements, or objects with `input` and `output`, and is not "
        "empty"
    )


def _inputs_and_outputs(value: _Object) -> _Object:
    """The parallel lists of APPS, TACO, PRIME and LiveCodeBench."""
    if value.get("assert_case"):
        return {"kind": "asserts", "code": value["assert_case"]}
    inputs, outputs = value["inputs"], value["outputs"]
    if not isinstance(inputs, list) or not isinstance(outputs, list):
        raise BadTests("`inputs` and `outputs` have to be lists")
    if len(inputs) != len(outputs) or not inputs:
        raise BadTests(
            f"there are {len(inputs)} inputs and {len(outputs)} outputs; give as many of each, and "
            "at least one"
        )
    if not value.get("fn_name"):
        pairs = zip(inputs, outputs, strict=True)
        cases: list[JsonValue] = [{"stdin": _text(i), "stdout": _text(o)} for i, o in pairs]
        return {"kind": "stdio", "cases": cases}
    # What is text is JSON, except where all of a data set's values are stored as values.
    as_text = all(isinstance(i, str) for i in inputs)
    calls: list[JsonValue] = [
        {
            "args": _lines(cast("str", i)) if as_text else i,
            "expected": _value(o) if as_text and isinstance(o, str) else o,
        }
        for i, o in zip(inputs, outputs, strict=True)
    ]
    wrapped = all(isinstance(o, list) and len(o) == 1 for o in outputs)
    return {"kind": "calls", "entry": value["fn_name"], "cases": calls, "wrapped": wrapped}


def _text(value: JsonValue) -> JsonValue:
    """What goes through a pipe: text, or lines of it."""
    if isinstance(value, list) and all(isinstance(line, str | int | float) for line in value):
        return "\n".join(str(line) for line in value)
    return value


def _lines(text: str) -> list[JsonValue]:
    """The arguments of a call, one JSON value a line."""
    return [_value(line) for line in text.split("\n") if line.strip()]


def _value(text: str) -> JsonValue:
    try:
        return cast("JsonValue", json.loads(text))
    except (ValueError, RecursionError) as error:
        shown = text[:60]
        raise BadTests(
            f"{shown!r} is not JSON; write arguments as one JSON value a line"
        ) from error


def _human_eval(value: _Object) -> _Object:
    return {
        "kind": "asserts",
        "code": value["test"],
        "entry": value["entry_point"],
        "prelude": value.get("prompt") or "",
    }


def _mbpp(value: _Object) -> _Object:
    return {
        "kind": "asserts",
        "code": value["test_list"],
        "setup": value.get("test_setup_code") or "",
    }


_READERS: tuple[tuple[tuple[str, ...], Callable[[_Object], _Object]], ...] = (
    (("inputs", "outputs"), _inputs_and_outputs),
    (("test", "entry_point"), _human_eval),
    (("test_list",), _mbpp),
)
