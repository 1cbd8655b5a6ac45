"""Pure: unit words, which of them are the same, and which convert into one another exactly."""

# ruff: noqa: PLR2004 - the lengths are those of the patterns beside them

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from verifier.math.lexemes import is_word, word_of
from verifier.math.unit_table import CHINESE, NAMES, PREFIX_NAMES, PREFIX_SYMBOLS, SYMBOLS

if TYPE_CHECKING:
    from verifier.math.tokens import Tokens
    from verifier.math.unit_table import Dimension, Row

MAX_UNIT_WORDS = 3
"""So many unknown words in a row may name a thing that is counted (`5 small red apples`)."""
_MAX_OF_WORDS = 4
_DESCRIBING = frozenset(("the", "an", "each"))
_MAX_POWER = 12
POWER_WORDS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
"""Words before a unit that raise it to a power."""
_POWER_AFTER = {"squared": 2, "cubed": 3}
_SINGLE = frozenset("mgshLlNJWV")
"""One letter in plain mode is a unit only where it is hardly a variable."""
_NOT_UNIT_WORDS = """
    is are was not no or and if but maybe perhaps possibly than less more minus plus times half
    of hundred thousand million billion trillion dozen wrong right correct incorrect
    approximately about around exactly a an the to from by x y z for when where else
    otherwise only at least most between remainder r mod true false yes none as am th st nd rd
    out each over off base approx approximate rounded guess unsure sure likely probably unknown
    final wait percent percentage pct
    或 和 与 且 不 非 不是 约 大约 左右 以上 以下 倍 余 点 万 亿 千 百 十
"""
_NOT_UNITS = frozenset(_NOT_UNIT_WORDS.split())
_CHINESE_NO_UNIT = (
    "之间", "以上", "以下", "左右", "不", "或", "和", "是", "倍", "约", "至", "多", "余", "第",
    "都",
)  # fmt: skip
# Written in the wrong case often enough, and then no other unit.
_ANY_CASE = frozenset(
    ("km", "cm", "mm", "kg", "mg", "ml", "ft", "lb", "lbs", "oz", "hr", "hrs", "min", "sec", "mph",
     "kph", "mi", "yd", "km/h", "hz", "khz", "kwh", "kw", "kj", "usd", "rmb", "eur", "gbp", "kmh")
)  # fmt: skip
_RIGHT_CASE = {"hz": "Hz", "khz": "kHz", "kwh": "kWh", "kw": "kW", "kj": "kJ"}
# Prefix and symbol of these make words or other units, which they are taken for.
_NO_PREFIXED = frozenset(("am", "as", "has", "cd", "min", "pH", "dB", "mo", "Pm", "Em", "ma"))
SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9,
    "trillion": 10**12, "百": 100, "千": 1_000, "万": 10_000, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "万亿": 10**12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its canonical name; `factor` converts exactly within the same `dimension`."""

    name: str
    dimension: Dimension
    factor: Fraction = Fraction(1)

    def power(self, exponent: int) -> Unit:
        """The unit raised to a whole power."""
        if exponent == 1:
            return self
        dimension = tuple((base, power * exponent) for base, power in self.dimension)
        return Unit(f"{self.name}^{exponent}", dimension, self.factor**exponent)

    def times(self, other: Unit) -> Unit:
        """The product of two units."""
        powers = dict(self.dimension)
        for base, power in other.dimension:
            powers[base] = powers.get(base, 0) + power
        dimension = tuple(sorted((base, power) for base, power in powers.items() if power))
        name = f"{self.name}*{other.name}" if self.name else other.name
        return Unit(name, dimension, self.factor * other.factor)


def _base(name: str) -> Unit:
    return Unit(name, ((name, 1),))


DEGREE = _base("degree")
RADIAN = _base("radian")
CELSIUS = _base("degree c")
FAHRENHEIT = _base("degree f")
ORDINAL = _base("ordinal")
# `¥` is the sign of two currencies, which a comparison knows.
YEN_OR_YUAN = _base("¥")
MONEY_SIGNS = {
    "$": _base("dollar"), "€": _base("euro"), "£": _base("sterling"), "¥": YEN_OR_YUAN,
    "₹": _base("rupee"), "¢": Unit("cent", (("dollar", 1),), Fraction(1, 100)),
}  # fmt: skip
_COMMANDS = {"\\Omega": "Ω", "\\min": "min", "\\sec": "sec", "\\degree": "degree"}
"""Commands that a unit word was taken for, or that stand for one."""
_SCALES_OF_HEAT = {
    "c": CELSIUS, "celsius": CELSIUS, "centigrade": CELSIUS,
    "f": FAHRENHEIT, "fahrenheit": FAHRENHEIT, "摄氏度": CELSIUS, "华氏度": FAHRENHEIT,
}  # fmt: skip


@lru_cache(maxsize=2048)
def known(word: str) -> Unit | None:
    """The unit that a word names, with its SI prefix, in singular or plural."""
    row = SYMBOLS.get(word) or _named(word.lower())
    if row is not None:
        return Unit(row[0], row[1], row[2])
    if not word.isascii() and word in CHINESE:
        return known(CHINESE[word])
    if not word.isascii() and word in _SCALES_OF_HEAT:
        return _SCALES_OF_HEAT[word]
    lower = word.lower()
    found = _prefixed(word)
    if found is None and lower in _ANY_CASE and (word.isupper() or word.istitle()):
        return known(_RIGHT_CASE.get(lower, lower))
    return found


def _named(lower: str) -> Row | None:
    if len(lower) > 1:
        for spelling in (lower, lower.removesuffix("s"), lower.removesuffix("es")):
            if spelling in NAMES:
                return NAMES[spelling]
    return None


def _prefixed(word: str) -> Unit | None:
    """`km`, `kilometers`, `MeV`: a prefix and a unit that takes one."""
    if word in _NO_PREFIXED:
        return None
    for length in (1, 2):
        row = SYMBOLS.get(word[length:])
        if row and row[3] and word[:length] in PREFIX_SYMBOLS:
            power = PREFIX_SYMBOLS[word[:length]]
            return Unit(_shortest(word[:length]) + row[0], row[1], row[2] * Fraction(10) ** power)
    lower = word.lower()
    for prefix, power in PREFIX_NAMES.items():
        row = _named(lower[len(prefix) :]) if lower.startswith(prefix) else None
        if row and row[3]:
            return Unit(_symbol(prefix) + row[0], row[1], row[2] * Fraction(10) ** power)
    return None


def _shortest(prefix: str) -> str:
    return "μ" if prefix in "uµ" else prefix


def _symbol(prefix: str) -> str:
    power = PREFIX_NAMES[prefix]
    return next(symbol for symbol, value in PREFIX_SYMBOLS.items() if value == power)


def read_unit(tokens: Tokens) -> Unit | None:
    """The unit that all of the tokens name: a product of powers, with at most one division.

    What stands after the first slash or "per" is divided by, as in `J/kg K`. Up to three unknown
    words are a unit too (`5 red apples`), compared by their letters.
    """
    words = [word_of(t).lower() if is_word(t) else t for t in tokens]
    if words == ["times"]:
        return _base("times")
    if "of" in words:
        # `gallons of gas`: what is measured is no part of the unit.
        at = words.index("of")
        rest = [word for word in words[at + 1 :] if word not in (" ", "-")]
        if not 0 < len(rest) <= _MAX_OF_WORDS or not all(map(_describes, rest)):
            return None
        tokens = tokens[:at]
    parts = _parts(tokens)
    return _Factors().read(parts) if parts else None


def _describes(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and (word not in _NOT_UNITS or word in _DESCRIBING)


def _parts(tokens: Tokens) -> list[str] | None:
    """The tokens as words, powers (`^2`) and slashes; None where one cannot be part of a unit."""
    parts: list[str] = []
    prefix = ""
    index = 0
    while index < len(tokens):
        lexeme = tokens[index]
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        index += 1
        if lexeme == "^":
            close = tokens.index("}", index) if "}" in tokens[index:] else -1
            exponent = "".join(tokens[index + 1 : close])
            if close < 0 or not exponent.removeprefix("-").isdecimal() or len(exponent) > 3:
                return None
            parts.append(f"^{exponent}")
            index = close + 1
        elif lexeme == "\\mu" or (following == "\\Omega" and is_word(lexeme)):
            prefix = "μ" if lexeme == "\\mu" else word_of(lexeme)
        elif lexeme in _COMMANDS or is_word(lexeme):
            word = _COMMANDS.get(lexeme) or word_of(lexeme)
            parts.extend(_divided(prefix + word) if word.isalpha() else [prefix + word])
            prefix = ""
        elif lexeme in ("2", "3") and is_word(tokens[index - 2]):
            parts.append(f"^{lexeme}")
        elif lexeme == "/":
            parts.append("/")
        elif lexeme not in (" ", "\\cdot", "(", ")", "-", "."):
            return None
    return None if prefix else parts


def _divided(word: str) -> list[str]:
    """`米每秒` in three words; any other word as it is."""
    if word.isascii():
        return ["/"] if word.lower() == "per" else [word]
    pieces = word.split("每")
    if len(pieces) == 2 and pieces[1]:
        return [*filter(None, pieces[:1]), "/", pieces[1]]
    for name, power in (("平方", 2), ("立方", 3)):
        if word.startswith(name) and len(word) > 2:
            return [word[2:], f"^{power}"]
    return [word]


def is_plausible(tokens: Tokens) -> bool:
    r"""Whether a unit of letters in plain mode, after a number and a space, is no product.

    `m/s`, `kg m` and `m s^{-2}` are units; `m n` and `g h` may be anything.
    """
    plain = [t for t in tokens if is_word(t) and t[0] != "\\"]
    letters = [word for word in plain if len(word) == 1 and word.isascii()]
    if not letters:
        return True
    if len(letters) == len(plain) and not _SINGLE.issuperset(letters):
        return False
    return len(plain) == 1 or "/" in tokens or "^" in tokens


def _named_twice(strange: list[str], word: str) -> Unit | None:
    """`light years`, whose first word alone is no unit."""
    row = _named(f"{strange[-1]} {word.lower()}") if strange else None
    return Unit(row[0].replace("_", " "), row[1], row[2]) if row else None


class _Factors:
    """The factors of a unit, collected from left to right."""

    def __init__(self) -> None:
        self._whole: Unit | None = None
        self._last: Unit | None = None
        self._strange: list[str] = []
        self._sign = 1

    def read(self, parts: list[str]) -> Unit | None:
        """The product of all parts; None where they are no unit."""
        power = 1
        for index, part in enumerate(parts):
            lower = part.lower()
            if part == "/":
                if index + 1 == len(parts) or parts[index + 1] == "/":
                    return None
                self._close()
                self._sign = -1
            elif part[0] == "^" or lower in _POWER_AFTER:
                exponent = _POWER_AFTER.get(lower) or int(part[1:])
                if self._last is None or not 0 < abs(exponent) <= _MAX_POWER:
                    return None
                self._last = self._last.power(exponent)
            elif lower in POWER_WORDS:
                power = POWER_WORDS[lower]
            elif (
                (not part.isascii() and any(sign in part for sign in _CHINESE_NO_UNIT))
                or (lower if len(part) > 1 else part) in _NOT_UNITS
                or not self._add(part, power)
            ):
                return None
            else:
                power = 1
        self._close()
        return self._whole if power == 1 else None

    def _add(self, word: str, power: int) -> bool:
        heat = _SCALES_OF_HEAT.get(word.lower()) if self._last == DEGREE else None
        if heat is not None:
            self._last = heat
            return True
        if word == "US":
            # As in `US dollars`.
            return True
        unit = _named_twice(self._strange, word) or known(word)
        if unit is None:
            # A single letter that is no unit is a variable.
            self._strange.append(word.lower().removesuffix("s"))
            if (len(word) == 1 and word.isascii()) or len(self._strange) > MAX_UNIT_WORDS:
                return False
            if len(self._strange) > 1:
                self._last = None
            unit = _base(" ".join(self._strange))
        else:
            if " " in unit.name:
                self._last = None
            self._strange = []
        self._close(keep=True)
        self._last = unit.power(power)
        return True

    def _close(self, *, keep: bool = False) -> None:
        """Takes the last factor into the product."""
        if not keep:
            self._strange = []
        if self._last is not None:
            factor = self._last.power(self._sign)
            self._whole = self._whole.times(factor) if self._whole else factor
            self._last = None
