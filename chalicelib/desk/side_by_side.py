"""并排比对: two cases that may be of one matter, letter beside letter, and what a person finds of them."""

from datetime import datetime

from msgspec import Struct

from chalicelib.desk import kinship, working
from chalicelib.desk.committing import finish
from chalicelib.desk.kinship import Likely
from chalicelib.desk.working import Dossier, Voiced
from chalicelib.domain.case import Case
from chalicelib.domain.differences import Piece, compared
from chalicelib.domain.duplicates import Letter, normalised, similarity
from chalicelib.domain.errors import NotAllowed, NotFound
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage import cases, set_apart
from chalicelib.storage.set_apart import SetApart as SetApart
from chalicelib.storage.submissions import load_signed
from chalicelib.storage.table import DeskItem

LOOKING = frozenset({Role.CLERK, Role.LEADER})
MOST_VOICES = 10  # letters of one case that are looked through for the likest


class Page(Struct, frozen=True):
    """One side: a case, and of its letters the one that is compared."""

    dossier: Dossier
    voice: Voiced

    @property
    def case(self) -> Case:
        """The case."""
        return self.dossier.case


class SideBySide(Struct, frozen=True):
    """Two letters and where they differ. ``one_person``: None where nobody can tell; ``apart``: who has found that
    they are two matters.
    """

    here: Page
    there: Page
    one_person: bool | None
    likely: Likely
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    apart: SetApart | None


def side_by_side(staff: Staff, case_id: str, other_id: str, at: datetime) -> SideBySide:
    """The letters of two cases beside each other, as ``staff`` may read them.

    Raises NotAllowed for who does not decide on this, NotFound of what they may not read, of what is sealed, and of
    one case twice.
    """
    _may_look(staff, case_id, other_id)
    one, other = working.dossier(staff, case_id, at), working.dossier(staff, other_id, at)
    if not one.voices or not other.voices:
        raise NotFound()
    here = Page(one, one.voices[0])
    there = Page(other, max(other.voices[:MOST_VOICES], key=lambda voice: _likeness(here.voice, voice)))
    near = _likeness(here.voice, there.voice)
    one_person = _one_person(here.voice, there.voice)
    found = found_apart(case_id)
    return SideBySide(
        here,
        there,
        one_person,
        kinship.weighed(one.case, other.case, near, bool(one_person), staff.actor, at),
        compared(here.voice.title, there.voice.title),
        compared(here.voice.text, there.voice.text),
        next((one for one in found if one.other == other_id), None),
    )


def _may_look(staff: Staff, case_id: str, other_id: str) -> None:
    if staff.role not in LOOKING:
        raise NotAllowed(action="side_by_side")
    if case_id == other_id or not all(kinship.offered(cases.load(one)) for one in (case_id, other_id)):
        raise NotFound()


def _likeness(here: Voiced, there: Voiced) -> float:
    texts = (normalised(Letter(voice.title, voice.text, None, None)) for voice in (here, there))
    return similarity(*texts)


def _one_person(here: Voiced, there: Voiced) -> bool | None:
    receipts = (here.folder.submission.receipt, there.folder.submission.receipt)
    signed = load_signed(receipts)
    persons = {signed[receipt][1] for receipt in receipts if receipt in signed}
    return None if None in persons else len(persons) == 1


def found_apart(case_id: str) -> tuple[SetApart, ...]:
    """The cases that a person has found to be no matter of ``case_id``. One query."""
    return set_apart.set_apart_from(case_id)


def find_apart(staff: Staff, case_id: str, other_id: str, at: datetime) -> None:
    """不是同一件: neither is offered beside the other again. Raises what ``side_by_side`` raises."""
    _may_find(staff, case_id, other_id)
    finish(at=at, kept=set_apart.items(case_id, other_id, staff.name, staff.unit, at))


def find_open(staff: Staff, case_id: str, other_id: str, at: datetime) -> None:
    """That finding is taken back. Raises what ``side_by_side`` raises."""
    _may_find(staff, case_id, other_id)
    finish(at=at, gone=_gone(case_id, other_id, at))


def _gone(case_id: str, other_id: str, at: datetime) -> list[DeskItem]:
    return set_apart.items(case_id, other_id, "", None, at)


def _may_find(staff: Staff, case_id: str, other_id: str) -> None:
    """The clerk decides; a leader looks."""
    _may_look(staff, case_id, other_id)
    if staff.role is not Role.CLERK:
        raise NotAllowed(action="side_by_side")
