"""The words of notices as an office sets them: which places a text has, which it must have, and how they are filled.

A text is data: its places are written {so}, and nothing else in it is acted upon.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.quiet import Quiet
from chalicelib.domain.ways import Way

SEALED = "sealed"  # the one notice of every step of a sealed matter: who glances at a telephone learns nothing
LONGEST = {"subject": 100, Way.SMS: 300, Way.MAIL: 2_000}
LANGUAGES = ("zh", "en")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_TELLING = re.compile("检举|控告|举报|揭发|accus|denounc|informant|whistle", re.IGNORECASE)


class Notice(Struct, frozen=True):
    """A notice that an office may word: its places, each with the value that fills it, and those that it must have."""

    places: dict[str, str]
    must: tuple[str, ...] = ()
    reception: bool = False

    def may(self, way: str) -> dict[str, str]:
        """The places of its text by ``way``. A title is for the mail: a telephone lies open on the table."""
        return {place: value for place, value in self.places.items() if place != "title" or way == Way.MAIL}

    @property
    def number(self) -> str:
        """The place of the number by which its reader asks."""
        return "number" if self.reception else "receipt"

    @property
    def of_subject(self) -> tuple[str, ...]:
        """The places of a mail's subject."""
        return ("desk", self.number)

    def must_by(self, way: str) -> tuple[str, ...]:
        """The places that its text must have. A mail stands between our own greeting and our own foot."""
        return ("desk", self.number, *self.must) if way == Way.SMS else self.must


_LEAST = {"desk": "desk", "receipt": "receipt", "track": "track"}
_CASE = {**_LEAST, "title": "title"}
_RECEPTION = {"desk": "desk", "number": "number", "page": "page"}


def _of_case(*must: str, **places: str) -> Notice:
    return Notice({**_CASE, **places}, must)


def _of_reception(*must: str, **places: str) -> Notice:
    return Notice({**_RECEPTION, **places}, must, reception=True)


NOTICES: dict[str, Notice] = {
    "receipt": _of_case(due="accept_by"),
    "accepted": _of_case("due", due="reply_by"),
    "declined": _of_case("ground", ground="ground", where_to="where_to"),
    "referred": _of_case("agency", agency="agency"),
    "transferred": _of_case("agency", agency="agency", due="reply_by"),
    "referral_returned": _of_case("agency", agency="agency"),
    "dispatched": _of_case("unit", unit="unit", due="reply_by", phone="phone"),
    "conference": _of_case("when", when="conference_on", due="reply_by"),
    "asked": _of_case("due", due="answer_by"),
    "recounted": _of_case("due", due="answer_by"),
    "extended": _of_case("due", due="reply_by", days="days"),
    "joined": _of_case(),
    "split_off": _of_case(),
    "known": _of_case("unit", "outcome", unit="unit", outcome="outcome", when="known_at", due="known_review_until"),
    "replied": _of_case("unit", unit="unit", outcome="outcome", due="done_by"),
    "rating_asked": _of_case(due="rate_by"),
    "rework": _of_case("due", due="reply_by"),
    "review_asked": _of_case(review="review", due="review_by"),
    "review_decided": _of_case(review="review", due="review_until"),
    "terminated": _of_case(),
    "withdrawn": _of_case(),
    SEALED: Notice(_LEAST),
    "reception_moved": _of_reception(
        "when", "place", when="comes_at", place="place", host="host", before="before_at", before_place="before_place",
        reason="reason",
    ),
    "reception_shifted": _of_reception(
        "when", "place", when="comes_at", place="place", host="host", before="before_at", reason="reason"
    ),
    "reception_called_off": _of_reception("before", before="before_at", reason="reason"),
    "reception_released": _of_reception("before", before="before_at", reason="reason"),
    "reception_reminded": _of_reception("when", "place", when="comes_at", place="place", host="host"),
}  # fmt: skip
"""Every notice to citizens, in the order in which an office reads them."""


class Words(Struct, frozen=True, omit_defaults=True, tag="words"):
    """How an office words one notice. ``subject``: of a mail, "" for the packaged one."""

    text: str
    subject: str = ""


Setting = Words | Quiet | None
"""What can be set; None for what is as it is packaged."""


class Change(Struct, frozen=True):
    """What one person changed. ``setting``: QUIET, or which notice, as ``name_of`` has it."""

    setting: str
    version: int
    at: datetime
    by: str  # login
    name: str
    before: Setting
    after: Setting


class InForce(Struct, frozen=True):
    """A setting as it stands, and its version: 0 for one that nobody has set."""

    setting: str
    version: int = 0
    value: Setting = None


QUIET = "quiet"


def name_of(notice: str, language: str, way: str) -> str:
    """What the words of one notice in one language by one way are kept under."""
    return f"{notice}#{language}#{way}"


def read_words(raw: Mapping[str, object], notice: str, way: Way) -> Words:
    """The words that a form holds, as ``text`` and, for a mail, ``subject``. Raises Invalid naming the fields."""
    reader = FieldReader(raw)
    text = reader.text("text", required=True, longest=LONGEST[way], many_lines=way is Way.MAIL)
    subject = reader.text("subject", longest=LONGEST["subject"]) if way is Way.MAIL else ""
    known = NOTICES[notice]
    _check(reader, "text", text, set(known.may(way)), known.must_by(way))
    _check(reader, "subject", subject, set(known.of_subject), ())
    if notice == SEALED:
        for field, words in (("text", text), ("subject", subject)):
            if _TELLING.search(words):
                reader.refuse(field, "wording.tells")
    reader.raise_errors()
    return Words(text, subject)


def _check(reader: FieldReader, field: str, text: str, may: set[str], must: tuple[str, ...]) -> None:
    places = _PLACE.findall(text)
    rest = _PLACE.sub("", text)
    if any(unicodedata.category(char) == "Cf" for char in text):
        reader.refuse(field, "field.control_characters")  # they turn the direction of reading, or are not seen at all
    for place in places:
        if place not in may:
            reader.refuse(field, "wording.unknown", place=place)
    if "{" in rest or "}" in rest:
        reader.refuse(field, "wording.braces")
    for place in must:
        if text and place not in places:
            reader.refuse(field, "wording.missing", place=place)


def filled(text: str, places: Mapping[str, str]) -> str | None:
    """``text`` with its places filled; None where one stays empty. What is filled in is not looked at again."""
    if any(not places.get(place) for place in _PLACE.findall(text)):
        return None
    return _PLACE.sub(lambda found: places[found[1]], text)


def parts_of(setting: str) -> tuple[str, str, Way]:
    """Notice, language and way of what ``name_of`` wrote. Raises Invalid for any other name."""
    notice, _, rest = setting.partition("#")
    language, _, way = rest.partition("#")
    if notice not in NOTICES or language not in LANGUAGES or way not in set(Way):
        raise Invalid([FieldError("setting", "field.unknown_choice")])
    return notice, language, Way(way)
