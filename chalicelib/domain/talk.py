"""在线沟通: a citizen talks with the desk. She waits, one clerk takes her, they talk, and it ends.

Who does not ask for news for two minutes has gone: a talk needs no timer, for what became of it follows from when she
last asked, and whoever reads it next sets that down.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.errors import RuleBroken, TooLate

ABANDONED_AFTER = timedelta(minutes=2)  # without a question for news
HANDED_IN_WITHIN = timedelta(days=1)  # of the end, by the citizen herself
MOST_MESSAGES, MOST_CHARACTERS = 400, 50_000  # of a talk: its transcript must fit one item
MOST_UNANSWERED = 20  # of the citizen's, one after the other


class Phase(StrEnum):
    """Where a talk stands."""

    WAITING = "waiting"
    TALKING = "talking"
    ENDED = "ended"


class Side(StrEnum):
    """Who says something."""

    CITIZEN = "citizen"
    CLERK = "clerk"


class End(StrEnum):
    """Why a talk is over."""

    LEFT = "left"  # the citizen left
    CLERK = "clerk"  # the clerk ended it
    ABANDONED = "abandoned"  # the citizen was gone
    CLOSED = "closed"  # the hours were over before anybody took her


class Step(StrEnum):
    """What happens to a talk, beside what is said."""

    BEGUN = "begun"
    TAKEN = "taken"
    HANDED = "handed"  # to a colleague
    ENDED = "ended"
    FILED = "filed"  # it became a submission


class Move(Struct, frozen=True, omit_defaults=True):
    """One thing that happened, and when. ``login``, ``name``: the clerk who did it, or to whom it was handed; "" for
    the citizen and for time.
    """

    step: Step
    at: datetime
    login: str = ""
    name: str = ""


class Talk(Struct, frozen=True, omit_defaults=True):
    """A talk without its words, which are kept apart, encrypted. ``visitor``: who she says she is, encrypted."""

    id: str
    language: str
    visitor: str
    moves: tuple[Move, ...]  # in the order in which they happened
    version: int = 1
    phase: Phase = Phase.WAITING
    clerk: str = ""  # login of whoever has it, or had it last
    clerk_name: str = ""
    end: End | None = None
    count: int = 0  # messages
    length: int = 0  # characters
    unanswered: int = 0  # the citizen's last messages in a row
    receipt: str = ""  # of the submission that it became
    sealed: bool = False  # that is an accusation

    @property
    def began_at(self) -> datetime:
        """When she began to wait."""
        return self.moves[0].at

    @property
    def taken_at(self) -> datetime | None:
        """When the first clerk took her."""
        return self.first(Step.TAKEN)

    @property
    def ended_at(self) -> datetime | None:
        """When it was over."""
        return self.first(Step.ENDED)

    def first(self, step: Step) -> datetime | None:
        """When ``step`` was first taken."""
        return next((move.at for move in self.moves if move.step is step), None)


class Message(Struct, frozen=True):
    """One thing said. ``words``: encrypted where it is kept, open where it is read; ``name``: the clerk's."""

    number: int  # from 1, without a gap
    side: Side
    at: datetime
    words: str
    name: str = ""


def begin(talk_id: str, language: str, visitor: str, at: datetime) -> Talk:
    """Somebody begins to wait."""
    return Talk(talk_id, language, visitor, (Move(Step.BEGUN, at),))


def say(talk: Talk, side: Side, length: int, login: str = "") -> Talk:
    """The talk with one message more, whose number is its ``count``.

    Raises RuleBroken when it is over, too long, another clerk's, or the citizen should wait for an answer.
    """
    _goes_on(talk)
    if side is Side.CLERK:
        _has(talk, login)
    if talk.count >= MOST_MESSAGES or talk.length + length > MOST_CHARACTERS:
        raise RuleBroken("talk_long")
    if side is Side.CITIZEN and talk.unanswered >= MOST_UNANSWERED:
        raise RuleBroken("talk_unanswered")
    unanswered = talk.unanswered + 1 if side is Side.CITIZEN else 0
    said = replace(talk, count=talk.count + 1, length=talk.length + length, unanswered=unanswered)
    return replace(said, version=talk.version + 1)


