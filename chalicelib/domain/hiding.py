"""What a person from outside may read of a letter: no name, no number, no address finer than the street.

It goes further than ``masking``: that proposes, and a clerk reads it; here nobody does. So everything that is known of
the writer is looked for first, however it is spaced, and numbers of houses are hidden wherever they may be ones.
"""

import re
from collections.abc import Iterable

from chalicelib.domain.masking import SHORTEST_NAME, STAR, mask
from chalicelib.domain.people import Petitioner

_BETWEEN = r"[\s\u200b-\u200f\u2060\ufeff·•.\-－_]*"  # what people put between the characters of a name or number
_BUILDING = re.compile(r"(?:[0-9０-９]+|[〇零一二三四五六七八九十百两]+)(?=\s*(?:栋|幢|弄|号楼|[#＃]))")
_BLOCK = re.compile(r"[0-9０-９]+(?=\s*[座楼层])")
_PAIR = re.compile(r"[0-9０-９]+(?:\s*[-－—]\s*[0-9０-９]+){2,}(?![0-9０-９])")  # 3-2-501: building, stair, flat
_FLAT = re.compile(
    r"(?<![0-9０-９])(?!(?:19|20)\d\d)[0-9０-９]{1,3}\s*[-－—]\s*[0-9０-９]{3,4}(?![0-9０-９]|\s*[元人天年米吨斤])"
)
_DATE = re.compile(r"(?:19|20)\d\d\s*-\s*\d{1,2}\s*-\s*\d{1,2}")


def hidden(text: str, people: Iterable[Petitioner]) -> str:
    """``text`` without ``people`` and without what looks like a name, a number or the number of a house."""
    known = sorted({part for person in people for part in _parts(person)}, key=len, reverse=True)
    for part in known:
        text = _spaced(part).sub(STAR * 3, text)
    text = mask(text)
    text = _PAIR.sub(lambda found: found[0] if _DATE.fullmatch(found[0]) else STAR, text)
    text = _BUILDING.sub(STAR, _FLAT.sub(STAR, text))
    return _BLOCK.sub(STAR, text)


def _parts(person: Petitioner) -> Iterable[str]:
    """What would tell who it is. Of a name of one character every second sentence would be hidden."""
    found = [person.name, person.phone, person.email, person.address]
    for signer in person.signers:
        found += [signer.name, signer.phone]
    yield from (part for one in found if len(part := "".join(one.split())) >= SHORTEST_NAME)


def _spaced(part: str) -> re.Pattern[str]:
    """A pattern for ``part``; a name in Latin letters is no part of a longer word."""
    start, end = (r"(?<![A-Za-z])", r"(?![A-Za-z])") if part.isascii() and part.isalpha() else ("", "")
    return re.compile(start + _BETWEEN.join(re.escape(char) for char in part) + end, re.IGNORECASE)
