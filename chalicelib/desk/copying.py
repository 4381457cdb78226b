"""A citizen is given a copy of everything that the desk keeps of her submission, and nothing of anybody else's."""

from datetime import datetime

from msgspec import Struct

from chalicelib.desk.erasing import records_of
from chalicelib.desk.tracking import Status, track
from chalicelib.desk.vault import vault
from chalicelib.desk.written import place_of
from chalicelib.domain.events import Event, Looked, PetitionerSeen
from chalicelib.domain.people import Petitioner
from chalicelib.storage import notices
from chalicelib.storage.notices import Attempted as Attempted
from chalicelib.storage.submissions import load_sealed_petitioner


class Copy(Struct, frozen=True):
    """``notices``: the address is masked, as it is kept. ``looks``: at her name, or at a sealed matter."""

    status: Status
    place: str
    petitioner: Petitioner
    notices: tuple[Attempted, ...]
    looks: tuple[Event, ...]


def copy_of(receipt: str, at: datetime) -> Copy:
    """The copy for the citizen of ``receipt``, who was admitted. Raises DataErased once there is nothing left."""
    status = track(receipt, at)
    submission = status.folder.submission
    sealed = load_sealed_petitioner(receipt)
    petitioner = vault().open_petitioner(sealed, receipt) if sealed is not None else Petitioner()
    records = records_of(submission.case_id)
    sent = [attempt for case_id in records for attempt in notices.of_case(case_id) if attempt.recipient == receipt]
    looks = [event for record in records.values() for event in record if _at_her(event, receipt)]
    return Copy(status, place_of(submission), petitioner, tuple(sent), tuple(sorted(looks, key=lambda look: look.at)))


def _at_her(event: Event, receipt: str) -> bool:
    """Whether somebody looked at her data: a sealed case is hers alone, and a look at all of it names no receipt."""
    match event.payload:
        case PetitionerSeen(seen) | Looked(seen):
            return seen in (receipt, "")
        case _:
            return False
