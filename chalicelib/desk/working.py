"""What the staff see: their lists, and a case with everything their role may know of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import cities, examining, finding, inboxes
from chalicelib.desk.committing import caught_up, finish, untouched
from chalicelib.desk.sealing import opened, with_file_names
from chalicelib.desk.vault import vault
from chalicelib.desk.veiling import veil
from chalicelib.desk.written import demands_of, marks_of, place_of, supplement_words, words_of
from chalicelib.domain.case import Case
from chalicelib.domain.city import LEVELS
from chalicelib.domain.demands import Demands
from chalicelib.domain.errors import Changed, NotAllowed, NotFound, NotYours
from chalicelib.domain.events import Event, Looked, Payload, PetitionerSeen
from chalicelib.domain.moves import open_to
from chalicelib.domain.paper_marks import PaperMarks
from chalicelib.domain.people import (
    Petitioner,
    Staff,
    masked_address,
    masked_name,
    masked_phone,
    may_know_petitioner,
    may_list,
    may_read,
    reads_masked,
)
from chalicelib.domain.texts import texts_of, with_texts
from chalicelib.domain.uploads import TYPES
from chalicelib.domain.words import Action, Role
from chalicelib.gateways import objects
from chalicelib.storage import cases
from chalicelib.storage.cases import Page
from chalicelib.storage.notices import Entry, inbox
from chalicelib.storage.placing import (
    ALARMS,
    CALLS,
    DESK_LIST,
    EXTENSIONS,
    TO_PUBLISH,
    TRANSFERS,
    UNSATISFIED,
    beside,
    done_by,
    open_at,
    owned_by,
    replied_by,
    under_level,
)
from chalicelib.storage.submissions import Folder, Supplement, load_folder, load_sealed_petitioner, load_submission

Cursor = dict[str, dict[str, str]]
UNDER = "level#"  # by which the lists of what is under an order begin
DIRECT = "direct"  # 直接办理: what the clerks handle themselves
BESIDE = "beside"  # what a unit assists with, confers on, or was asked first about
OWNED = "owned"  # 包案: what a leader owns
FILE_OPEN_FOR = timedelta(minutes=5)
TRIES = 5


class Voiced(Struct, frozen=True):
    """One submission of a case as a reader may see it. ``petitioner`` is masked; None where nobody left a name."""

    folder: Folder
    title: str
    text: str
    place: str
    supplements: tuple[tuple[Supplement, str], ...]
    petitioner: Petitioner | None
    may_unmask: bool
    marks: PaperMarks | None = None
    demands: Demands | None = None  # what the agency that referred it asks for


class Dossier(Struct, frozen=True):
    """A case for one reader. ``voices`` and ``looks`` are empty where the reader may know of the case, not read it.

    ``looks``: who has looked into a sealed one, this reader last; they are not among ``events``.
    """

    case: Case
    version: int  # of the case as it is stored: what a step must be taken against
    events: tuple[Event, ...]
    voices: tuple[Voiced, ...]
    actions: tuple[Action, ...]
    readable: bool
    looks: tuple[Event, ...]


def lists_of(staff: Staff) -> tuple[str, ...]:
    """The lists a person works through, the first to be shown first."""
    match staff.role:
        case Role.CLERK:
            transfers = (TRANSFERS,) if cities.current().desks_to_refer_to else ()
            return (DESK_LIST, ALARMS, DIRECT, *transfers, EXTENSIONS, CALLS, UNSATISFIED, TO_PUBLISH)
        case Role.HANDLER | Role.HEAD:
            supervised = (under_level(level) for level in LEVELS if 0 < staff.supervises <= level)
            return ("open", BESIDE, "replied", "done", *supervised, *kept_by(staff))
        case Role.SUPERVISOR if staff.supervises > 1:
            return tuple(under_level(level) for level in LEVELS if level >= staff.supervises)
        case Role.SUPERVISOR:
            return (*(under_level(level) for level in LEVELS), "red", "yellow", CALLS, UNSATISFIED)
        case Role.LEADER:
            return (*staff.mailboxes, OWNED, ALARMS)
        case _:
            return ()


def worklist(staff: Staff, name: str, limit: int, after: Cursor | None = None) -> Page:
    """One of a person's lists. Raises NotYours for another's."""
    if name not in lists_of(staff):
        raise NotYours()
    match staff.role:
        case Role.HANDLER | Role.HEAD if name == BESIDE:
            return cases.pointed_to(beside(staff.unit or ""), limit, after)
        case Role.LEADER if name == OWNED:
            return cases.pointed_to(owned_by(staff.login), limit, after)
        case Role.CLERK if name == DIRECT:
            return cases.listed(open_at(cities.current().desk_unit), limit, after)
        case Role.HANDLER | Role.HEAD if name in kept_by(staff):
            return _listable(staff, cases.addressed_to(name, limit, after))
        case Role.HANDLER | Role.HEAD if name.startswith(UNDER):
            return _listable(staff, cases.watched(name, limit, after))
        case Role.HANDLER | Role.HEAD:
            unit = staff.unit or ""
            place = {"open": open_at(unit), "replied": replied_by(unit), "done": done_by(unit)}[name]
            return cases.listed(place, limit, after)
        case Role.LEADER | Role.CLERK if name == ALARMS:
            return cases.pointed_to(ALARMS, limit, after)
        case Role.LEADER:
            return cases.addressed_to(name, limit, after)
        case Role.CLERK if name in (DESK_LIST, TRANSFERS):
            return cases.listed(name, limit, after)
        case Role.CLERK if name == TO_PUBLISH:
            return cases.pointed_to(name, limit, after)
        case _:
            return cases.watched(name, limit, after)


def kept_by(staff: Staff) -> tuple[str, ...]:
    """The mailboxes that the unit of ``staff`` keeps (箱主)."""
    return tuple(box.id for box in cities.current().mailboxes if staff.unit is not None and box.keeper == staff.unit)


def _listable(staff: Staff, page: Page) -> Page:
    return replace(page, cases=tuple(case for case in page.cases if may_list(staff, case)))


def dossier(staff: Staff, case_id: str, at: datetime) -> Dossier:
    """A case with everything ``staff`` may know of it. Whoever reads a sealed one is on record before it is shown.

    Raises NotFound, also for what they may not know of.
    """
    stored = cases.load(case_id)
    case = caught_up(stored, at).after
    if not may_list(staff, case) and not may_list(staff, stored):
        raise NotFound()
    examining.note_read(stored, staff, at)
    readable = may_read(staff, stored)
    if readable and stored.sealed:
        stored = _looked(staff, case_id, Looked(), at)
    record = [opened(stored, event) if readable else event for event in cases.record_of(case_id)]
    voices = tuple(_voiced(staff, stored, voice.receipt) for voice in stored.voices) if readable else ()
    found = Dossier(
        case,
        stored.version,
        tuple(event for event in record if not isinstance(event.payload, Looked)),
        voices,
        tuple(open_to(case, staff.actor, at)),
        readable,
        tuple(event for event in record if isinstance(event.payload, Looked)) if readable else (),
    )
    return veiled(found) if readable and reads_masked(staff, stored) else found


def veiled(dossier: Dossier) -> Dossier:
    """The same without what would tell who wrote: names, numbers and addresses are hidden in every text."""
    hide = veil(dossier.case.receipts)
    voices = (
        replace(
            voice,
            title=hide(voice.title),
            text=hide(voice.text),
            place=hide(voice.place),
            supplements=tuple((one, hide(text)) for one, text in voice.supplements),
            marks=None,
            demands=None,
        )
        for voice in dossier.voices
    )
    events = (
        replace(event, payload=with_texts(event.payload, {field: hide(text) for field, text in texts.items()}))
        for event, texts in ((event, texts_of(event.payload)) for event in dossier.events)
    )
    case = replace(dossier.case, title=hide(dossier.case.title), place="")
    return replace(dossier, case=case, voices=tuple(voices), events=tuple(events))


def _looked(
    staff: Staff, case_id: str, look: Payload, at: datetime, may: Callable[[Staff, Case], bool] = may_read
) -> Case:
    """The case, with the look on its record. Who looks at the same moment takes turns.

    Raises NotFound for whom it is, by ``may``, shown no longer; Changed when others were faster time after time.
    """
    for _ in range(TRIES):
        case = cases.load(case_id)
        if not may(staff, case):
            raise NotFound()
        step = untouched(case).then([look], staff.actor, at)
        try:
            finish(step, at=at)
        except Changed:
            continue
        return step.after
    raise Changed()


def _voiced(staff: Staff, case: Case, receipt: str) -> Voiced:
    folder = load_folder(receipt)
    submission = folder.submission
    if submission.erasure is not None:
        return Voiced(Folder(replace(submission, attachments=()), (), ()), "", "", "", (), None, may_unmask=False)
    title, text = words_of(submission)
    added = tuple((one, supplement_words(submission, one.text, one.number)) for one in folder.supplements)
    known = may_know_petitioner(staff, case, submission.keep_name_from_unit)
    sealed = load_sealed_petitioner(receipt) if known else None
    petitioner = masked(vault().open_petitioner(sealed, receipt)) if sealed else None
    place, marks, demands = place_of(submission), marks_of(submission), demands_of(submission)
    return Voiced(with_file_names(folder), title, text, place, added, petitioner, sealed is not None, marks, demands)


def masked(petitioner: Petitioner) -> Petitioner:
    """A petitioner as anybody who may know there is one is shown them."""
    mail = f"{petitioner.email[:1]}***@{petitioner.email.rpartition('@')[2]}" if petitioner.email else ""
    return Petitioner(
        masked_name(petitioner.name),
        masked_phone(petitioner.phone),
        mail,
        address=masked_address(petitioner.address),
        answer_by=petitioner.answer_by,
    )


def petitioner_of(staff: Staff, case_id: str, receipt: str, at: datetime) -> Petitioner:
    """Who wrote a submission, in full. The look itself is an event of the case.

    Raises NotFound, and NotAllowed where the role may not know or the writer does not wish it.
    """
    case = cases.load(case_id)
    if case.voice(receipt) is None:
        raise NotFound()
    may_know = partial(may_know_petitioner, keep_name_from_unit=load_submission(receipt).keep_name_from_unit)
    if not may_know(staff, case):
        raise NotAllowed(action="petitioner")
    sealed = load_sealed_petitioner(receipt)
    if sealed is None:
        raise NotFound()
    _looked(staff, case_id, PetitionerSeen(receipt), at, may_know)
    return vault().open_petitioner(sealed, receipt)


def file_of(staff: Staff, case_id: str, receipt: str, number: int, at: datetime) -> str:
    """An address at which a checked file can be fetched for a few minutes; of a sealed case, the look is on record.

    Raises NotFound for one that was not found clean, or is not theirs.
    """
    case = cases.load(case_id)
    if not may_read(staff, case) or case.voice(receipt) is None:
        raise NotFound()
    folder = load_folder(receipt)
    finding = folder.finding(number)
    if finding is None or finding.verdict != "clean":
        raise NotFound()
    if not case.sealed:
        return objects.presigned_get(finding.clean_key, folder.attachments[number].name, FILE_OPEN_FOR)
    _looked(staff, case_id, Looked(receipt, number), at)
    # an address is kept by browsers and in logs: the name that the accuser gave the file is not to stand in it
    return objects.presigned_get(
        finding.clean_key, f"{receipt}-{number + 1}.{TYPES[finding.found_type]}", FILE_OPEN_FOR
    )


def find(staff: Staff, number: str) -> str:
    """The case of a case number, a receipt or another agency's number, if ``staff`` may know of it. Raises NotFound."""
    case = finding.case_numbered(number)
    if case is None or not may_list(staff, case):
        raise NotFound()
    return case.case_id


def inbox_of(staff: Staff) -> list[Entry]:
    """The entries of a person's inbox, latest first."""
    return inbox(inboxes.inbox_of(staff))
