"""待告知: what a citizen is told by a person, who has no way by which a notice comes, or wishes it so."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import working
from chalicelib.desk.tracking import case_of
from chalicelib.desk.vault import vault
from chalicelib.desk.written import words_of
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, DataErased, NotFound
from chalicelib.domain.events import Event, Registered
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.people import Petitioner, Staff, answered_by, may_know_petitioner
from chalicelib.domain.submission import Submission, day_in_shanghai
from chalicelib.domain.words import AnswerBy, Role
from chalicelib.storage import cases, owed
from chalicelib.storage.notices import Attempted, Sending
from chalicelib.storage.submissions import load_sealed_petitioner, load_submission
from chalicelib.storage.unit_of_work import Work, commit

NOT_REACHED = "not_reached"
WAYS = tuple(way for way in AnswerBy if way is not AnswerBy.NOTICE)
LONGEST_NUMBER = 40  # of a registered letter


class Owing(Struct, frozen=True):
    """One citizen and all that she is to be told, in the order in which it happened. ``petitioner`` is masked;
    ``title``: "" of a sealed matter.
    """

    submission: Submission
    title: str
    case: Case
    steps: tuple[Attempted, ...]
    petitioner: Petitioner

    @property
    def receipt(self) -> str:
        """Her receipt number."""
        return self.submission.receipt

    @property
    def since(self) -> datetime:
        """When the first of it happened."""
        return self.steps[0].at

    @property
    def way(self) -> AnswerBy:
        """By which way she is to be told."""
        return AnswerBy(self.steps[-1].way)

    @property
    def tries(self) -> int:
        """How often somebody tried to reach her."""
        return max(step.attempts for step in self.steps)


class Told(Struct, frozen=True):
    """A step to be told with what the record says of it; nothing of a sealed matter."""

    attempt: Attempted
    event: Event | None


def owe(event: Event, case: Case, petitioner: Petitioner, submission: Submission, subject: str, text: str) -> None:
    """Lay ``event`` down to be told to ``petitioner`` by a person; nothing where she left no way at all, or where
    nobody may know who she is: she asks by number and code.

    That it is registered, and its number, she has at once: on the slip that she was given, or that went by post.
    """
    way, receipt = answered_by(petitioner), submission.receipt
    if way is None or isinstance(event.payload, Registered) or (case.sealed and submission.keep_name_from_unit):
        return
    shown = working.masked(petitioner)
    to = {AnswerBy.CALL: shown.phone, AnswerBy.POST: shown.address}.get(way, "")
    attempt = Attempted(case.case_id, event.number, receipt, way, to, subject, text, Sending.OWED, 0, event.at)
    owed.owe(attempt, sealed=case.sealed)


def waiting(staff: Staff) -> list[Owing]:
    """Whom ``staff`` is to tell something, who has waited longest first: the clerks tell of all but accusations, of
    which the discipline line tells its own.
    """
    by_receipt: dict[str, list[Attempted]] = {}
    for attempt in _waiting(staff):
        by_receipt.setdefault(attempt.recipient, []).append(attempt)
    found = (_owing(staff, receipt, _in_order(steps)) for receipt, steps in by_receipt.items())
    return [owing for owing in found if owing is not None]


def number_waiting(staff: Staff) -> int:
    """How many citizens wait in the list of ``staff``."""
    return len({attempt.recipient for attempt in _waiting(staff)}) if staff.role is Role.CLERK else len(waiting(staff))


def _waiting(staff: Staff) -> Iterable[Attempted]:
    return owed.waiting(owed.OPEN if staff.role is Role.CLERK else owed.SEALED)


def _in_order(steps: list[Attempted]) -> list[Attempted]:
    """As they happened; of what one step brought about at one moment, by its number."""
    return sorted(steps, key=lambda step: (step.at, step.event))


def _owing(staff: Staff, receipt: str, steps: list[Attempted]) -> Owing | None:
    """None for what is another's to tell, and for what its writer is just having erased."""
    try:
        case = case_of(receipt)
    except DataErased:
        return None
    sealed = load_sealed_petitioner(receipt)
    if sealed is None or not may_know_petitioner(staff, case, keep_name_from_unit=False):
        return None
    submission, person = load_submission(receipt), vault().open_petitioner(sealed, receipt)
    title = "" if case.sealed else words_of(submission)[0]
    return Owing(submission, title, case, tuple(steps), working.masked(person))


def owing_to(staff: Staff, receipt: str) -> Owing:
    """What one citizen is to be told. Raises NotFound for nothing, and for what is not this person's to tell."""
    steps = [attempt for attempt in _waiting(staff) if attempt.recipient == receipt]
    owing = _owing(staff, receipt, _in_order(steps)) if steps else None
    if owing is None:
        raise NotFound()
    return owing


def to_say(owing: Owing) -> list[Told]:
    """Each step with its event, to be said in full; of a sealed matter only that there is something."""
    if owing.case.sealed:
        return [Told(step, None) for step in owing.steps]
    return [Told(step, cases.event(step.case_id, step.event)) for step in owing.steps]


def person_of(staff: Staff, owing: Owing, at: datetime) -> Petitioner:
    """Who is to be told, in full; the look is on record. Raises what ``working.petitioner_of`` raises."""
    return working.petitioner_of(staff, owing.case.case_id, owing.receipt, at)


def tell(staff: Staff, receipt: str, raw: Mapping[str, str], at: datetime) -> None:
    """Set down that she was told, or was not reached. ``raw``: ``way`` ("call", "post", "hand" or "not_reached"),
    ``number`` of a registered letter, ``on`` its day, and ``seen``: the steps that the page showed, ``case.event``.

    All of it in one commit: of two people at once one is told that it was done. Raises Invalid, NotFound, Changed.
    """
    way, number, told_at = _read(raw, at)
    owing = owing_to(staff, receipt)
    if f"{owing.tries}" != raw.get("tries", ""):
        raise Changed()  # somebody has tried meanwhile: what they found comes first
    seen = set(raw.get("seen", "").split())
    steps = [step for step in owing.steps if name_of(step) in seen]
    if not steps:
        raise Changed()
    sealed = owing.case.sealed
    if way == NOT_REACHED:
        items = [owed.tried(replace(step, error=NOT_REACHED, by=staff.name), sealed=sealed) for step in steps]
    else:
        items = [
            owed.told(replace(step, way=way, at=told_at, by=staff.name, provider_id=number, error="")) for step in steps
        ]
    commit(Work(at, versioned=items))


def name_of(step: Attempted) -> str:
    """By which a page names a step that it showed."""
    return f"{step.case_id}.{step.event}"


def _read(raw: Mapping[str, str], at: datetime) -> tuple[str, str, datetime]:
    reader = FieldReader(raw)
    way = reader.text("way", required=True)
    if way and way not in (*WAYS, NOT_REACHED):
        reader.refuse("way", "field.unknown_choice")
    number = reader.text("number", longest=LONGEST_NUMBER)
    today = day_in_shanghai(at)
    on = reader.day("on", latest=today)
    reader.raise_errors()
    return way, number, at if on is None or on == today else _noon(on)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)
