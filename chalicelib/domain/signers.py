"""联名信: one letter that several people sign, and one of them sends as their representative (代表人)."""

import re
import unicodedata

from chalicelib.domain.errors import FieldError
from chalicelib.domain.people import Petitioner, Signer

MOST_SIGNERS = 200  # beside the representative
LONGEST_LIST = 20_000  # characters
LONGEST_NAME = 50
MOST_FAULTS = 5  # said at once; whoever mends these sees the rest
PHONE = re.compile(r"\+?[0-9]{6,15}")

_NUMBERED = re.compile(r"^(?:\d{1,3}[.、)]|\(\d{1,3}\))\s*")  # "1. 张三": people number their lists
_LINE = re.compile(r"(?P<name>[^\d+]*)(?P<phone>\+?\d[\d\s\-()]*)?")


def read_signers(text: str, representative: Petitioner) -> tuple[tuple[Signer, ...], list[FieldError]]:
    """Who signs beside ``representative``, one a line, the telephone last; and what is wrong, each with its line."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        return (), [FieldError("signers", "signers.none")]
    if len(lines) > MOST_SIGNERS:
        params = (("number", str(len(lines))), ("most", str(MOST_SIGNERS)))
        return (), [FieldError("signers", "signers.too_many", params)]
    signers: list[Signer] = []
    faults: list[FieldError] = []
    for number, line in lines:
        signer = _signer(line)
        fault = signer if isinstance(signer, str) else _repeated(signer, signers, representative)
        if fault:
            faults.append(FieldError("signers", fault, (("line", str(number)),)))
        elif isinstance(signer, Signer):
            signers.append(signer)
    return tuple(signers), faults[:MOST_FAULTS]


def _signer(line: str) -> Signer | str:
    """The person that ``line`` names, or the code of what is wrong with it."""
    found = _LINE.fullmatch(_NUMBERED.sub("", unicodedata.normalize("NFKC", line).strip()))
    if found is None:
        return "signers.malformed"
    name, phone = found["name"].strip(" \t,、:;("), re.sub(r"[\s\-()]", "", found["phone"] or "")
    if not any(char.isalpha() for char in name):
        return "signers.no_name"
    if len(name) > LONGEST_NAME:
        return "signers.long_name"
    if phone and not PHONE.fullmatch(phone):
        return "signers.phone"
    return Signer(name, phone)


def _repeated(signer: Signer, others: list[Signer], representative: Petitioner) -> str:
    """The code of the complaint when somebody signs twice, or signs what she sends; "" for nobody's double."""
    if _is_one(signer, Signer(representative.name, representative.phone)):
        return "signers.representative"
    return "signers.repeated" if any(_is_one(signer, other) for other in others) else ""


def _is_one(one: Signer, other: Signer) -> bool:
    """One name is one person, unless each has a telephone of their own."""
    apart = one.phone and other.phone and one.phone != other.phone
    return _bare(one.name) == _bare(other.name) and not apart


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
