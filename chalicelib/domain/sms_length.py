"""How long an SMS is: in characters, and in the parts that it is sent and paid in (3GPP TS 23.038, 23.040)."""

from msgspec import Struct

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM alphabet; a text with any other letter, and so every Chinese one, is sent in UCS-2."""

TWICE = frozenset("^{}\\[~]|€")  # of its extension table: an escape goes before each
GSM, UCS2 = (160, 153), (70, 67)  # of a text in one part, and of each part of a longer one


class SmsLength(Struct, frozen=True):
    """``units``: what of the alphabet's places is used; ``per_part``: how many a part holds."""

    units: int
    parts: int
    per_part: int


def length_of(text: str) -> SmsLength:
    """How long ``text`` is as an SMS."""
    if all(char in BASIC or char in TWICE for char in text):
        units, (alone, each) = sum(2 if char in TWICE else 1 for char in text), GSM
    else:
        units, (alone, each) = len(text.encode("utf-16-be")) // 2, UCS2
    per_part = alone if units <= alone else each
    return SmsLength(units, max(1, -(-units // per_part)), per_part)
