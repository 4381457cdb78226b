"""What an agency asks for with a petition that it refers, and what a desk tells it then: read field by field."""

from datetime import UTC, datetime, timedelta

from chalicelib.domain.agency_words import Progress
from chalicelib.domain.case import Case
from chalicelib.domain.demands import Demands
from chalicelib.domain.events import Drafted
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.handling import LONGEST_REPLY, LONGEST_WORDS, draft
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.transferring import Told
from chalicelib.domain.words import Outcome

LONGEST_NUMBER = 100
LONGEST_UNIT = 100
LONGEST_NAME = 200
MOST_FILES = 50
FARTHEST = timedelta(days=731)
CLOCKS_DIFFER = timedelta(minutes=5)  # between two desks, as between the signature and now


def read_demands(reader: FieldReader, at: datetime) -> Demands:
    """The demands among the fields of a referral; what cannot be taken is noted in ``reader``."""
    return Demands(
        deadline=read_deadline(reader, at),
        must_report=reader.flag("must_report"),
        words=reader.text("words", longest=LONGEST_WORDS, many_lines=True),
        files=_names(reader),
        we_are_silent=reader.flag("petitioner_told_by_us"),
    )


def read_deadline(reader: FieldReader, at: datetime, required: bool = False) -> datetime | None:
    """A moment to come, with its zone (ISO 8601)."""
    moment = _moment(reader, "deadline", required)
    if moment is not None and not at < moment <= at + FARTHEST:
        reader.refuse("deadline", "field.not_to_come")
        return None
    return moment


def _moment(reader: FieldReader, field: str, required: bool) -> datetime | None:
    text = reader.text(field, required=required, longest=40)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        reader.refuse(field, "field.not_instant")
        return None


def _names(reader: FieldReader) -> tuple[str, ...]:
    names = reader.texts("attachments", most=MOST_FILES)
    readers = [FieldReader({"attachments": name}) for name in names]
    read = tuple(one.text("attachments", required=True, longest=LONGEST_NAME) for one in readers)
    for one in readers:
        reader.errors += [error for error in one.errors if all(error.field != known.field for known in reader.errors)]
    return read


def read_told(reader: FieldReader, at: datetime) -> Told | None:
    """What a desk tells of a petition that we passed to it; None, with the reason noted, for what cannot be taken.
    Of a reply only the fields are read here: ``read_answer`` holds it against the case.
    """
    number = reader.text("number", required=True, longest=LONGEST_NUMBER)
    state = reader.choice("state", Progress)
    moment = _moment(reader, "at", required=True)
    if moment is not None and moment > at + CLOCKS_DIFFER:
        reader.refuse("at", "field.not_yet")
    their_number = reader.text("their_number", longest=LONGEST_NUMBER)
    unit_name = reader.text("unit_name", longest=LONGEST_UNIT)
    words = reader.text("words", longest=LONGEST_WORDS, many_lines=True)
    if reader.errors or state is None or moment is None:
        return None
    return Told(number, state, moment, their_number, unit_name, words)


def read_answer(reader: FieldReader, case: Case, at: datetime) -> Drafted:
    """The reply among the fields of what a desk tells. Raises Invalid naming what does not fit the case: advice is
    adopted or not, a promise has a day to come.
    """
    text = reader.text("text", required=True, longest=LONGEST_REPLY, many_lines=True)
    outcome = reader.choice("outcome", Outcome)
    done_on = reader.day("done_on", latest=day_in_shanghai(at + FARTHEST))
    reader.raise_errors()
    assert outcome is not None  # else it was refused
    return draft(case, text, outcome, done_on, at)
