"""The steps of a case from the register to its end: each gives what is to be recorded, or refuses.

Whether the role and the state allow the step at all stands in ``moves``; here is what the step itself asks for.
"""

from datetime import UTC, date, datetime, time, timedelta

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case, Voice
from chalicelib.domain.clocks import Clock, exact_clock
from chalicelib.domain.errors import FieldError, Invalid, RuleBroken
from chalicelib.domain.events import (
    Accepted,
    Answer,
    Declined,
    Dispatched,
    Drafted,
    Instructed,
    Joined,
    Noted,
    Reason,
    Referred,
    Replied,
    Returned,
    SentBack,
    Signed,
    VoiceAdded,
)
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import DECISIONS, ClockName, DeclineGround, Kind, Outcome

LONGEST_REPLY = 20_000
LONGEST_WORDS = 2_000
LONGEST_PROMISE = timedelta(days=366)
MOST_JOINED_AT_ONCE = 40  # each is an event of its own, and they are one commit
MOST_VOICES = 500  # of one case: it is one item of the table, read and written whole


def accept(
    case: Case,
    at: datetime,
    basis: Reason,
    trade: Trade,
    category: str | None = None,
    suggested_unit: str | None = None,
) -> Accepted:
    """受理: the matter is ours, and the term to answer begins.

    ``category``, ``suggested_unit``: what a clerk decided it is about, and whose that is.
    """
    clocks = trade.to_dispatch(case.clocks, at, case.kind, case.urgent, case.bound_by)
    backlog_at = trade.ends(trade.terms.backlog_age, case.opened_at)
    return Accepted(basis, clocks, backlog_at, category, suggested_unit)


def decline(ground: DeclineGround, where_to: str) -> Declined:
    """不予受理; where to go instead must be said (art. 23)."""
    return Declined(ground, required_words("where_to", where_to))


def join(case: Case, into: Case, basis: Reason) -> tuple[Joined, tuple[VoiceAdded, ...]]:
    """并案: what is recorded on the case that ends here, and on the case that goes on for both.

    Raises Invalid when ``into`` cannot take these voices, RuleBroken when they would be answered later with it.
    """
    if into.case_id == case.case_id or not case.counted or not can_be_joined(into):
        raise Invalid([FieldError("into", "join.closed")])
    if len(case.receipts) > MOST_JOINED_AT_ONCE or len(into.voices) + len(case.receipts) > MOST_VOICES:
        raise Invalid([FieldError("into", "join.too_many")])
    if answered_later(into, case):
        raise RuleBroken("join.later")
    added = tuple(
        VoiceAdded(
            voice.receipt,
            case.case_id,
            voice.filed_at,
            voice.own_term_ends_at,
            basis,
            voice.signers,
            voice.may_publish,
            voice.agency,
            voice.bound_by,
        )
        for voice in case.voices
        if not voice.withdrawn
    )
    return Joined(into.case_id, basis), added


def answered_later(into: Case, case: Case) -> bool:
    """Whether whoever waits with ``case`` would lose time by being answered with ``into``: by the term that runs, or by
    the date that another agency has set.
    """
    own, theirs = _handling_clock(case), _handling_clock(into) or _stopped(into)
    ends = [end for end in (own.due_at if own is not None else None, case.bound_by) if end is not None]
    if not ends or (own is None and theirs is None):
        return False  # where neither term runs yet, the date binds the one that will
    return theirs is None or theirs.due_at > min(ends)


def _stopped(case: Case) -> Clock | None:
    stopped = case.waiting.stopped if case.waiting is not None else ()
    return next((clock for clock in stopped if clock.name is ClockName.HANDLE), None)


def can_be_joined(into: Case) -> bool:
    """Only a matter that is still to be answered takes another voice; a sealed one never does."""
    waits = not into.ended and any(_waits(voice) for voice in into.voices)
    return waits and into.counted and not into.sealed and len(into.voices) < MOST_VOICES


def dispatch(
    case: Case, unit: str, at: datetime, basis: Reason, note: str, trade: Trade, category: str | None = None
) -> Dispatched:
    """交办: one unit is to answer. ``category``: what a clerk decided it is about."""
    clocks, until = trade.to_sign(case.clocks, at), trade.ends(trade.terms.return_within, at)
    return Dispatched(unit, basis, optional_words("note", note), clocks, until, category)


def return_to_desk(case: Case, at: datetime, ground: str, trade: Trade) -> Returned:
    """退回, with the ground in words."""
    return Returned(case.unit or "", required_words("ground", ground), trade.to_dispatch_again(case.clocks, at))


def sign(case: Case, trade: Trade) -> Signed:
    """签收."""
    return Signed(case.unit or "", trade.to_handle(case.clocks))


