"""A citizen's own data: a copy of all of it, and its erasure once the term is over."""

from chalicelib.desk.copying import Attempted, Copy
from chalicelib.desk.written import marks_of
from chalicelib.domain import events as happened
from chalicelib.domain.city import City
from chalicelib.domain.events import Event
from chalicelib.domain.receipts import spoken
from chalicelib.domain.submission import Erasure, Submission
from chalicelib.entrypoints.views import status_view
from chalicelib.entrypoints.wording import Json, iso, unit_name
from chalicelib.web.messages import say


def copy_view(copy: Copy, city: City, language: str) -> Json:
    """Everything that the desk keeps of a submission, as its writer is shown it and what she is not otherwise shown."""
    submission, petitioner = copy.status.folder.submission, copy.petitioner
    return {
        **status_view(copy.status, city, language),
        "area": submission.area or "",
        "place": copy.place,
        "happened_on": submission.happened_on.isoformat() if submission.happened_on else "",
        "anonymous": submission.anonymous,
        "name": petitioner.name,
        "phone": petitioner.phone,
        "email": petitioner.email,
        "address": petitioner.address,
        "answer_by": say(f"answer_by.{petitioner.answer_by}", language) if petitioner.answer_by else "",
        "on_paper": _marks(submission),
        "keep_name_from_unit": submission.keep_name_from_unit,
        "may_publish": submission.may_publish,
        "language": submission.language,
        "agency": submission.agency or "",
        "agency_number": submission.agency_number,
        "ratings": [_rating(event) for event in copy.status.events if isinstance(event.payload, happened.Rated)],
        "withdrawals": [
            {"at": iso(event.at), "reason": event.payload.reason}
            for event in copy.status.events
            if isinstance(event.payload, happened.Withdrawn | happened.VoiceWithdrawn)
        ],
        "notices": [_notice(attempt) for attempt in copy.notices],
        "looks": [_look(event, city, language) for event in copy.looks],
    }


def _marks(submission: Submission) -> Json:
    """What stood on the paper by which it came; empty for what came otherwise."""
    marks = marks_of(submission)
    if marks is None:
        return {}
    return {
        "dated": marks.dated.isoformat() if marks.dated else "",
        "postmark": marks.postmark,
        "pages": marks.pages,
        "passed_by": marks.passed_by,
        "their_number": marks.their_number,
        "their_deadline": marks.their_deadline,
    }


def _rating(event: Event) -> Json:
    rated = event.payload
    assert isinstance(rated, happened.Rated)
    return {
        "at": iso(event.at),
        "solved": rated.solved.value,
        "attitude": rated.attitude.value,
        "satisfaction": rated.satisfaction.value,
        "words": rated.words,
    }


def _notice(attempt: Attempted) -> Json:
    return {
        "at": iso(attempt.at),
        "way": attempt.way,
        "to": attempt.to,
        "state": attempt.state.value,
        "subject": attempt.subject,
        "text": attempt.text,
    }


def _look(event: Event, city: City, language: str) -> Json:
    """When, and of which office: not which of its people, who has an own right not to be named."""
    return {
        "at": iso(event.at),
        "what": say(f"event.{event.kind}", language),
        "by": say(f"role.{event.by.role}", language),
        "unit_name": unit_name(event.by.unit, city, language),
    }


def erasure_view(receipt: str, erasure: Erasure) -> Json:
    """How far the erasure has come."""
    return {
        "receipt": receipt,
        "receipt_spoken": spoken(receipt),
        "erased_at": iso(erasure.at),
        "done": erasure.done,
    }
