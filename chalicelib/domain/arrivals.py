"""What all that comes by message has in common: which mailbox takes it, in which language, from which number."""

import re
import unicodedata

from chalicelib.domain.city import City, Mailbox
from chalicelib.domain.words import Kind

TITLE = 30  # characters of the text, where nobody wrote a title
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_FOREIGN = re.compile(r"(?:\+|00)(?!86)([1-9][0-9]{7,13})")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{3,}")
_SENTENCE = re.compile(r"[。！？!?；;\n]")
_TURNING = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")  # marks that turn the direction of reading
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")


def mailbox_for(city: City, kind: Kind) -> Mailbox | None:
    """The desk's own mailbox that takes ``kind``: kept by the petition office, no leader's. None where none does."""
    desks = (box for box in city.mailboxes if box.keeper == city.desk_unit and box.leader is None)
    return next((box for box in desks if kind in box.kinds), None)


def language_of(text: str, otherwise: str = "zh") -> str:
    """In which language whoever wrote ``text`` is answered: Chinese where there is any, English where there are words
    of it; ``otherwise`` for what is neither.
    """
    if _CHINESE.search(text):
        return "zh"
    return "en" if _LATIN.search(text) else otherwise


def personal_number(number: str) -> str | None:
    """A mobile number as citizens write it on the form, without the country's code for one of ours.

    None for what no person texts from: a service's short number (10086, 1069…), a name, a landline.
    """
    bare = re.sub(r"[\s\-()]", "", number)
    mobile = _MOBILE.fullmatch(bare)
    if mobile is not None:
        return mobile[1]
    foreign = _FOREIGN.fullmatch(bare)
    return f"+{foreign[1]}" if foreign is not None else None


def cleaned(text: str) -> str:
    """``text`` as a form takes it: NFC, one kind of line end, nothing that cannot be read or that turns the reading."""
    plain = _TURNING.sub("", _LINE_ENDS.sub("\n", text))
    kept = (char for char in plain if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def on_one_line(text: str, longest: int) -> str:
    """``text`` cleaned, on one line, and not longer than ``longest`` characters."""
    return " ".join(cleaned(text).split())[:longest].strip()


def title_of(text: str) -> str:
    """A title for a text that came without: its first sentence, as far as a title goes."""
    first = next((part for part in _SENTENCE.split(text) if part.strip()), text)
    return on_one_line(first, TITLE)