def take(talk: Talk, login: str, name: str, at: datetime, away: bool = False) -> Talk:
    """A clerk takes it; taking twice is taking once. ``away``: the colleague who has it is gone, and is relieved.

    Raises RuleBroken when it is over, or a colleague was faster.
    """
    _goes_on(talk)
    if talk.clerk == login:
        return talk
    if talk.phase is Phase.TALKING and not away:
        raise RuleBroken("talk_taken", name=talk.clerk_name)
    return _moved(talk, Move(Step.TAKEN, at, login, name), phase=Phase.TALKING, clerk=login, clerk_name=name)


def hand_over(talk: Talk, by: str, login: str, name: str, at: datetime) -> Talk:
    """The clerk who has it gives it to a colleague. Raises RuleBroken when it is over, or another's."""
    _goes_on(talk)
    _has(talk, by)
    if login == by:
        return talk
    return _moved(talk, Move(Step.HANDED, at, login, name), clerk=login, clerk_name=name)


def leave(talk: Talk, at: datetime) -> Talk:
    """The citizen leaves; leaving twice, or after the end, changes nothing."""
    return talk if talk.phase is Phase.ENDED else _ended(talk, End.LEFT, at)


def end(talk: Talk, by: str, at: datetime) -> Talk:
    """The clerk ends it; ending twice changes nothing. Raises RuleBroken for another's."""
    _has(talk, by)
    return talk if talk.phase is Phase.ENDED else _ended(talk, End.CLERK, at, by)


def settled(talk: Talk, seen_at: datetime, is_open: bool, at: datetime) -> Talk:
    """The talk as time has left it. ``seen_at``: when she last asked for news; ``is_open``: whether hours are on."""
    if talk.phase is Phase.ENDED:
        return talk
    if at - seen_at > ABANDONED_AFTER:
        return _ended(talk, End.ABANDONED, seen_at + ABANDONED_AFTER)
    if talk.phase is Phase.WAITING and not is_open:
        return _ended(talk, End.CLOSED, at)
    return talk


def may_hand_in(talk: Talk, at: datetime) -> bool:
    """Whether the citizen may make a submission of it herself: once it is over, for a day, if she said anything."""
    return talk.ended_at is not None and not talk.receipt and talk.count > 0 and at - talk.ended_at <= HANDED_IN_WITHIN


def hand_in(talk: Talk, receipt: str, sealed: bool, at: datetime) -> Talk:
    """The citizen made a submission of it. Raises RuleBroken when it is one, TooLate when she may not (any more)."""
    _not_filed(talk)
    if not may_hand_in(talk, at):
        raise TooLate()
    return _moved(talk, Move(Step.FILED, at), receipt=receipt, sealed=sealed)


def file(talk: Talk, receipt: str, sealed: bool, login: str, name: str, at: datetime) -> Talk:
    """A clerk made a submission of it: who has it, or, once it is over, any.

    Raises RuleBroken when it is one, another's, or nobody took her.
    """
    _not_filed(talk)
    if talk.phase is not Phase.ENDED:
        _has(talk, login)
    return _moved(talk, Move(Step.FILED, at, login, name), receipt=receipt, sealed=sealed)


def may_read(talk: Talk, login: str) -> bool:
    """Whether one of the desk may read what was said: an accusation is read on only by who is talking about it."""
    return not talk.sealed or (talk.phase is Phase.TALKING and talk.clerk == login)


def _goes_on(talk: Talk) -> None:
    if talk.phase is Phase.ENDED:
        raise RuleBroken("talk_ended")


def _has(talk: Talk, login: str) -> None:
    if not talk.clerk:
        raise RuleBroken("talk_untaken")
    if talk.clerk != login:
        raise RuleBroken("talk_theirs", name=talk.clerk_name)


def _not_filed(talk: Talk) -> None:
    if talk.receipt:
        raise RuleBroken("talk_filed")


def _ended(talk: Talk, why: End, at: datetime, by: str = "") -> Talk:
    return _moved(talk, Move(Step.ENDED, at, by, talk.clerk_name if by else ""), phase=Phase.ENDED, end=why)


def _moved(talk: Talk, move: Move, **changes: object) -> Talk:
    return replace(talk, moves=(*talk.moves, move), version=talk.version + 1, **changes)
