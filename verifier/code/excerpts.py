"""Pure: the beginnings of large things, for people."""

from __future__ import annotations

import reprlib

from verifier.plaintext import shown

BRIEF_CHARS = 200


class _Brief(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 5
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 30
        self.maxdeque = self.maxarray = 30
        self.maxstring = self.maxlong = self.maxother = 120


_BRIEF = _Brief()


def brief(value: object, chars: int = BRIEF_CHARS) -> str:
    """A value as Python writes it, without its middle where it is large."""
    try:
        return shown(_BRIEF.repr(value), chars)
    except ValueError:  # an integer of so many digits is not written
        return f"a large {type(value).__name__}"
