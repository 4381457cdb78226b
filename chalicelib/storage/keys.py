"""Where things stand in the table."""

import hashlib
from datetime import UTC, date, datetime

from chalicelib.domain.words import Outcome

SHARDS = 4  # of the due index: enough for thousands of due items a minute


def case_key(case_id: str) -> tuple[str, str]:
    """The case itself."""
    return f"case#{case_id}", "case"


def pointer_key(case_id: str, name: str) -> tuple[str, str]:
    """That the case stands in a list beside its worklist."""
    return f"case#{case_id}", f"list#{name}"


def event_key(case_id: str, number: int) -> tuple[str, str]:
    """One line of a case's record."""
    return f"case#{case_id}", f"event#{number:06}"


def submission_key(receipt: str) -> tuple[str, str]:
    """A submission's text."""
    return f"receipt#{receipt}", "submission"


def petitioner_key(receipt: str) -> tuple[str, str]:
    """Who wrote it, encrypted."""
    return f"receipt#{receipt}", "petitioner"


def attachment_key(receipt: str, number: int) -> tuple[str, str]:
    """The finding on one of its files."""
    return f"receipt#{receipt}", f"attachment#{number}"


def supplement_key(receipt: str, number: int) -> tuple[str, str]:
    """Something the citizen added."""
    return f"receipt#{receipt}", f"supplement#{number:03}"


def owed_key(case_id: str, event: int, receipt: str) -> tuple[str, str]:
    """That a step is to be told, or was told, to a citizen by a person; among the notices of the case."""
    return f"case#{case_id}", f"notice#{event:06}#{receipt}#person"


def reception_key(reception_id: str) -> tuple[str, str]:
    """A reception with its bookings."""
    return f"reception#{reception_id}", "reception"


def booking_key(number: str) -> tuple[str, str]:
    """Who booked, encrypted."""
    return f"booking#{number}", "booking"


def exam_key(exam_id: str) -> tuple[str, str]:
    """A keepers' exam, as far as it has come."""
    return f"exam#{exam_id}", "exam"


def exam_plan_key(exam_id: str) -> tuple[str, str]:
    """Its letters, to whom they go, and the rubric."""
    return exam_key(exam_id)[0], "plan"


def paper_key(exam_id: str, mailbox: str) -> tuple[str, str]:
    """What became of the letter to one mailbox."""
    return exam_key(exam_id)[0], f"box#{mailbox}"


def answer_key(exam_id: str, mailbox: str) -> tuple[str, str]:
    """That it was answered."""
    return exam_key(exam_id)[0], f"answer#{mailbox}"


def exam_marks_key(month: date) -> str:
    """The partition of the marks of the exams closed in one month."""
    return f"exam-marks#{month:%Y-%m}"


def decisions_key(outcome: Outcome) -> str:
    """The partition of what is public of one outcome."""
    return f"decisions#{outcome}"


def decision_key(outcome: Outcome, day: date, case_id: str) -> tuple[str, str]:
    """One case's decision, by the day of its publication."""
    return decisions_key(outcome), f"{day:%Y-%m-%d}#{case_id}"


def agency_number_key(agency: str, number: str) -> tuple[str, str]:
    """The case that another agency's desk knows by a number of its own."""
    return f"agency-number#{agency}#{number}", "number"


def matters_key(month: date) -> str:
    """The partition of the public matters that were filed in one month (UTC)."""
    return f"matters#{month:%Y-%m}"


def matter_key(filed_at: datetime, case_id: str) -> tuple[str, str]:
    """A public matter, by the moment of its filing."""
    at = filed_at.astimezone(UTC)
    return matters_key(at.date()), f"{at:%Y-%m-%dT%H:%M:%S}#{case_id}"


def outbox_key(message_id: str) -> tuple[str, str]:
    """A message that is committed and not yet acted upon."""
    return f"outbox#{message_id}", "outbox"


def told_key(case_id: str, event: int, endpoint: str) -> tuple[str, str]:
    """What an endpoint was told of one step of a case."""
    return f"case#{case_id}", f"told#{event:06}#{endpoint}"


def health_key(endpoint: str) -> tuple[str, str]:
    """How it goes with an endpoint."""
    return f"hook#{endpoint}", "health"


def root_key(day: date) -> tuple[str, str]:
    """A closed day."""
    return "roots", f"{day:%Y-%m-%d}"


def leaves_key(day: date) -> str:
    """The partition of what a closed day's root was made of."""
    return f"leaves#{day:%Y-%m-%d}"


def ledger_key(unit: str, month: date, case_id: str = "") -> tuple[str, str]:
    """What happened to one case in a unit's month; of the whole partition, without ``case_id``."""
    return f"ledger#{unit}#{month:%Y-%m}", case_id


def shard_of(subject: str) -> str:
    """The shard of the due index in which a case or a reception, and its messages, stand."""
    return f"due#{int(hashlib.sha256(subject.encode()).hexdigest()[:8], 16) % SHARDS}"


def shards() -> list[str]:
    """All shards of the due index."""
    return [f"due#{number}" for number in range(SHARDS)]
