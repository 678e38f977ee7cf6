"""Numbers as the expression language reads and writes them: JavaScript's rules. Pure."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

_SPACE = "\t\n\v\f\r \u00a0\ufeff\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"  # fmt: skip
_DECIMAL = re.compile(r"[+-]?(Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)")
_RADIX = {"0x": 16, "0o": 8, "0b": 2}
_DIGITS = {16: "0123456789abcdef", 8: "01234567", 2: "01"}
_EXPONENT_FROM = 1e21  # from here on JavaScript writes an exponent
_EXPONENT_BELOW = 1e-6


def trim(text: str) -> str:
    """Return `text` without the white space JavaScript strips, which is not quite Python's."""
    return text.strip(_SPACE)


def number_of_text(text: str) -> float:
    """Return the number `text` spells, 0 for nothing at all, NaN where it spells none."""
    bare = trim(text)
    if not bare:
        return 0.0
    radix = _RADIX.get(bare[:2].lower())
    if radix is not None:
        return _with_radix(bare[2:].lower(), radix)
    if _DECIMAL.fullmatch(bare) is None:
        return math.nan
    return float(bare)


def text_of_number(number: float) -> str:
    """Return `number` in decimal with at most 15 places, with an exponent only when huge or tiny."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    rounded = number if abs(number) >= _EXPONENT_FROM else _to_fifteen_places(number)
    return shortest(rounded)


def shortest(number: float) -> str:
    """Return the shortest spelling that reads back as the finite `number`, as JavaScript writes it."""
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    digits, exponent = _digits_and_exponent(abs(number))
    if _EXPONENT_BELOW <= abs(number) < _EXPONENT_FROM:
        return sign + _plain(digits, exponent)
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{exponent - 1:+d}"


def _with_radix(digits: str, radix: int) -> float:
    if not digits or any(digit not in _DIGITS[radix] for digit in digits):
        return math.nan
    try:
        return float(int(digits, radix))
    except OverflowError:
        return math.inf


def _to_fifteen_places(number: float) -> float:
    with localcontext() as context:
        context.prec = 60
        places = Decimal(abs(number)).quantize(Decimal("1e-15"), rounding=ROUND_HALF_UP)
    return math.copysign(float(places), number)


def _digits_and_exponent(number: float) -> tuple[str, int]:
    """Return significant digits and how many of them stand before the point."""
    spelled = Decimal(repr(number))
    text = "".join(map(str, spelled.as_tuple().digits))
    return text.rstrip("0") or "0", spelled.adjusted() + 1


def _plain(digits: str, exponent: int) -> str:
    if exponent <= 0:
        return "0." + "0" * -exponent + digits
    if exponent >= len(digits):
        return digits + "0" * (exponent - len(digits))
    return f"{digits[:exponent]}.{digits[exponent:]}"
