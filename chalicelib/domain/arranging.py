"""Who handles a matter together: the desk itself, a lead with others, a joint conference; and which leader owns it.

Each gives what is to be recorded, or refuses.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.errors import FieldError, Invalid, RuleBroken
from chalicelib.domain.events import (
    AssistanceAsked,
    AssistanceCalledOff,
    Assisted,
    ConferenceCalled,
    ConferenceCalledOff,
    ConferenceHeld,
    Dispatched,
    Event,
    HandledDirectly,
    OwnerNamed,
    Payload,
    Reason,
)
from chalicelib.domain.handling import LONGEST_REPLY, accept, dispatch, instruct, optional_words, required_words
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import State

BY_INSTRUCTION = Reason("basis.instruction", {})
BY_CONFERENCE = Reason("basis.conference", {})
MOST_MEMBERS = 20
CALLED_AHEAD = timedelta(days=60)
LONGEST_MINUTES = 20_000


def handle_directly(case: Case, desk_unit: str, trade: Trade) -> HandledDirectly:
    """直接办理: the desk answers it itself, in the same term."""
    return HandledDirectly(desk_unit, trade.to_handle(case.clocks))


def dispatch_by_instruction(case: Case, unit: str, words: str, at: datetime, trade: Trade) -> list[Payload]:
    """批示交办: a leader's words say whose it is. Raises Invalid without words."""
    instructed = instruct(words)
    if case.state is not State.REGISTERED:
        return [instructed, dispatch(case, unit, at, BY_INSTRUCTION, "", trade)]
    accepted = accept(case, at, BY_INSTRUCTION, trade)
    return [instructed, accepted, _dispatched(unit, accepted.clocks, at, "", BY_INSTRUCTION, trade)]


def ask_assistance(case: Case, unit: str, words: str, at: datetime, trade: Trade) -> AssistanceAsked:
    """协办. Raises Invalid without words, or when the unit is the lead or was asked already."""
    said = required_words("words", words)
    if unit == case.unit:
        raise Invalid([FieldError("unit", "assistance.lead")])
    if unit in case.assisting:
        raise Invalid([FieldError("unit", "assistance.asked")])
    return AssistanceAsked(unit, said, trade.to_assist(at))


def call_off_assistance(case: Case, unit: str, words: str) -> AssistanceCalledOff:
    """Raises Invalid without words, or when the unit owes nothing."""
    if unit not in case.assisting:
        raise Invalid([FieldError("unit", "assistance.not_asked")])
    return AssistanceCalledOff(unit, required_words("words", words))


def assist(case: Case, unit: str, text: str, at: datetime) -> Assisted:
    """What the assisting unit adds. Raises Invalid without words, RuleBroken when it owes nothing."""
    owed = next((one for one in case.assists if one.unit == unit and one.given is None), None)
    if owed is None:
        raise RuleBroken("assistance.none")
    return Assisted(unit, required_words("text", text, LONGEST_REPLY), at <= owed.clock.due_at)


def call_conference(
    case: Case, on: datetime, place: str, members: tuple[str, ...], words: str, at: datetime, trade: Trade
) -> ConferenceCalled:
    """会办, or to another day. Raises Invalid naming what is missing: two units at least, and a day to come."""
    errors = []
    if on <= at:
        errors.append(FieldError("on", "conference.past"))
    if on > at + CALLED_AHEAD:
        errors.append(FieldError("on", "conference.too_far", (("days", str(CALLED_AHEAD.days)),)))
    if not 2 <= len(set(members)) <= MOST_MEMBERS:
        errors.append(FieldError("members", "conference.members", (("most", str(MOST_MEMBERS)),)))
    if errors:
        raise Invalid(errors)
    return ConferenceCalled(
        on,
        required_words("place", place, 200),
        tuple(dict.fromkeys(members)),
        required_words("words", words),
        trade.to_confer(case.clocks, at, on),
    )


def call_off_conference(case: Case, words: str, at: datetime, trade: Trade) -> ConferenceCalledOff:
    """The matter goes on where it stood, and the term of that step begins anew. Raises Invalid without words."""
    said, handling = required_words("words", words), trade.to_handle(case.clocks)
    if case.unit is None:
        return ConferenceCalledOff(said, trade.to_dispatch_again(handling, at))
    return ConferenceCalledOff(said, handling if case.signed_at is not None else trade.to_sign(handling, at))


def hold_conference(
    case: Case, present: str, minutes: str, opinion: str, lead: str, at: datetime, trade: Trade
) -> list[Payload]:
    """The one opinion, and who carries it out: a lead that has signed goes on, any other is dispatched to.

    Raises Invalid naming what is missing.
    """
    held = ConferenceHeld(
        required_words("present", present),
        required_words("minutes", minutes, LONGEST_MINUTES),
        required_words("opinion", opinion),
        lead,
        trade.to_handle(case.clocks),
    )
    if lead == case.unit and case.signed_at is not None:
        return [held]
    return [held, _dispatched(lead, held.clocks, at, held.opinion, BY_CONFERENCE, trade)]


def _dispatched(
    unit: str, clocks: tuple[Clock, ...], at: datetime, note: str, basis: Reason, trade: Trade
) -> Dispatched:
    until = trade.ends(trade.terms.return_within, at)
    return Dispatched(unit, basis, note, trade.to_sign(clocks, at), until)


def owner_of(case: Case, record: Iterable[Event]) -> str:
    """The name of the leader who owns ``case``, as its record has it; "" where nobody does."""
    named = [event.payload.name for event in record if isinstance(event.payload, OwnerNamed)]
    return named[-1] if case.owner is not None and named else ""


def name_owner(login: str, name: str, words: str) -> OwnerNamed:
    """包案 by a leader. Raises Invalid when the words are too long."""
    return OwnerNamed(login, name, optional_words("words", words))
