r"""Tables only: which signs, words and commands are ways to write the same thing."""

# ruff: noqa: RUF001 - look-alike signs are what this table is about

from __future__ import annotations

import re

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱ", "0123456789+-()ni")
SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱ]+")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₙ", "0123456789+-n")
SUBSCRIPT = re.compile("[₀₁₂₃₄₅₆₇₈₉₊₋ₙ]+")

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_HALVES = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8),
}  # fmt: skip
_SIGN_COMMANDS = {
    "×": "cdot", "⋅": "cdot", "·": "cdot", "∙": "cdot", "∞": "infty", "≤": "le", "≥": "ge",
    "⩽": "le", "⩾": "ge", "≠": "ne", "≈": "approx", "∪": "cup", "∩": "cap", "∈": "in", "±": "pm",
    "√": "sqrt", "∅": "emptyset", "°": "degree", "∠": "angle", "△": "triangle", "ℝ": "mathbb{R}",
    "ℤ": "mathbb{Z}", "→": "to", "∖": "setminus", "∣": "mid", "∫": "int", "∑": "sum",
    "∏": "prod",
}  # fmt: skip
SIGNS = str.maketrans(
    {
        **{sign: f"\\{name} " for sign, name in (_GREEK | _SIGN_COMMANDS).items()},
        **{sign: f"\\frac{{{top}}}{{{bottom}}}" for sign, (top, bottom) in _HALVES.items()},
        **dict.fromkeys("−–—‒﹣－", "-"),
        "÷": "/",
        "∕": "/",
        "⁄": "/",
        "′": "'",
        "″": "''",
        "℃": "\\degree C",
        "℉": "\\degree F",
        "、": ",",
        "￠": "¢",
        "\u2126": "\\Omega ",
        "’": "'",
        "。": ".",
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
    }
)

_DROPPED_NAMES = """
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle limits
    nolimits boxed fbox ( ) [ ] mathbf mathit mathsf boldsymbol bm bf it rm ensuremath hline
"""
DROPPED = frozenset(f"\\{name}" for name in _DROPPED_NAMES.split())
_TEXT_NAMES = """
    text mathrm textrm textnormal textbf textit textsf texttt mbox hbox operatorname emph
"""
TEXT_COMMANDS = frozenset(f"\\{name}" for name in _TEXT_NAMES.split())
_SAME = {
    "\\dfrac": "\\frac", "\\tfrac": "\\frac", "\\cfrac": "\\frac", "\\dbinom": "\\binom",
    "\\tbinom": "\\binom", "\\times": "\\cdot", "\\ast": "\\cdot", "*": "\\cdot", "**": "^",
    "\\leq": "\\le", "\\leqslant": "\\le", "<=": "\\le", "\\geq": "\\ge", "\\geqslant": "\\ge",
    ">=": "\\ge", "\\neq": "\\ne", "!=": "\\ne", "==": "=", "\\lt": "<", "\\gt": ">", "\\div": "/",
    "\\lbrace": "\\{", "\\rbrace": "\\}", "\\lvert": "|", "\\rvert": "|", "\\vert": "|",
    "\\lbrack": "[", "\\rbrack": "]", "\\varnothing": "\\emptyset", "\\colon": ":", "\\quad": " ",
    "\\qquad": " ", "\\dots": "\\ldots", "\\cdots": "\\ldots", "\\%": "%", "\\$": "$",
    "\\#": "#", "\\&": "&", "\\_": "_", "\\wedge": "\\land",
    "\\vee": "\\lor", "\\deg": "\\degree", "\\bigcup": "\\cup",
    "\\varphi": "\\phi", "\\varepsilon": "\\epsilon", "\\lg": "\\log", "\\imath": "i",
    "\\jmath": "j",
    "\\bar": "\\overline", "\\overrightarrow": "\\vec",
    "\\textdegree": "\\degree", "\\pounds": "£", "\\euro": "€", "\\backslash": "\\setminus",
    "\\arcsinh": "\\arsinh", "\\arccosh": "\\arcosh", "\\arctanh": "\\artanh",
    "\\bmod": "\\mod", "\\empty": "\\emptyset", "\\middle": " ", "\\vline": "|",
}  # fmt: skip
SYNONYMS: dict[str, tuple[str, ...]] = {name: (to,) for name, to in _SAME.items()} | {
    "\\cbrt": ("\\sqrt", "[", "3", "]"),
    "\\hspace": (),
    "\\mathstrut": (),
    '"': (),
    "`": (),
}
CONSTANT_WORDS = {"pi": "\\pi", "infinity": "\\infty", "oo": "\\infty", "inf": "\\infty"}
_FUNCTION_NAMES = """
    sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh arsinh arcosh artanh ln log exp
    sqrt max min gcd lcm det floor ceil
"""
PREFIX_FUNCTIONS = frozenset(
    f"\\{name}"
    for name in (
        *("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch"),
        *("arcsin", "arccos", "arctan", "arccot", "arcsec", "arccsc"),
        *("arsinh", "arcosh", "artanh", "arcoth", "arsech", "arcsch"),
        *("ln", "log", "exp", "floor", "ceil", "abs"),
    )
)
"""Functions of one argument that need no parentheses."""
FUNCTION_WORDS = {name: f"\\{name}" for name in _FUNCTION_NAMES.split()} | {
    **{f"a{name}": f"\\arc{name}" for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
    **{
        f"{prefix}{name}": f"\\ar{name}"
        for name in ("sinh", "cosh", "tanh", "coth", "sech", "csch")
        for prefix in ("a", "ar", "arc")
    },
    **{name[1:]: name for name in PREFIX_FUNCTIONS},
    "cbrt": "\\cbrt",
    "nCr": "\\nCr",
    "binom": "\\nCr",
    "binomial": "\\nCr",
}
_ONE_ARGUMENT = (
    *("\\sqrt", "^", "_", "\\overline", "\\vec", "\\hat", "\\dot", "\\ddot", "\\tilde"),
    *("\\mathbb", "\\pmod"),
)
_NO_ARGUMENT_NAMES = """
    pi infty cdot le ge ne approx cup cap in pm mp to mid setminus emptyset degree circ alpha beta
    gamma delta epsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi omega sin
    cos tan cot sec csc
    max min gcd lcm nCr choose mod int sum prod lim angle
    triangle langle rangle lfloor rfloor lceil rceil ldots equiv land lor neg implies iff
"""
ARGUMENTS = {
    **{f"\\{name}": 0 for name in (*_NO_ARGUMENT_NAMES.split(), "{", "}", "\\", "|")},
    **dict.fromkeys(PREFIX_FUNCTIONS, 0),
    **dict.fromkeys(_ONE_ARGUMENT, 1),
    "\\frac": 2,
    "\\binom": 2,
}
"""How many arguments a command takes; a brace after any other one is taken for its argument."""
KNOWN = frozenset((*ARGUMENTS, *SYNONYMS, *DROPPED, *TEXT_COMMANDS, *PREFIX_FUNCTIONS))
"""Every command that is in a table here."""
_SYMBOLS = """
    pi alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi
    omega Gamma Delta Theta Lambda Sigma Phi Psi Omega lceil lfloor cdot
"""
_LONGEST_FIRST = "|".join(sorted(_SYMBOLS.split(), key=len, reverse=True))
RUN_TOGETHER = re.compile(rf"(\\(?:{_LONGEST_FIRST}))([A-Za-z]{{1,2}})$")
"""A symbol and the one or two letters that ran into its name."""
