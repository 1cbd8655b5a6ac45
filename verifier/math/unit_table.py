"""Tables only: units with their dimensions and exact factors; the tests hold them against pint.

A registry of pint takes 0.65 s to load and 0.3 ms for each look-up, and knows every letter as a
unit; this table is what of it can stand after a number in an answer. Two rows differ from pint on
purpose: months and years count months, since no year is so many days, and an acre is 43 560
international square feet.
"""

from __future__ import annotations

from fractions import Fraction

# symbols | names, the first one being pint's | SI dimensions | factor | * takes SI prefixes
_ROWS = """
m                   | meter metre                   | m                | 1             | *
in                  | inch inches                   | m                | 0.0254
ft                  | foot feet                     | m                | 0.3048
yd                  | yard                          | m                | 0.9144
mi                  | mile                          | m                | 1609.344
nmi                 | nautical_mile                 | m                | 1852
au AU               | astronomical_unit             | m                | 149597870700
ly                  | light_year                    | m                | 9460730472580800
Å                   | angstrom                      | m                | 1e-10
                    | micron                        | m                | 1e-6
g                   | gram gramme                   | kg               | 1/1000        | *
t                   | metric_ton tonne              | kg               | 1000
lb lbs              | pound                         | kg               | 0.45359237
oz                  | ounce                         | kg               | 0.028349523125
s sec               | second                        | s                | 1             | *
min mins            | minute                        | s                | 60
h hr hrs            | hour                          | s                | 3600
d                   | day                           | s                | 86400
wk                  | week                          | s                | 604800
A                   | ampere amp                    | A                | 1             | *
K                   | kelvin                        | K                | 1             | *
mol                 | mole                          | mol              | 1             | *
cd                  | candela                       | cd               | 1             | *
Hz                  | hertz                         | s-1              | 1             | *
N                   | newton                        | kg m s-2         | 1             | *
Pa                  | pascal                        | kg m-1 s-2       | 1             | *
J                   | joule                         | kg m2 s-2        | 1             | *
W                   | watt                          | kg m2 s-3        | 1             | *
C                   | coulomb                       | A s              | 1             | *
V                   | volt                          | kg m2 s-3 A-1    | 1             | *
F                   | farad                         | kg-1 m-2 s4 A2   | 1             | *
Ω                   | ohm                           | kg m2 s-3 A-2    | 1             | *
S                   | siemens                       | kg-1 m-2 s3 A2   | 1             | *
Wb                  | weber                         | kg m2 s-2 A-1    | 1             | *
T                   | tesla                         | kg s-2 A-1       | 1             | *
H                   | henry henries                 | kg m2 s-2 A-2    | 1             | *
lm                  | lumen                         | cd               | 1             | *
lx                  | lux                           | cd m-2           | 1             | *
Bq                  | becquerel                     | s-1              | 1             | *
Gy                  | gray                          | m2 s-2           | 1             | *
Sv                  | sievert                       | m2 s-2           | 1             | *
kat                 | katal                         | mol s-1          | 1             | *
L l                 | liter litre                   | m3               | 1/1000        | *
cc                  | cubic_centimeter              | m3               | 1e-6
gal                 | gallon                        | m3               | 0.003785411784
qt                  | quart                         | m3               | 0.000946352946
pt                  | pint                          | m3               | 0.000473176473
                    | cup                           | m3               | 0.0002365882365
tbsp                | tablespoon                    | m3               | 0.00001478676478125
tsp                 | teaspoon                      | m3               | 0.00000492892159375
ha                  | hectare                       | m2               | 10000
                    | acre                          | m2               | 4046.8564224
eV                  | electron_volt electronvolt    | kg m2 s-2        | 1.602176634e-19 | *
cal                 | calorie                       | kg m2 s-2        | 4.184         | *
Wh                  | watt_hour watthour            | kg m2 s-2        | 3600          | *
bar                 | bar                           | kg m-1 s-2       | 100000        | *
atm                 | standard_atmosphere atmosphere | kg m-1 s-2      | 101325
mph                 | mile_per_hour                 | m s-1            | 0.44704
kph kmh kmph        | kilometer_per_hour            | m s-1            | 5/18
kn                  | knot                          | m s-1            | 463/900
b                   | bit                           | bit              | 1             | *
B                   | byte                          | bit              | 8             | *
"""
_OWN_ROWS = """
mo                  | month                         | month            | 1
yr yrs              | year                          | month            | 12
                    | decade                        | month            | 120
                    | century centuries             | month            | 1200
rad                 | radian                        | radian           | 1
sr                  | steradian                     | steradian        | 1
deg                 | degree                        | degree           | 1
USD                 | dollar                        | dollar           | 1
¢                   | cent                          | dollar           | 1/100
CNY RMB             | yuan kuai                     | yuan             | 1
                    | jiao                          | yuan             | 1/10
                    | fen                           | yuan             | 1/100
EUR                 | euro                          | euro             | 1
GBP                 | sterling                      | sterling         | 1
p                   | penny pence                   | sterling         | 1/100
JPY                 | yen                           | yen              | 1
INR Rs              | rupee                         | rupee            | 1
                    | unit                          | unit             | 1
                    | point pts                     | point            | 1
                    | person people persons         | person           | 1
                    | child children                | child            | 1
rpm                 | rpm                           | rpm              | 1
ppm                 | ppm                           | ppm              | 1
dB                  | decibel                       | decibel          | 1
pH                  | pH                            | pH               | 1
hp                  | horsepower                    | horsepower       | 1
"""
CHINESE = {
    "米": "m", "厘米": "cm", "公分": "cm", "毫米": "mm", "分米": "dm", "千米": "km", "公里": "km",
    "微米": "micron", "纳米": "nm", "英里": "mi", "英尺": "ft", "英寸": "in", "光年": "ly",
    "克": "g", "千克": "kg", "公斤": "kg", "毫克": "mg", "吨": "tonne", "磅": "lb",
    "秒": "s", "秒钟": "s", "毫秒": "ms", "分": "min", "分钟": "min", "小时": "hour", "时": "hour",
    "钟头": "hour", "天": "day", "日": "day", "周": "week", "星期": "week", "月": "month",
    "个月": "month", "年": "year", "升": "L", "毫升": "mL", "公顷": "ha",
    "安": "A", "安培": "A", "毫安": "mA", "伏": "V", "伏特": "V", "千伏": "kV", "欧": "ohm",
    "欧姆": "ohm", "千欧": "kΩ", "瓦": "W", "瓦特": "W", "千瓦": "kW", "千瓦时": "kWh",
    "焦": "J", "焦耳": "J", "千焦": "kJ", "牛": "N", "牛顿": "N", "帕": "Pa", "帕斯卡": "Pa",
    "千帕": "kPa", "兆帕": "MPa", "赫兹": "Hz", "赫": "Hz", "千赫": "kHz", "兆赫": "MHz",
    "摩尔": "mol", "库仑": "coulomb", "库": "coulomb", "特斯拉": "tesla", "开尔文": "kelvin",
    "度": "degree", "弧度": "radian", "元": "yuan", "块": "yuan", "块钱": "yuan",
    "元钱": "yuan", "人民币": "yuan", "角": "jiao", "毛": "jiao", "美元": "dollar",
    "美分": "cent", "欧元": "euro", "英镑": "sterling", "日元": "yen", "人": "person",
}  # fmt: skip
"""The unit that a Chinese word names, in the words of the tables above."""

