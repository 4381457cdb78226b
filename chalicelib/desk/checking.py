"""答复质量提示: a reply held against its letter and against what the unit has answered lately.

Of each reply that is sent eight bands stay for half a year, in the unit's own partition: by them a copy is found with
one read, and at most four replies are compared word by word. A sealed case leaves none, and is compared with none.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.desk import cities
from chalicelib.desk.committing import Step
from chalicelib.desk.written import supplement_words, words_of
from chalicelib.domain import reply_copies
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotFound
from chalicelib.domain.events import Drafted, Replied
from chalicelib.domain.reply_check import Answering, Asked, Check, check
from chalicelib.domain.reply_copies import Other
from chalicelib.domain.words import Outcome
from chalicelib.storage import alike, cases
from chalicelib.storage.submissions import load_folder, load_submission
from chalicelib.storage.table import DeskItem


def letter_of(case: Case) -> Asked:
    """The letter by which the case began, with what was added; where it was withdrawn, the next. Who may read the case
    is the caller's to know.
    """
    receipt = next((voice.receipt for voice in case.voices if not voice.withdrawn), case.voices[0].receipt)
    folder = load_folder(receipt)
    title, text = words_of(folder.submission)
    if folder.submission.erasure is not None:
        return Asked(title, text, case.kind)
    added = (supplement_words(folder.submission, one.text, one.number) for one in folder.supplements)
    return Asked(title, "\n".join((text, *added)), case.kind)


def checked(
    case: Case, asked: Asked, text: str, outcome: Outcome | None, at: datetime, *, dated: bool = False
) -> Check:
    """What ``text`` lacks as the answer to ``asked``; ``dated``: it promises a day apart from its words.

    Reads eight bands at once; an event and a submission for each of at most four replies that share some.
    """
    rules = cities.current().replies
    answering = Answering(text, at.astimezone(SHANGHAI).date(), outcome, dated)
    return check(asked, answering, rules, _others(case, text))


def of_draft(case: Case, drafted: Drafted, at: datetime) -> Check:
    """What a draft lacks. ``drafted``: as it was typed."""
    asked = letter_of(case)
    return checked(case, asked, drafted.text, drafted.outcome, at, dated=drafted.done_by is not None)


def _others(case: Case, text: str) -> Iterator[Other]:
    """The unit's replies to other matters that may be like ``text``, the likest first; none is read before it is
    asked for.
    """
    if case.sealed or case.unit is None:
        return
    found = alike.sharing(_bands(case.unit, text))
    for place in alike.receipts_of(found):
        case_id, number, receipt = place.split(".")
        if case_id == case.case_id:
            continue
        try:
            payload, letter = cases.event(case_id, int(number)).payload, load_submission(receipt)
        except NotFound:  # gone since
            continue
        assert isinstance(payload, Replied)  # nothing else leaves bands
        yield Other(case_id, payload.text, letter.title, letter.text)


def _bands(unit: str, text: str) -> tuple[str, ...]:
    return tuple(f"reply.{unit}.{band}" for band in reply_copies.copy_bands(text, cities.current().replies))


def left_by(step: Step, at: datetime) -> list[DeskItem]:
    """What the replies of a step leave, by which their copies are found."""
    items: list[DeskItem] = []
    for event in step.events:
        payload = event.payload
        if isinstance(payload, Replied) and not step.after.sealed:
            bands = _bands(payload.unit, payload.text)
            place = f"{event.case_id}.{event.number}.{payload.answers[0].receipt}"
            items += alike.band_items(bands, event.case_id, place, at, alike.sharing(bands))
    return items
