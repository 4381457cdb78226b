"""What is typed in a talk with the desk, read field by field."""

import re
from collections.abc import Mapping

from msgspec import Struct

from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.signers import PHONE
from chalicelib.domain.submission import read_key
from chalicelib.domain.talk import MOST_MESSAGES

LONGEST_NICKNAME = 20
LONGEST_WORDS = 1_000


class Visitor(Struct, frozen=True):
    """Who talks, as far as she says so; both may be "". Kept encrypted."""

    nickname: str = ""
    phone: str = ""


class Start(Struct, frozen=True):
    """A talk that is asked for."""

    key: str
    visitor: Visitor


class Said(Struct, frozen=True):
    """One thing said. ``key``: its own, so that it is said once however often it comes."""

    key: str
    words: str


def read_start(raw: Mapping[str, object]) -> Start:
    """What a page asks for a talk with: ``key``, ``nickname``, ``phone``. Raises Invalid naming the fields."""
    reader = FieldReader(raw)
    key = read_key(reader)
    nickname = reader.text("nickname", longest=LONGEST_NICKNAME)
    phone = re.sub(r"[\s\-()]", "", reader.text("phone", longest=30))
    if phone and not PHONE.fullmatch(phone):
        reader.refuse("phone", "phone.malformed")
    reader.raise_errors()
    return Start(key, Visitor(nickname, phone))


def read_said(raw: Mapping[str, object]) -> Said:
    """A message: ``key``, ``text``. Raises Invalid naming the fields."""
    reader = FieldReader(raw)
    key = read_key(reader)
    words = reader.text("text", required=True, longest=LONGEST_WORDS, many_lines=True)
    reader.raise_errors()
    return Said(key, words)


def read_since(raw: Mapping[str, object]) -> int:
    """The last message that a page has, 0 for none: ``since``. Raises Invalid."""
    since = raw.get("since", 0)
    if not isinstance(since, int) or isinstance(since, bool) or not 0 <= since <= MOST_MESSAGES:
        raise Invalid([FieldError("since", "field.malformed")])
    return since
