"""A citizen has erased what she wrote and who she is, once the term from the end of her matter is over.

First one commit: the request stands in the record, title, text and name are gone, and from then on nobody is shown
anything of it. Then a message of that commit has the rest removed: files, additions, notices, and her words in the
record, whose digests stay. It comes again until all is done, and doing any of it twice is doing it once.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from chalicelib.desk import aliases, cities, topics_by_hand, uploading
from chalicelib.desk.committing import Step, finish, untouched
from chalicelib.desk.inboxes import every_inbox_of
from chalicelib.desk.tracking import case_of
from chalicelib.domain.deciding import withdraw_consent
from chalicelib.domain.duplicates import Letter, trails
from chalicelib.domain.errors import Changed
from chalicelib.domain.events import CITIZEN, Erased, Event, Filed, Joined, Registered, VoiceAdded
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.notices import Audience, notice_of
from chalicelib.domain.retention import check_erasable
from chalicelib.domain.submission import Erasure, Submission
from chalicelib.domain.texts import texts_of, without_texts
from chalicelib.domain.words import Kind
from chalicelib.storage import alike, cases, hooks, notices, outbox
from chalicelib.storage.submissions import (
    Folder,
    checked_item,
    load_folder,
    load_submission,
    petitioner_item,
    submission_item,
    supplement_item,
)
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyDone, event_item

TRIES = 5
AT_ONCE = 90  # items of one commit
Records = dict[str, list[Event]]  # by the cases' numbers


def erase(receipt: str, at: datetime) -> Erasure:
    """Begin to erase; asked for again, it says how far it has come. The caller was admitted.

    Raises RuleBroken, saying from when it is possible, while the matter goes on or is still to be kept; Changed when
    others were faster time after time.
    """
    for _ in range(TRIES):
        submission = load_submission(receipt)
        if submission.erasure is not None:
            return submission.erasure
        standing = case_of(receipt)
        check_erasable(cases.record_of(standing.case_id), receipt, at, cities.trade())
        try:
            return _begin(submission, at)
        except Changed:
            continue
    raise Changed()


def _begin(submission: Submission, at: datetime) -> Erasure:
    receipt, own = submission.receipt, submission.case_id
    records = records_of(own)
    if Erased(receipt) in (event.payload for event in records[own]):
        raise Changed()  # another request of hers was faster
    if submission.kind is not Kind.ACCUSATION:
        # should the commit fail, a letter of years ago is no longer compared with new ones: nobody misses it
        aliases.forget(submission, cases.load(own).area, at)
        alike.forget(trails(Letter(submission.title, submission.text, submission.area, None)), own, receipt)
    erasure = Erasure(at, done=False)
    steps = [_told(case_id, record, receipt, at) for case_id, record in records.items()]
    kept = [submission_item(_emptied(submission, erasure), None)]
    hers = _hers(records[own])
    kept += [event_item(without_texts(event)) for event in hers if texts_of(event.payload)]
    finish(
        *steps,
        at=at,
        kept=kept,
        gone=[petitioner_item(receipt, "")],
        messages=[Message(Topic.ROUTING, own, steps[0].after.version)],
    )
    return erasure


def records_of(case_id: str) -> Records:
    """The record of the citizen's own case, and of every case to which it was ever joined."""
    records: Records = {}
    waiting = [case_id]
    for found in waiting:
        if found not in records:
            records[found] = cases.record_of(found)
            waiting += [event.payload.into for event in records[found] if isinstance(event.payload, Joined)]
    return records


def _told(case_id: str, record: list[Event], receipt: str, at: datetime) -> Step:
    """The request, on the record of one case: what was public of her words is so no longer, and her own case no longer
    has her title.

    Had it moved since ``record`` was read, the next number would be taken, and the commit would fail.
    """
    case = cases.load(case_id)
    consent = withdraw_consent(case, receipt) if receipt in case.consenting else ()
    told = [*consent, Erased(receipt)]
    first = record[0].payload
    if isinstance(first, Filed) and first.receipt == receipt:
        hers = _hers(record)
        emptied = fold(without_texts(event) if event in hers else event for event in record)
        return Step(case, emptied, ()).then(told, CITIZEN, at)
    return untouched(case).then(told, CITIZEN, at)


def _hers(record: list[Event]) -> list[Event]:
    """What a case itself holds of the letter that opened it: the title, and the place that it names."""
    return [event for event in record if isinstance(event.payload, Filed | Registered)]


def _emptied(submission: Submission, erasure: Erasure) -> Submission:
    """What is kept of a submission: its numbers, how and when it came; of its files, where they are to be found."""
    return replace(
        submission,
        title="",
        text="",
        place="",
        happened_on=None,
        attachments=tuple(replace(file, name="") for file in submission.attachments),
        content="",
        demands=replace(submission.demands, words="", files=()) if submission.demands is not None else None,
        salt="",
        erasure=erasure,
        marks=None,
    )


def complete(message: Message, receipt: str, at: datetime) -> None:
    """Remove whatever is left after ``erase``; the message is done with the last of it."""
    if not outbox.waits(message):
        return
    folder = load_folder(receipt)
    submission = folder.submission
    assert submission.erasure is not None  # both were committed at once
    for case_id, record in records_of(submission.case_id).items():
        _empty(case_id, record, receipt, at)
        notices.forget(case_id, receipt)
        hooks.forget_told(case_id)  # the titles in it; what was sent cannot be called back
    _empty_inboxes(submission.case_id)
    uploading.remove(folder)
    topics_by_hand.forget(receipt, submission.filed_at, at)
    for item in _hanging_on(folder):
        item.delete()
    done = replace(submission, attachments=(), erasure=replace(submission.erasure, done=True))
    try:
        finish(at=at, kept=[submission_item(done, None)], consumes=message)
    except AlreadyDone:
        return


def _empty(case_id: str, record: list[Event], receipt: str, at: datetime) -> None:
    """Her own words, and once every citizen of the case has asked, what the staff wrote to and about them.

    A letter's title is no part of it: it went with the case, in the commit of whoever wrote it. What the case was
    registered by are words of the letter that began it.
    """
    began = isinstance(record[0].payload, Filed) and record[0].payload.receipt == receipt
    everybody = all(voice.erased for voice in fold(record).voices)
    items = [
        event_item(without_texts(event))
        for event in record
        if texts_of(event.payload)
        and not isinstance(event.payload, Filed)
        and (
            everybody
            or getattr(event.payload, "receipt", None) == receipt
            or (began and isinstance(event.payload, Registered))
        )
    ]
    for start in range(0, len(items), AT_ONCE):
        finish(at=at, kept=items[start : start + AT_ONCE])


def _empty_inboxes(case_id: str) -> None:
    """The console's inboxes name a case by its title."""
    record = cases.record_of(case_id)
    for event in record:
        notice = notice_of(event)
        staff = notice.staff if notice is not None else ()
        if isinstance(event.payload, VoiceAdded):
            staff = (Audience.UNIT,)  # it was told by the case that was joined
        for inbox in sorted(every_inbox_of(staff, record)):
            notices.take_out(inbox, case_id, event.number, event.at)


def _hanging_on(folder: Folder) -> Iterator[DeskItem]:
    receipt = folder.submission.receipt
    yield from (supplement_item(receipt, added) for added in folder.supplements)
    yield from (checked_item(receipt, found) for found in folder.checked)
