"""What is typed at the counter (登记台) while somebody speaks, or with a letter on the desk: the web form's checks, and
what only paper and telephone have.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.city import City, Mailbox
from chalicelib.domain.errors import Invalid
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.paper_marks import PaperMarks
from chalicelib.domain.people import Petitioner, takes_sms
from chalicelib.domain.submission import Form, read_form, read_petitioner
from chalicelib.domain.words import AnswerBy, Channel

LONGEST_ADDRESS = 200
LONGEST_MARK = 100
MOST_PAGES = 999
LANGUAGES = ("zh", "en")
_PREFIX = re.compile(r"(?:\+|00)?86(?=[0-9]{9,12}$)")  # of China; behind it no number is shorter
_NOT_DIALLED = re.compile(r"[^0-9+]")


class Came(StrEnum):
    """How it came to the counter."""

    PHONE = "phone"  # 电话
    VISIT = "visit"  # 来访
    LETTER = "letter"  # 来信
    BOX = "box"  # 信箱: on paper to a leader's own mailbox, or passed down to it


CHANNELS = {
    Came.PHONE: Channel.PHONE,
    Came.VISIT: Channel.VISIT,
    Came.LETTER: Channel.LETTER,
    Came.BOX: Channel.LETTER,
}


class Heard(Struct, frozen=True):
    """What was typed, checked."""

    form: Form
    channel: Channel


def read_counter(raw: Mapping[str, str], city: City, today: date, uploads: tuple[str, ...]) -> Heard:
    """What the counter's form holds. ``uploads``: tickets of the scans. Raises Invalid naming every field that cannot
    be taken, as the web form does.
    """
    reader = FieldReader(raw)
    came = reader.choice("channel", Came)
    kind = raw.get("kind", "")
    box = _mailbox(reader, came, kind, city)
    marks = _read_marks(reader, today) if came in (Came.LETTER, Came.BOX) else _passed_down(reader)
    language = raw.get("language") or LANGUAGES[0]
    if language not in LANGUAGES:
        reader.refuse("language", "field.unknown_choice")
    asked: dict[str, object] = {
        **raw,
        "mailbox": box,
        "phone": dialled(raw.get("phone", "")),
        **{name: raw.get(name) == "yes" for name in ("anonymous", "keep_name_from_unit", "may_publish", "joint")},
        "uploads": list(uploads),
    }
    try:
        form = read_form(asked, city, language, today, read_caller)
    except Invalid as refused:
        for error in refused.errors:
            reader.refuse(error.field, error.code, **dict(error.params))
    reader.raise_errors()
    assert came is not None
    return Heard(replace(form, marks=marks), CHANNELS[came])


def _mailbox(reader: FieldReader, came: Came | None, kind: str, city: City) -> str:
    """The mailbox chosen, else the one where such a matter belongs; a leader's letter needs its leader's."""
    chosen = reader.text("mailbox", longest=64)
    box = city.mailbox(chosen)
    if came is Came.BOX and (box is None or box.leader is None):
        reader.refuse("mailbox", "counter.no_leader")
    return chosen or mailbox_for(came or Came.VISIT, kind, city)


def mailbox_for(came: Came, kind: str, city: City) -> str:
    """Where a matter belongs for which none was chosen: of the desk's own mailboxes that take its kind, the hotline's
    (its first) for a call, else the one that takes most kinds; any that takes it where the desk has none.
    """
    takes = [box for box in city.mailboxes if kind in box.kinds and box.leader is None]
    own = [box for box in takes if box.keeper == city.desk_unit] or takes or list(city.mailboxes)
    found: Mailbox = own[0] if came is Came.PHONE else max(own, key=lambda box: len(box.kinds))
    return found.id


def read_caller(reader: FieldReader, anonymous: bool) -> Petitioner:
    """Who calls, comes or writes. For paper an address is enough, and the way she wishes to be told must be open."""
    address = reader.text("address", longest=LONGEST_ADDRESS)
    answer_by = reader.choice("answer_by", AnswerBy) if reader.raw.get("answer_by") else None
    known = len(reader.errors)
    person = read_petitioner(reader, anonymous)
    missing = [error for error in reader.errors[known:] if error.code == "contact.missing"]
    for error in missing:  # she is reached by post, or comes back herself
        reader.errors.remove(error)
        if not address and answer_by is not AnswerBy.HAND:
            reader.refuse("phone", "counter.contact_missing")
    if answer_by is AnswerBy.CALL and not person.phone:
        reader.refuse("answer_by", "counter.no_phone")
    if answer_by is AnswerBy.POST and not address:
        reader.refuse("answer_by", "counter.no_address")
    if answer_by is AnswerBy.NOTICE and not takes_sms(person.phone) and not person.email:
        reader.refuse("answer_by", "counter.no_notice")
    return replace(person, address=address, answer_by=answer_by)


def _read_marks(reader: FieldReader, today: date) -> PaperMarks | None:
    """What stands on the paper; None when nothing of it was typed."""
    dated = reader.day("dated", latest=today)
    postmark = reader.text("postmark", longest=LONGEST_MARK)
    pages = reader.text("pages", longest=3)
    if pages and not (pages.isascii() and pages.isdigit() and 0 < int(pages) <= MOST_PAGES):
        reader.refuse("pages", "field.not_between", least="1", most=str(MOST_PAGES))
        pages = ""
    passed = _passed_down(reader) or PaperMarks()
    marks = replace(passed, dated=dated, postmark=postmark, pages=int(pages or 0))
    return marks if marks != PaperMarks() else None


def _passed_down(reader: FieldReader) -> PaperMarks | None:
    """Which higher level passed it down; a number or a deadline is somebody's."""
    by, number, deadline = (
        reader.text(name, longest=LONGEST_MARK) for name in ("passed_by", "their_number", "their_deadline")
    )
    if (number or deadline) and not by:
        reader.refuse("passed_by", "counter.passed_by_missing")
    return PaperMarks(passed_by=by, their_number=number, their_deadline=deadline) if by else None


def dialled(typed: str) -> str:
    """The number as it is dialled in China, of what a caller said or a display shows: full-width digits, blanks and
    dashes of any kind, brackets and the country's own prefix are no part of it. Another text stays as it is, to be
    refused.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if any(char.isalpha() for char in text):
        return text
    return _PREFIX.sub("", _NOT_DIALLED.sub("", text))


def spellings(phone: str) -> tuple[str, ...]:
    """How the same number may have been left on the page, where prefixes are kept as they were typed."""
    return (phone, f"+86{phone}", f"86{phone}", f"0086{phone}")