# Up to the prefixes of 2022; the names are those of the SI brochure.
_PREFIX_ROWS = """
    Q quetta 30  R ronna 27  Y yotta 24  Z zetta 21  E exa 18  P peta 15  T tera 12  G giga 9
    M mega 6  k kilo 3  h hecto 2  da deca 1  d deci -1  c centi -2  m milli -3  μ micro -6
    n nano -9  p pico -12  f femto -15  a atto -18  z zepto -21  y yocto -24  r ronto -27
    q quecto -30
"""


def _prefixes() -> tuple[dict[str, int], dict[str, int]]:
    words = _PREFIX_ROWS.split()
    rows = list(zip(words[::3], words[1::3], words[2::3], strict=True))
    symbols = {symbol: int(power) for symbol, _, power in rows} | {"u": -6, "µ": -6}
    return symbols, {name: int(power) for _, name, power in rows} | {"deka": 1}


PREFIX_SYMBOLS, PREFIX_NAMES = _prefixes()

Dimension = tuple[tuple[str, int], ...]
"""Base dimensions with their powers, sorted."""
Row = tuple[str, Dimension, Fraction, bool]
"""The unit's first name, its dimension, its factor, and whether it takes prefixes."""


def _dimension(text: str) -> Dimension:
    powers = [part.rstrip("-0123456789") for part in text.split()]
    pairs = zip(powers, text.split(), strict=True)
    return tuple(sorted((base, int(part[len(base) :] or "1")) for base, part in pairs))


def _table(rows: str) -> tuple[dict[str, Row], dict[str, Row]]:
    symbols: dict[str, Row] = {}
    names: dict[str, Row] = {}
    for line in rows.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        first = cells[1].split()[0]
        row = (first, _dimension(cells[2]), Fraction(cells[3]), len(cells) > 4)  # noqa: PLR2004 - the fifth cell is the star
        symbols.update(dict.fromkeys(cells[0].split(), row))
        names.update({name.replace("_", " "): row for name in cells[1].split()})
    return symbols, names


PHYSICAL_SYMBOLS, PHYSICAL_NAMES = _table(_ROWS)
_OWN_SYMBOLS, _OWN_NAMES = _table(_OWN_ROWS)
SYMBOLS = PHYSICAL_SYMBOLS | _OWN_SYMBOLS
"""Rows by symbol; the case counts."""
NAMES = PHYSICAL_NAMES | _OWN_NAMES
"""Rows by name in lower case, singular."""
MONEY = frozenset(("dollar", "yuan", "euro", "sterling", "yen", "rupee"))
"""Dimensions that are currencies."""
