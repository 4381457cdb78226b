"""转办: a matter goes to another agency's desk, whose answer comes back here; or it had come from one, and returns.

Each gives what is to be recorded, or refuses. Our own term to answer runs on meanwhile: it is our promise.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.agency_words import Progress
from chalicelib.domain.case import Case
from chalicelib.domain.city import Agency
from chalicelib.domain.events import (
    AgencyReported,
    DeadlineSet,
    Drafted,
    ExtensionGranted,
    Payload,
    Reason,
    ReferralReturned,
    Replied,
    Transferred,
    TransferReturned,
)
from chalicelib.domain.extending import check_days, extended
from chalicelib.domain.handling import accept, reply, required_words
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import State

BY_A_PERSON = Reason("basis.person", {})


class Told(Struct, frozen=True):
    """What a desk tells of a petition that we passed to it. ``number``: ours; ``at``: since when, by its own clock."""

    number: str
    state: Progress
    at: datetime
    their_number: str = ""
    unit_name: str = ""
    words: str = ""


def transfer(case: Case, agency: Agency, words: str, desk_unit: str, at: datetime, trade: Trade) -> tuple[Payload, ...]:
    """To the desk of ``agency``, by our own term. What is only registered is accepted first: it stays ours to answer.

    Raises Invalid without words.
    """
    said = required_words("words", words)
    accepted = (accept(case, at, BY_A_PERSON, trade),) if case.state is State.REGISTERED else ()
    clocks = accepted[0].clocks if accepted else case.clocks
    number = f"{case.case_id}-{case.transfers + 1}" if case.transfers else case.case_id
    sent = Transferred(agency.id, agency.name.zh, number, said, desk_unit, trade.to_handle(clocks))
    return (*accepted, sent)


def report(told: Told, name: str) -> AgencyReported:
    """How it stands at the agency ``name``."""
    return AgencyReported(told.number, name, told.state, told.at, told.unit_name, told.words, told.their_number)


def answer(case: Case, drafted: Drafted, agency: Agency, at: datetime, trade: Trade) -> Replied:
    """Their answer is ours: every citizen of the case who still waits gets it where she spoke."""
    return replace(reply(case, drafted, at, trade), agency=agency.name.zh)


def return_transfer(case: Case, words: str, at: datetime, trade: Trade) -> TransferReturned:
    """Back at our clerks, with what is said to it. Raises Invalid without words."""
    said, away = required_words("words", words), case.transfer
    return TransferReturned(
        away.number if away is not None else "",
        away.name if away is not None else "",
        said,
        case.unit or "",
        trade.to_dispatch_again(case.clocks, at),
    )


def extend_transfer(case: Case, reason: str, days: int, at: datetime, trade: Trade) -> ExtensionGranted:
    """More time for the other desk: it is our own term that is extended. Raises what ``check_days`` raises, and Invalid
    without a reason: the citizens are told it.
    """
    said = required_words("reason", reason)
    check_days(case, days, at, trade)
    return extended(case, said, days)


def set_deadline(case: Case, receipt: str, name: str, by: datetime, trade: Trade) -> DeadlineSet:
    """The agency that referred ``receipt`` sets another date; of several, the nearest binds."""
    dates = [
        voice.bound_by
        for voice in case.voices
        if voice.bound_by is not None and not voice.withdrawn and voice.receipt != receipt
    ]
    nearest = min((by, *dates))
    stopped = trade.bound(case.waiting.stopped, nearest) if case.waiting is not None else ()
    return DeadlineSet(receipt, name, by, trade.bound(case.clocks, nearest), stopped)


def return_referral(name: str, words: str) -> ReferralReturned:
    """退回, to the agency ``name`` that had referred it, with why it is not ours. Raises Invalid without words."""
    return ReferralReturned(name, required_words("words", words))
