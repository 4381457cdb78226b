"""What must hold of every case, judged apart from the code that is judged.

Who may do what is recomputed from the rows of ``MOVES``, never asked of ``permit``; who is in charge is counted from
the record, never read from the case.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.chain import first_break
from chalicelib.domain.events import Actor, Event
from chalicelib.domain.folding import fold
from chalicelib.domain.moves import MOVES, Move, Seat
from chalicelib.domain.supervision import due_now
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Action, ClockName, Role, State

AT_A_UNIT = frozenset(
    {
        State.DISPATCHED,
        State.IN_HANDLING,
        State.WAITING,
        State.AWAITING_APPROVAL,
        State.WITH_AGENCY,
        State.IN_REVIEW,
    }
)

AFTER_REPLY = frozenset({State.REPLIED, State.IN_REVIEW, State.CONCLUDED, State.TERMINATED})


class Wrong(StrEnum):
    """What can be wrong, by the name it is counted under."""

    STUCK = "stuck"
    ILLEGAL_ACCEPTED = "illegal_accepted"
    LEGAL_REFUSED = "legal_refused"
    REFUSED_CHANGED = "refused_changed"
    FOLD = "fold_mismatches"
    CHAIN = "chain_breaks"
    TWO_IN_CHARGE = "two_in_charge"
    VOICES = "voices_lost"
    CONSENT = "public_without_consent"
    UNBOUND = "later_than_another_agency_allows"


class Fault(Struct, frozen=True):
    """One thing that is wrong, told so that a person can look for it."""

    wrong: Wrong
    told: str


def is_lawful(case: Case, action: Action, by: Actor, at: datetime) -> bool:
    """Whether the row of ``action`` lets ``by`` take it on ``case`` at ``at``."""
    row = MOVES[action]
    theirs = by.role not in (Role.HANDLER, Role.HEAD) or by.unit in _units_of(row, case)
    return (
        (by.role in row.roles or (by.role is Role.CLERK and row.direct and case.direct))
        and case.state in row.states
        and theirs
        and (row.on_sealed or not case.sealed)
        and all(need.holds(case, by, at) for need in row.needs)
    )


def _units_of(row: Move, case: Case) -> set[str]:
    """The units whose people may take the step."""
    units: set[str | None] = {case.in_charge} if Seat.LEAD in row.seats else set()
    units |= {case.first_asked} if Seat.FIRST_ASKED in row.seats else set()
    units |= {one.unit for one in case.assists if one.given is None} if Seat.ASSISTING in row.seats else set()
    pressing: set[str | None] = {*(case.overseen_by if Seat.OFFICE in row.seats else ())}
    pressing |= {case.keeper} if Seat.KEEPER in row.seats else set()
    units |= set() if case.sealed else pressing - {case.in_charge}
    return {unit for unit in units if unit is not None}


def faults_of(case: Case, events: Iterable[Event], trade: Trade) -> Iterator[Fault]:
    """What is wrong with ``case`` as it is stored, by its record and by itself."""
    events = list(events)
    if fold(events) != case:
        yield Fault(Wrong.FOLD, f"folding {len(events)} events does not give the case")
    broken = first_break(events)
    if broken is not None:
        yield Fault(Wrong.CHAIN, f"event {broken} does not fit")
    yield from _charge(case, events)
    yield from _next_moment(case, trade)
    yield from _public(case, events)
    yield from _bound(case)


def faults_between(cases: Sequence[Case], withdrawn: set[str]) -> Iterator[Fault]:
    """What is wrong between cases that may have been joined and split: every citizen stands in one of them that was
    not joined to another, and whoever withdrew speaks in none.
    """
    apart = [case for case in cases if case.state is not State.JOINED]
    speaking = Counter(receipt for case in apart for receipt in case.receipts)
    everybody = {voice.receipt for case in cases for voice in case.voices}
    for receipt in sorted(everybody):
        if speaking[receipt] != (receipt not in withdrawn):
            told = "who withdrew" if receipt in withdrawn else "who did not withdraw"
            yield Fault(Wrong.VOICES, f"{receipt}, {told}, speaks in {speaking[receipt]} cases")


def _charge(case: Case, events: list[Event]) -> Iterator[Fault]:
    """One unit answers at most, and while its answer is reviewed one unit reviews. A unit that answered some citizens
    and returned the rest stands for its answer again once nobody of the rest is left.
    """
    answering: set[str] = set()
    reviewing: set[str] = set()
    answered: str | None = None
    for event in events:
        match event.payload:
            case happened.Dispatched(unit=unit):
                answering.add(unit)
            case happened.Returned(unit=unit):
                answering.discard(unit)
            case happened.HandledDirectly(unit=unit):
                answering.add(unit)
            case happened.Transferred(desk=desk):
                answering.add(desk)
            case happened.TransferReturned(desk=desk):
                answering.discard(desk)
            case happened.ConferenceHeld(lead=lead):
                answering = {lead}  # whoever had it before has it no longer
            case happened.SplitOff():
                answering.clear()  # it begins anew at the register
            case happened.Replied(unit=unit, known_from=known_from):
                answered = unit
                answering |= {unit} if known_from else set()
            case happened.ReworkOrdered(unit=unit):
                answering.add(unit)
            case happened.ReviewAsked(reviewer=reviewer):
                reviewing.add(reviewer)
            case happened.ReviewDecided(unit=unit):
                reviewing.discard(unit)
    if len(answering) > 1 or len(reviewing) > 1:
        yield Fault(Wrong.TWO_IN_CHARGE, f"{sorted(answering)} answer, {sorted(reviewing)} review")
    expected = next(iter(reviewing or answering), answered if case.state in AFTER_REPLY else None)
    if case.in_charge != expected:
        yield Fault(Wrong.TWO_IN_CHARGE, f"{case.in_charge} is in charge; by the record, {expected}")
    asked = events[case.extension.asked - 1].by if case.extension is not None else None
    if asked is not None and asked.unit != case.in_charge and not (case.direct and asked.role is Role.CLERK):
        yield Fault(Wrong.TWO_IN_CHARGE, f"{case.in_charge} is in charge, another unit asks for more time")


def _next_moment(case: Case, trade: Trade) -> Iterator[Fault]:
    """An open case has a moment at which it moves by itself, and somebody who can move it; an ended one has none."""
    moment = case.next_due_at(case.moved_at)
    if case.ended:
        if moment is not None and not (case.state is State.CONCLUDED and moment in _after_the_end(case)):
            yield Fault(Wrong.STUCK, f"ended, and still due at {moment}")
        return
    if case.state in AT_A_UNIT and not case.in_charge:
        yield Fault(Wrong.STUCK, f"{case.state.value}, and no unit in charge")
    waits = any(voice.answered_at is None and not voice.withdrawn for voice in case.voices)
    if waits is (case.state in (State.REPLIED, State.IN_REVIEW)):
        yield Fault(Wrong.STUCK, f"{case.state.value}, and {'somebody' if waits else 'nobody'} waits for an answer")
    if moment is None and not _at_the_top(case):
        yield Fault(Wrong.STUCK, f"{case.state.value}, and nothing will ever be due")
    if (moment is None or moment > case.moved_at) and due_now(case, case.moved_at, trade):
        yield Fault(Wrong.STUCK, f"{case.state.value}: something is due now, and the sweep is to come at {moment}")


def _after_the_end(case: Case) -> set[datetime | None]:
    """What may still come of what was answered: a promise, an order about the answer, a leader's inspection."""
    order = case.order.late_at if case.order is not None else None
    return {case.done_by, case.stands_until, order, case.inspection.next_at if case.inspection is not None else None}


