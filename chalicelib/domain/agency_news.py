"""Which of what happens to a case the desks of other agencies are told: one row for each step that is."""

from chalicelib.domain import events as happened
from chalicelib.domain.agency_words import Progress
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event, Payload
from chalicelib.domain.words import Role, State

PROGRESS: dict[type[Payload], Progress] = {
    happened.Registered: Progress.REGISTERED,
    happened.Joined: Progress.JOINED,
    happened.Accepted: Progress.ACCEPTED,
    happened.Declined: Progress.DECLINED,
    happened.Dispatched: Progress.DISPATCHED,
    happened.HandledDirectly: Progress.IN_HANDLING,
    happened.Transferred: Progress.DISPATCHED,
    happened.Signed: Progress.IN_HANDLING,
    happened.Referred: Progress.REFERRED,
    happened.ReferralReturned: Progress.RETURNED,
    happened.Replied: Progress.REPLIED,
    happened.Concluded: Progress.CONCLUDED,
    happened.Terminated: Progress.TERMINATED,
    happened.Withdrawn: Progress.WITHDRAWN,
    happened.VoiceWithdrawn: Progress.WITHDRAWN,
}
"""What whoever referred the matter to us is told."""

DATED: tuple[type[Payload], ...] = (happened.ExtensionGranted, happened.ClocksRecounted, happened.DeadlineSet)
"""By which our term, and so the date that we set for another desk, can move."""


def agencies_told(before: Case | None, after: Case, event: Event) -> frozenset[str]:
    """The ids of the agencies that may be to be told of ``event``. ``before``: the case as the command found it.

    Nothing of a sealed accusation, nor of a test letter, is told to anybody.
    """
    if after.sealed or not after.counted:
        return frozenset()
    above = {voice.agency for voice in after.voices} if progress_of(event) is not None else set()
    away = before.transfer.agency if before is not None and before.transfer is not None and with_agency(before) else ""
    passed_on = isinstance(event.payload, (*DATED, happened.Withdrawn, happened.Supplemented)) or _recalled(event)
    below = (
        {event.payload.agency} if isinstance(event.payload, happened.Transferred) else {away} if passed_on else set()
    )
    return frozenset((above | below) - {""})


def _recalled(event: Event) -> bool:
    return isinstance(event.payload, happened.TransferReturned) and event.by.role is Role.CLERK


def with_agency(case: Case) -> bool:
    """Whether another agency's desk is to answer it now."""
    return case.state is State.WITH_AGENCY


def progress_of(event: Event) -> Progress | None:
    """What whoever referred the matter is told of ``event``: also that the desk to which we passed it is at work."""
    if isinstance(event.payload, happened.AgencyReported):
        return event.payload.state if event.payload.state is Progress.IN_HANDLING else None
    return PROGRESS.get(type(event.payload))
