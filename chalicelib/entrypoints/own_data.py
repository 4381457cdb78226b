"""A citizen's own data: a copy of all of it, and its erasure once the term is over."""

from msgspec import structs

from chalicelib.desk.copying import Attempted, Copy
from chalicelib.desk.written import marks_of
from chalicelib.domain import events as happened
from chalicelib.domain.city import City
from chalicelib.domain.events import Event
from chalicelib.domain.receipts import spoken
from chalicelib.domain.submission import Erasure, Submission
from chalicelib.entrypoints.told import (
    ErasureStanding,
    GivenWithdrawal,
    OnPaper,
    RecordedLook,
    SentNotice,
    SubmissionCopy,
)
from chalicelib.entrypoints.views import rating_view, status_view
from chalicelib.entrypoints.wording import iso, unit_name
from chalicelib.web.messages import say


def copy_view(copy: Copy, city: City, language: str) -> SubmissionCopy:
    """Everything that the desk keeps of a submission, as its writer is shown it and what she is not otherwise shown."""
    submission, petitioner = copy.status.folder.submission, copy.petitioner
    events = copy.status.events
    return SubmissionCopy(
        **structs.asdict(status_view(copy.status, city, language)),
        area=submission.area or "",
        place=copy.place,
        happened_on=submission.happened_on.isoformat() if submission.happened_on else "",
        anonymous=submission.anonymous,
        name=petitioner.name,
        phone=petitioner.phone,
        email=petitioner.email,
        address=petitioner.address,
        answer_by=say(f"answer_by.{petitioner.answer_by}", language) if petitioner.answer_by else "",
        on_paper=_marks(submission),
        keep_name_from_unit=submission.keep_name_from_unit,
        may_publish=submission.may_publish,
        language=submission.language,
        agency=submission.agency or "",
        agency_number=submission.agency_number,
        ratings=tuple(rating_view(one, one.payload) for one in events if isinstance(one.payload, happened.Rated)),
        withdrawals=tuple(
            GivenWithdrawal(iso(event.at), event.payload.reason)
            for event in events
            if isinstance(event.payload, happened.Withdrawn | happened.VoiceWithdrawn)
        ),
        notices=tuple(_notice(attempt) for attempt in copy.notices),
        looks=tuple(_look(event, city, language) for event in copy.looks),
    )


def _marks(submission: Submission) -> OnPaper | None:
    """What stood on the paper by which it came."""
    marks = marks_of(submission)
    if marks is None:
        return None
    return OnPaper(
        dated=marks.dated.isoformat() if marks.dated else "",
        postmark=marks.postmark,
        pages=marks.pages,
        passed_by=marks.passed_by,
        their_number=marks.their_number,
        their_deadline=marks.their_deadline,
    )


def _notice(attempt: Attempted) -> SentNotice:
    return SentNotice(
        at=iso(attempt.at),
        way=attempt.way,
        to=attempt.to,
        state=attempt.state.value,
        subject=attempt.subject,
        text=attempt.text,
    )


def _look(event: Event, city: City, language: str) -> RecordedLook:
    """When, and of which office: not which of its people, who has an own right not to be named."""
    return RecordedLook(
        at=iso(event.at),
        what=say(f"event.{event.kind}", language),
        by=say(f"role.{event.by.role}", language),
        unit_name=unit_name(event.by.unit, city, language),
    )


def erasure_view(receipt: str, erasure: Erasure) -> ErasureStanding:
    """How far the erasure has come."""
    return ErasureStanding(
        receipt=receipt, receipt_spoken=spoken(receipt), erased_at=iso(erasure.at), done=erasure.done
    )
