"""What a policy, a data set or a stranger might send to break the service."""

from __future__ import annotations

_MANY = 100_000
_MATRIX = r"\\".join(["&".join(["1"] * 300)] * 300)

TEXTS = {
    # Short texts of enormous value.
    "tower of powers": "9^{9^{9^{9}}}",
    "tower without braces": "9^9^9^9^9",
    "tower of tens": "10^{10^{10}}",
    "tower of two": "9^{9^{9}}",
    "tower below": r"\left(\frac{1}{9}\right)^{9^{9^{9}}}",
    "tower of products": r"\left(10^{10}\cdot10^{10}\right)^{10^{10}}",
    "tower of symbols": "x^{x^{x^{x^{x^{x^{x}}}}}}",
    "power of a variable": "(x+1)^{100000}",
    "product of powers": r"\prod_{k=1}^{1000}(x+k)^{1000}",
    "factorial of ten million": "(10^7)!",
    "factorial": "100000!",
    "factorials": "9!!!!!!",
    "binomial": r"\binom{10^6}{5\cdot10^5}",
    "sum of ten million": r"\sum_{k=1}^{10^7}\frac1k",
    "sum of sums": r"\sum_{i=1}^{1000}\sum_{j=1}^{1000}\sum_{k=1}^{1000}\frac{1}{i+j+k}",
    "root of a root": r"\sqrt[9999999]{2}^{\sqrt[9999999]{3}}",
    "scientific": "1e999999999",
    "scientific below": "1e-999999999",
    "modulus": r"3^{10^{9}} \mod (10^{9}+7)",
    "exponential": "e^{e^{e^{e^{e}}}}",
    # Algebra that takes for ever.
    "integral": r"\int \frac{\sin(x^{5})}{1+x^{7}} dx",
    "definite integral": r"\int_{0}^{1}\frac{\ln(1+x^{7})}{1+x^{3}}dx",
    "integral of integrals": r"\int_0^1\int_0^1\int_0^1 e^{-xyz\sin(x+y+z)} dx dy dz",
    "limit": r"\lim_{x\to0}\frac{\sin(\tan x)-\tan(\sin x)}{\arcsin(\arctan x)-\arctan(\arcsin x)}",
    "limit of a power": r"\lim_{n\to\infty}\left(1+\frac{1}{n}\right)^{n^{n^{n}}}",
    "expansion": "+".join(f"(x+{k})^{{99}}" for k in range(90)),
    "radicals": r"\sqrt{1+" * 11 + "x" + "}" * 11,
    "roots of a polynomial": r"x^{99}+x^{98}+x^{7}-1>x^{97}-3",
    "prime tower": "+".join(rf"\frac{{1}}{{{p}^{{999}}}}" for p in (9973, 9967, 9949, 9941)),
    # Nothing and everything.
    "NaN": "NaN",
    "infinity": r"\infty",
    "difference of infinities": r"\infty-\infty",
    "division by zero": "1/0",
    "zero by zero": r"\frac{0}{0}",
    "logarithm of zero": r"\ln 0",
    "empty": "",
    # Nesting.
    "braces": "{" * _MANY + "}" * _MANY,
    "braces opened": "{" * _MANY,
    "parentheses": "(" * _MANY + "1" + ")" * _MANY,
    "fractions": r"\frac{1}{1+" * 5_000 + "1" + "}" * 5_000,
    "fractions, not quite too deep": r"\frac{1}{x+" * 11 + "1" + "}" * 11,
    "left without right": r"\left(" * 50_000,
    "boxes opened": r"\boxed{" * _MANY,
    "boxes nested": r"\boxed{" * _MANY + "8" + "}" * _MANY,
    "boxes": "".join(rf"\boxed{{{k}}}" for k in range(_MANY)),
    "think": "<think>" * _MANY,
    "think closed": "</think>" * _MANY,
    "answers": "<answer>" * _MANY + "</answer>" * _MANY,
    # Length.
    "letters": "x" * 200_000,
    "digits": "9" * 200_000,
    "digits, not quite too many": "9" * 1_999,
    "decimals": "0." + "3" * 200_000,
    "sum": "+".join("x" * _MANY),
    "sum, not quite too long": "+".join("x" * 499),
    "commas": "1," * _MANY,
    "words": "the answer is " * 20_000,
    "blanks": " " * 200_000 + "8",
    "blank lines": "\n " * _MANY,
    "matrix": rf"\begin{{pmatrix}}{_MATRIX}\end{{pmatrix}}",
    "backslashes": "\\" * 200_000,
    "dollars": "$" * 200_000,
    "fences": "```\n" * 50_000,
    "signs": "-" * _MANY + "8",
    # Regular expressions that backtrack.
    "regex of a": "a" * 50_000 + "!",
    "regex of blanks": "8" + " \t" * 50_000 + "x",
    "regex of dots": "1." * 50_000,
    "regex of commands": r"\text{ " * 20_000,
    "regex of groups": "1,234" * 20_000,
    "regex of boxes": r"\boxed {" + r"\fbox " * 20_000,
    # Unicode.
    "NUL": "8\0" * 1_000,
    "lone surrogates": "\ud800\udfff"[::-1] * 1_000,
    "bidi": "\u202e\u20668\u2069\u200f" * 1_000,
    "combining": "8" + "\u0301\u0316\u20dd" * 50_000,
    "zalgo": "".join(f"{k % 10}\u0334\u0335\u0489" for k in range(20_000)),
    "digits of the world": "\u0668\u096e\u0e58\U0001d7f4" * 1_000,
    "ligatures": "\ufdfa" * 20_000,
    "superscripts": "8" + "\u2078" * 5_000,
    "zero width": "8\u200b\u2060\ufeff" * 20_000,
    # Code for those who evaluate.
    "python": "__import__('os').system('sleep 60')",
    "sympify": "exec('while True: pass')",
    "template": "{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "tex": r"\def\x{\x\x}\x \input{/etc/passwd} \write18{sleep 60}",
}
"""Name -> a text that equals neither 7 nor 1234567 nor the square root of two plus x squared."""

BODIES = {
    "deep lists": b"[" * _MANY,
    "deep lists, closed": b"[" * _MANY + b"]" * _MANY,
    "deep objects": b'{"rollouts":' * _MANY,
    "deep spec": b'{"rollouts":[{"completion":"1","reference":"1"}],"spec":'
    + b'{"a":' * _MANY
    + b"1"
    + b"}" * (_MANY + 1),
    "huge number": b'{"rollouts":[{"completion":"1","reference":1e999999999}]}',
    "long number": b'{"rollouts":[{"completion":"1","reference":' + b"9" * _MANY + b"}]}",
    "NaN": b'{"rollouts":[{"completion":"1","reference":NaN}]}',
    "not UTF-8": b'{"rollouts":[{"completion":"\xff\xfe","reference":"1"}]}',
    "nothing": b"",
    "no rollouts": b'{"rollouts":[]}',
    "unknown field": b'{"rollouts":[{"completion":"1","__class__":"os"}]}',
    "half": b'{"rollouts":[{"completion":"1',
    "gzip": b"\x1f\x8b\x08\x00" * 1_000,
}
"""Name -> a body that is no request."""
