"""申诉: a unit says that a fact of its month should not count; the petition office rules, with words."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact, FactKey, FactKind
from chalicelib.domain.errors import NotAllowed, NotYours, RuleBroken, TooLate
from chalicelib.domain.handling import required_words
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import Run, RunState, Signature
from chalicelib.domain.words import Role

LONGEST_WORDS = 1_000
OF_THE_DESK = frozenset({FactKind.ARRIVED, FactKind.JOINED, FactKind.DECLINED, FactKind.REFERRED, FactKind.WITHDRAWN})


def without(facts: Iterable[Fact], excluded: frozenset[FactKey]) -> list[Fact]:
    """``facts`` but for what is left out."""
    return [fact for fact in facts if fact.key not in excluded]


class ContestState(StrEnum):
    """How a contest stands."""

    OPEN = "open"
    UPHELD = "upheld"  # the fact is left out
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"  # by the unit


class ContestStep(StrEnum):
    """What is done to a contest."""

    CONTEST = "contest"
    WITHDRAW = "withdraw"
    UPHOLD = "uphold"
    DISMISS = "dismiss"


CONTEST_STEPS: dict[ContestStep, tuple[Role, frozenset[ContestState | None], ContestState]] = {
    ContestStep.CONTEST: (Role.HEAD, frozenset({None, ContestState.WITHDRAWN}), ContestState.OPEN),
    ContestStep.WITHDRAW: (Role.HEAD, frozenset({ContestState.OPEN}), ContestState.WITHDRAWN),
    ContestStep.UPHOLD: (Role.SUPERVISOR, frozenset({ContestState.OPEN}), ContestState.UPHELD),
    ContestStep.DISMISS: (Role.SUPERVISOR, frozenset({ContestState.OPEN}), ContestState.DISMISSED),
}
"""Who may take each step, from where, and where it leads. None: nobody has contested the fact yet."""


class Contest(Struct, frozen=True):
    """One fact contested by its unit. ``words``: why; ``ruling``: why it was upheld or dismissed."""

    month: date
    unit: str
    fact: FactKey
    state: ContestState
    version: int
    words: str
    contested: Signature
    ruling: str = ""
    ruled: Signature | None = None


def contest(run: Run, unit: str, fact: FactKey, words: str, by: Staff, at: datetime, known: Contest | None) -> Contest:
    """The unit's head contests ``fact``. ``known``: what there is of it already.

    Raises NotAllowed, NotYours, RuleBroken once it is published or was ruled upon, TooLate after the date, Invalid
    without words.
    """
    _permit(run, unit, ContestStep.CONTEST, by, known)
    if at > run.contest_until:
        raise TooLate()
    said = required_words("words", words, LONGEST_WORDS)
    version = 1 if known is None else known.version + 1
    return Contest(run.month, unit, fact, ContestState.OPEN, version, said, Signature(at, by.login, by.name))


def withdraw(run: Run, known: Contest, by: Staff) -> Contest:
    """The unit takes its contest back. Raises NotAllowed, NotYours, RuleBroken."""
    _permit(run, known.unit, ContestStep.WITHDRAW, by, known)
    return replace(known, state=ContestState.WITHDRAWN, version=known.version + 1)


def rule(run: Run, known: Contest, step: ContestStep, words: str, by: Staff, at: datetime) -> Contest:
    """The petition office upholds or dismisses. Raises NotAllowed, RuleBroken, Invalid without words."""
    _permit(run, known.unit, step, by, known)
    return replace(
        known,
        state=CONTEST_STEPS[step][2],
        version=known.version + 1,
        ruling=required_words("words", words, LONGEST_WORDS),
        ruled=Signature(at, by.login, by.name),
    )


def _permit(run: Run, unit: str, step: ContestStep, by: Staff, known: Contest | None) -> None:
    role, before, _ = CONTEST_STEPS[step]
    if by.role is not role:
        raise NotAllowed(action=step.value)
    if role is Role.HEAD and by.unit != unit:
        raise NotYours()
    if run.state is RunState.PUBLISHED:
        raise RuleBroken("assessment.published")
    if (known.state if known is not None else None) not in before:
        raise RuleBroken("contest.settled")
