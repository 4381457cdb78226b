"""Receipt numbers that survive a telephone, and query codes without look-alikes."""

import unicodedata

from stdnum import damm

RECEIPT_DIGITS = 12  # the last is Damm's check digit: any one wrong digit, any two swapped neighbours are noticed
CODE_LENGTH = 8  # 40 bits
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_MISHEARD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class MisreadReceipt(ValueError):
    """Not a receipt number: wrong length, or its check digit does not fit."""


class MisreadCode(ValueError):
    """Not a query code."""


def receipt_from(digest: bytes) -> str:
    """The receipt number that a keyed digest of at least eight bytes gives."""
    number = int.from_bytes(digest[:8], "big") % 10 ** (RECEIPT_DIGITS - 1)
    digits = f"{number:0{RECEIPT_DIGITS - 1}}"
    return digits + str(damm.calc_check_digit(digits))


def code_from(digest: bytes) -> str:
    """The query code that a keyed digest of at least five bytes gives."""
    bits = int.from_bytes(digest[:5], "big")
    return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(5 * (CODE_LENGTH - 1), -1, -5))


def read_receipt(text: str) -> str:
    """The number that somebody typed: spaces, hyphens, full-width digits, O for 0, I or L for 1 are taken.

    Raises MisreadReceipt.
    """
    digits = _read(text)
    if len(digits) != RECEIPT_DIGITS or not (digits.isascii() and digits.isdigit()) or not damm.is_valid(digits):
        raise MisreadReceipt("not a receipt number")
    return digits


def read_code(text: str) -> str:
    """The code that somebody typed, as tolerantly as a receipt and in either case. Raises MisreadCode."""
    code = _read(text)
    if len(code) != CODE_LENGTH or any(char not in _CROCKFORD for char in code):
        raise MisreadCode("not a query code")
    return code


def spoken(text: str) -> str:
    """In groups of four, as one says it over the telephone."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _read(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).upper().translate(_MISHEARD)
    return "".join(char for char in folded if not char.isspace() and not _joins(char))


def _joins(char: str) -> bool:
    """Hyphens and dashes, the minus sign, and what cannot be seen (Unicode's format characters) but is copied along."""
    return unicodedata.category(char) in ("Pd", "Cf") or char == "\N{MINUS SIGN}"