def note(text: str, public: bool) -> Noted:
    """A note on progress."""
    return Noted(required_words("text", text), public)


def draft(case: Case, text: str, outcome: Outcome, done_on: date | None, at: datetime) -> Drafted:
    """A reply for somebody else to approve. ``done_on``: the day by which what it promises is done.

    Raises Invalid naming what is missing: advice is adopted or not, a promise has a day.
    """
    said = required_words("text", text, LONGEST_REPLY)
    if outcome not in outcomes_of(case.kind):
        raise Invalid([FieldError("outcome", "reply.outcome")])
    if outcome is not Outcome.BY_DATE:
        return Drafted(said, outcome)
    today = at.astimezone(SHANGHAI).date()
    if done_on is None or not today < done_on <= today + LONGEST_PROMISE:
        raise Invalid([FieldError("done_on", "reply.done_on")])
    return Drafted(said, outcome, datetime.combine(done_on + timedelta(days=1), time(), SHANGHAI).astimezone(UTC))


def outcomes_of(kind: Kind) -> tuple[Outcome, ...]:
    """What a reply to a matter of ``kind`` may amount to."""
    if kind is Kind.ADVICE:
        return (*DECISIONS, Outcome.EXPLAINED)
    return tuple(outcome for outcome in Outcome if outcome not in DECISIONS)


def send_back(words: str) -> SentBack:
    """The draft goes back to the handler with what is wrong with it."""
    return SentBack(required_words("words", words))


def reply(case: Case, drafted: Drafted, at: datetime, trade: Trade, receipts: tuple[str, ...] | None = None) -> Replied:
    """答复 to ``receipts``, by default to every citizen of the case who is still to be answered.

    Raises Invalid when none of ``receipts`` waits for an answer.
    """
    waiting = [voice for voice in case.voices if _waits(voice)]
    answered = [voice for voice in waiting if receipts is None or voice.receipt in receipts]
    if not answered:
        raise Invalid([FieldError("receipts", "reply.nobody")])
    rest = [voice for voice in waiting if voice not in answered]
    return Replied(
        unit=case.unit or "",
        text=drafted.text,
        outcome=drafted.outcome,
        answers=tuple(Answer(voice.receipt, _in_time(case, voice, at)) for voice in answered),
        ask_rating_at=trade.ends(trade.terms.rating_asked, at),
        window_ends_at=trade.ends(trade.terms.rating_window, at),
        clocks=_clocks_for(rest, case, trade),
        review_until=trade.ends(trade.terms.review_window, at) if case.kind is Kind.APPEAL else None,
        done_by=drafted.done_by,
        check=drafted.check,
    )


def _waits(voice: Voice) -> bool:
    return voice.answered_at is None and not voice.withdrawn


def _in_time(case: Case, voice: Voice, at: datetime) -> bool:
    """By the citizen's own term where one runs from each filing, else by the case's clock."""
    if voice.own_term_ends_at is not None:
        return at <= voice.own_term_ends_at
    handling = _handling_clock(case)
    return handling is None or at <= handling.due_at


def _clocks_for(waiting: list[Voice], case: Case, trade: Trade) -> tuple[Clock, ...]:
    if not waiting:
        return ()
    days = trade.terms.single_days
    if days is not None:
        dates = (voice.bound_by for voice in waiting if voice.bound_by is not None)
        clock = exact_clock(ClockName.HANDLE, min(voice.filed_at for voice in waiting), days)
        return trade.bound((clock,), min(dates, default=None))
    handling = _handling_clock(case)
    return () if handling is None else (handling,)


def _handling_clock(case: Case) -> Clock | None:
    return next((clock for clock in case.clocks if clock.name is ClockName.HANDLE), None)


def refer(agency: str, words: str, their_number: str) -> Referred:
    """转送 to another agency, with the number it has there if that is known. Raises Invalid naming what is missing."""
    return Referred(
        required_words("agency", agency, 100),
        required_words("words", words),
        optional_words("their_number", their_number, 100),
    )


def instruct(words: str) -> Instructed:
    """批示."""
    return Instructed(required_words("words", words))


def required_words(field: str, text: str, longest: int = LONGEST_WORDS) -> str:
    """What a person of the staff wrote, stripped. Raises Invalid naming ``field`` when it cannot be taken."""
    stripped = text.strip()
    if not stripped:
        raise Invalid([FieldError(field, "field.empty")])
    return optional_words(field, stripped, longest)


def optional_words(field: str, text: str, longest: int = LONGEST_WORDS) -> str:
    """What a person of the staff wrote or left out, stripped. Raises Invalid naming ``field``."""
    if len(text) > longest:
        raise Invalid([FieldError(field, "field.too_long", (("longest", str(longest)),))])
    if "\x00" in text:
        raise Invalid([FieldError(field, "field.control_characters")])
    return text.strip()
