"""What the citizen says after the reply, and what follows from it."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.asking import ANSWERED, resume
from chalicelib.domain.calling_back import due_when_concluded, due_when_unsatisfied
from chalicelib.domain.case import Case, Voice
from chalicelib.domain.errors import NotAllowed, TooLate, WrongState
from chalicelib.domain.events import (
    Payload,
    Rated,
    Reason,
    Supplemented,
    VoiceWithdrawn,
    Withdrawn,
)
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.ordering import supervise_if_twice_unsatisfied
from chalicelib.domain.settling import conclude
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Action, Attitude, Satisfaction, Solved


def read_rating(raw: Mapping[str, object], receipt: str) -> Rated:
    """The rating that a form holds. Raises Invalid naming the fields."""
    reader = FieldReader(raw)
    solved = reader.choice("solved", Solved)
    attitude = reader.choice("attitude", Attitude)
    satisfaction = reader.choice("satisfaction", Satisfaction)
    words = reader.text("words", many_lines=True)
    reader.raise_errors()
    assert solved
    assert attitude
    assert satisfaction
    return Rated(receipt, solved, attitude, satisfaction, words)


def rate(case: Case, rated: Rated, at: datetime, trade: Trade) -> list[Payload]:
    """评价. When everybody is answered and nobody is left unsatisfied, the matter is concluded with it; whoever is not
    satisfied is called back, and whoever is so twice brings it under supervision.

    Raises WrongState before the reply, TooLate after the window, NotAllowed the second time.
    """
    voice = _voice(case, rated.receipt)
    if voice.answered_at is None:
        raise WrongState(Action.RATE, case.state)
    if voice.rated_at is not None:
        raise NotAllowed(action=Action.RATE.value)
    if case.window_ends_at is not None and at > case.window_ends_at:
        raise TooLate()
    others = [other for other in case.voices if other.receipt != rated.receipt and not other.withdrawn]
    content = [_content(rated.solved, rated.satisfaction)]
    content += [_content(other.solved, other.satisfaction) for other in others]
    if not case.ended and all(content):
        return [rated, conclude(case, Reason("basis.all_satisfied", {}), at, trade), *due_when_concluded(case, trade)]
    if not _content(rated.solved, rated.satisfaction):
        twice = rated.satisfaction is Satisfaction.NOT
        supervised = supervise_if_twice_unsatisfied(case, rated.receipt, at, trade) if twice else ()
        return [rated, *due_when_unsatisfied(case), *supervised]
    return [rated]


def _content(solved: Solved | None, satisfaction: Satisfaction | None) -> bool:
    return solved in (Solved.YES, Solved.PARTLY) and satisfaction in (Satisfaction.SATISFIED, Satisfaction.FAIRLY)


def supplement(case: Case, receipt: str, number: int, digest: str, at: datetime) -> list[Payload]:
    """补充: something more from a citizen who has not withdrawn; where the unit waits for it, its clocks run on.

    Raises NotAllowed of one who has withdrawn.
    """
    if _voice(case, receipt).withdrawn:
        raise NotAllowed(action=Action.SUPPLEMENT.value)
    added = Supplemented(receipt, number, digest)
    return [added] if case.waiting is None else [added, resume(case, at, ANSWERED)]


def withdraw(case: Case, receipt: str, reason: str) -> Payload:
    """撤回: the matter ends with the last citizen who spoke.

    Raises NotAllowed the second time, WrongState when she is answered already, though others may not be.
    """
    voice = _voice(case, receipt)
    if voice.withdrawn:
        raise NotAllowed(action=Action.WITHDRAW.value)
    if voice.answered_at is not None:
        raise WrongState(Action.WITHDRAW, case.state)
    if len(case.receipts) > 1:
        return VoiceWithdrawn(receipt, reason)
    return Withdrawn(receipt, reason)


def _voice(case: Case, receipt: str) -> Voice:
    voice = case.voice(receipt)
    if voice is None:
        raise NotAllowed(action=Action.RATE.value)
    return voice
