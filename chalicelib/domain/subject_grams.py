"""What a subject model reads of a letter: its runs of one to three characters, and those of its title apart.

No dictionary and no word breaking: runs of characters do as well for Chinese letters, and cost no second to load.
"""

import re
import zlib
from collections import Counter

from msgspec import Struct

from chalicelib.domain.plain import plain

LONGEST_TITLE = 200
LONGEST_BODY = 3000  # characters read: hardly a letter is longer, and the time for one stays bounded
RAW = 3  # characters looked at for one that is read, since spaces are dropped and numbers shortened
_SPACE = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+")


class Part(Struct, frozen=True):
    """One kind of evidence: the runs of ``length`` characters, of the title alone or of title and body. The same run
    says something else in each part, so each has its ``salt``.
    """

    length: int
    salt: int
    title_only: bool = False


PAIRS = Part(2, 0x2B3C4D5E)
PARTS = (
    Part(1, 0x1A2B3C4D),
    PAIRS,
    Part(3, 0x3C4D5E6F),
    Part(1, 0x4D5E6F70, title_only=True),
    Part(2, 0x5E6F7081, title_only=True),
)


class Read(Struct, frozen=True):
    """Title and body of a letter, folded: one width, one case, any number 0, no spaces."""

    title: str
    body: str


def read(title: str, text: str) -> Read:
    """What is read of a letter, its first ``LONGEST_BODY`` characters at most."""
    return Read(_folded(title, LONGEST_TITLE), _folded(text, LONGEST_BODY))


def _folded(text: str, longest: int) -> str:
    return _SPACE.sub("", _DIGITS.sub("0", plain(text[: longest * RAW])))[:longest]


def counted(letter: Read, bits: int) -> list[Counter[int]]:
    """For each of PARTS how often each of ``2 ** bits`` buckets is hit."""
    return [
        Counter(buckets(letter.title, part, bits) + ([] if part.title_only else buckets(letter.body, part, bits)))
        for part in PARTS
    ]


def buckets(text: str, part: Part, bits: int) -> list[int]:
    """The bucket of each run of ``text``, in its order.

    Four bytes stand for any character, so that runs are cut from bytes without coding each.
    """
    coded = text.encode("utf-32-le", "surrogatepass")
    width, salt, mask, crc32 = part.length * 4, part.salt, (1 << bits) - 1, zlib.crc32
    return [crc32(coded[end - width : end], salt) & mask for end in range(width, len(coded) + 1, 4)]