def _public(case: Case, events: list[Event]) -> Iterator[Fault]:
    """What is public is what the record says: what was decided last, and everybody whom it quotes still lets it be."""
    consents: set[str] = set()
    outcome, stands = None, False
    for event in events:
        match event.payload:
            case (
                happened.Filed(receipt=receipt, may_publish=True)
                | happened.VoiceAdded(receipt=receipt, may_publish=True)
            ):
                consents.add(receipt)
            case happened.ConsentWithdrawn(receipt) | happened.Withdrawn(receipt) | happened.VoiceWithdrawn(receipt):
                consents.discard(receipt)
            case happened.SplitOff(consenting=consenting):
                consents &= set(consenting)
            case happened.VoicesSplit(receipts):
                consents -= set(receipts)
            case happened.Replied(outcome=given):
                outcome = given
            case happened.DecisionPublished():
                stands = True
            case happened.DecisionTakenDown():
                stands = False
    if stands is not (case.published is not None):
        yield Fault(Wrong.CONSENT, f"by the record it {'is' if stands else 'is not'} public")
    if case.published is None:
        return
    if not case.published.quoted or set(case.published.quoted) - consents:
        yield Fault(Wrong.CONSENT, f"quotes {case.published.quoted}; by the record, {sorted(consents)} consent")
    if case.published.outcome is not outcome or case.state not in (State.REPLIED, State.CONCLUDED):
        yield Fault(Wrong.CONSENT, f"{case.published.outcome.value} is public of a case in {case.state.value}")


def _bound(case: Case) -> Iterator[Fault]:
    """Nobody promises, or asks the citizen to wait, beyond the date that another agency has set for the answer."""
    owed = [voice.bound_by for voice in case.voices if voice.answered_at is None and not voice.withdrawn]
    nearest = min((by for by in owed if by is not None), default=None)
    stopped = case.waiting.stopped if case.waiting is not None else ()
    for clock in (*case.clocks, *stopped):
        if nearest is not None and clock.name is ClockName.HANDLE and clock.due_at > nearest:
            yield Fault(Wrong.UNBOUND, f"ours ends at {clock.due_at}, theirs at {nearest}")


def _at_the_top(case: Case) -> bool:
    """The lawful exception: every term is over and the highest level of supervision has been reached. Nothing more
    comes by itself then: the case stands first in the supervisors' list until people move it.
    """
    top = case.order is not None and case.order.next_level_at is None
    return top and bool(case.clocks) and all(clock.red_at <= case.moved_at for clock in case.clocks)
