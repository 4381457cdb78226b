"""晒网: the best and the worst cases of a month or a quarter; picked, put into public words, approved, taken down."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.errors import Changed, NotAllowed, NotFound, RuleBroken
from chalicelib.domain.events import Event, Replied
from chalicelib.domain.handling import optional_words, required_words
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import Signature
from chalicelib.domain.words import ClockName, Kind, Role, Satisfaction, Solved

LONGEST_SENTENCE = 300
LONGEST_TITLE = 100


class Side(StrEnum):
    """Praised or blamed."""

    PRAISED = "praised"
    BLAMED = "blamed"


class Ground(StrEnum):
    """Why a case is proposed."""

    SWIFT = "swift"  # solved, the citizens satisfied, answered in less than half its term
    ADOPTED = "adopted"  # advice adopted, and its writer says that it was done
    SUPERVISED = "supervised"
    REWORKED = "reworked"
    FALSE_REPLY = "false_reply"
    UNSATISFIED = "unsatisfied"


SIDES: dict[Ground, Side] = {
    Ground.SWIFT: Side.PRAISED,
    Ground.ADOPTED: Side.PRAISED,
    Ground.SUPERVISED: Side.BLAMED,
    Ground.REWORKED: Side.BLAMED,
    Ground.FALSE_REPLY: Side.BLAMED,
    Ground.UNSATISFIED: Side.BLAMED,
}


class Rules(Struct, frozen=True):
    """What is proposed. ``swift``: in what part of its term a case was answered; the rest is how often at least."""

    swift: Fraction = field(default_factory=lambda: Fraction(1, 2))
    level: int = 2
    reworks: int = 2
    unsatisfied: int = 2


class HonourStep(StrEnum):
    """What people do with a case of the list."""

    PICK = "pick"
    DROP = "drop"  # before it is approved
    APPROVE = "approve"
    TAKE_DOWN = "take_down"


HONOUR_STEPS: dict[HonourStep, Role] = {
    HonourStep.PICK: Role.SUPERVISOR,
    HonourStep.DROP: Role.SUPERVISOR,
    HonourStep.APPROVE: Role.LEADER,
    HonourStep.TAKE_DOWN: Role.LEADER,
}


class Candidate(Struct, frozen=True):
    """A case that the desk proposes. ``took``: from its dispatch to its answer; None where not both are in the span."""

    unit: str
    case_id: str
    ground: Ground
    took: timedelta | None = None

    @property
    def side(self) -> Side:
        """Whether for praise or for blame."""
        return SIDES[self.ground]


def candidates(told: Iterable[tuple[str, str, Iterable[Fact]]], rules: Rules) -> list[Candidate]:
    """Whom the facts of a span propose: unit, case, facts. The worst first, then the swiftest."""
    facts: dict[tuple[str, str], set[Fact]] = {}
    for unit, case_id, some in told:
        facts.setdefault((unit, case_id), set()).update(some)
    found = [one for (unit, case_id), some in facts.items() for one in _of_case(unit, case_id, some, rules)]
    return sorted(found, key=lambda one: (one.ground, one.took or timedelta.max, one.unit, one.case_id))


def _of_case(unit: str, case_id: str, facts: set[Fact], rules: Rules) -> Iterator[Candidate]:
    """At most one ground a case: the gravest, or else the best."""

    def of(kind: FactKind) -> list[Fact]:
        return [fact for fact in facts if fact.kind is kind]

    unsatisfied = [fact for fact in of(FactKind.RATED) if fact.satisfaction is Satisfaction.NOT]
    worst = {
        Ground.FALSE_REPLY: bool(of(FactKind.FALSE_REPLY)),
        Ground.SUPERVISED: any((fact.level or 0) >= rules.level for fact in of(FactKind.SUPERVISED)),
        Ground.REWORKED: len(of(FactKind.REWORKED)) >= rules.reworks,
        Ground.UNSATISFIED: len(unsatisfied) >= rules.unsatisfied,
    }
    for ground, holds in worst.items():
        if holds:
            yield Candidate(unit, case_id, ground)
            return
    rated, replied = of(FactKind.RATED), of(FactKind.REPLIED)
    solved = bool(rated) and all(fact.solved is Solved.YES for fact in rated)
    if solved and of(FactKind.ADOPTED):
        yield Candidate(unit, case_id, Ground.ADOPTED)
    elif solved and replied and all(fact.satisfaction is Satisfaction.SATISFIED for fact in rated):
        received = min((fact.at for fact in of(FactKind.RECEIVED)), default=None)
        if received is not None and all(fact.in_time for fact in replied) and not of(FactKind.REWORKED):
            took = max(fact.at for fact in replied) - received
            yield Candidate(unit, case_id, Ground.SWIFT, took)


def is_swift(record: Iterable[Event], rules: Rules) -> bool:
    """Whether every answer came in less than ``rules.swift`` of the term that ran when it was given."""
    clock: Clock | None = None
    answered = False
    for event in record:
        if isinstance(event.payload, Replied):
            if clock is None or (event.at - clock.started_at) >= (clock.due_at - clock.started_at) * float(rules.swift):
                return False
            answered = True
        running = getattr(event.payload, "clocks", None)
        if running:
            clock = next((one for one in running if one.name is ClockName.HANDLE), clock)
    return answered


def fit(case: Case) -> bool:
    """Whether a case may be told of in public at all: an accusation never, sealed or not."""
    return not case.sealed and case.kind is not Kind.ACCUSATION


def quotable(case: Case) -> tuple[str, ...]:
    """Whose words may be shown: who consents now, and did not have them erased."""
    erased = {voice.receipt for voice in case.voices if voice.erased}
    return tuple(receipt for receipt in case.consenting if receipt not in erased)


class Pick(Struct, frozen=True):
    """A case of the list, in public words. ``title`` is "" where nobody consented; ``quoted``: who consented to it."""

    unit: str
    case_id: str
    side: Side
    ground: Ground
    title: str
    sentence: str
    quoted: tuple[str, ...]
    picked: Signature
    approved: Signature | None = None
    removed: Signature | None = None
    why: str = ""  # it was taken down

    @property
    def public(self) -> bool:
        """Whether everybody may read it."""
        return self.approved is not None and self.removed is None


class Honours(Struct, frozen=True):
    """The list of a span, by its name."""

    span: str
    version: int
    picks: tuple[Pick, ...] = ()

    def pick(self, case_id: str) -> Pick | None:
        """The case on the list, as it stands; None for one that is not, or was taken down."""
        return next((one for one in self.picks if one.case_id == case_id and one.removed is None), None)

    @property
    def public(self) -> tuple[Pick, ...]:
        """What everybody may read."""
        return tuple(one for one in self.picks if one.public)


def permit(step: HonourStep, by: Staff) -> None:
    """Raises NotAllowed for who may not take ``step``."""
    if by.role is not HONOUR_STEPS[step]:
        raise NotAllowed(action=f"honour.{step}")


def pick(honours: Honours, candidate: Candidate, case: Case, title: str, sentence: str, by: Signature) -> Honours:
    """The case is on the list, in these words; or in other words than before, until it is approved.

    Raises RuleBroken for one that may not be told of, whose title nobody lets be shown, or that is approved; Invalid.
    """
    if not fit(case):
        raise RuleBroken("honour.sealed")
    known = honours.pick(case.case_id)
    if known is not None and known.approved is not None:
        raise RuleBroken("honour.approved")
    shown = optional_words("title", title, LONGEST_TITLE)
    if shown and not quotable(case):
        raise RuleBroken("honour.no_consent")
    said = required_words("sentence", sentence, LONGEST_SENTENCE)
    quoted = quotable(case) if shown else ()
    picked = Pick(candidate.unit, case.case_id, candidate.side, candidate.ground, shown, said, quoted, by)
    rest = tuple(one for one in honours.picks if one is not known)
    return replace(honours, version=honours.version + 1, picks=(*rest, picked))


def drop(honours: Honours, case_id: str) -> Honours:
    """It is not on the list any more, which nobody has approved. Raises NotFound, RuleBroken once it is."""
    known = _known(honours, case_id)
    if known.approved is not None:
        raise RuleBroken("honour.approved")
    rest = tuple(one for one in honours.picks if one is not known)
    return replace(honours, version=honours.version + 1, picks=rest)


def approve(honours: Honours, case: Case, by: Signature) -> Honours:
    """From now on everybody may read it. Raises NotFound, RuleBroken for one that may not be told of any more."""
    if not fit(case):
        raise RuleBroken("honour.sealed")
    known = _known(honours, case.case_id)
    if known.approved is not None:
        raise RuleBroken("honour.approved")
    if not set(known.quoted) <= set(quotable(case)):
        raise RuleBroken("honour.no_consent")
    return _with(honours, known, replace(known, approved=by))


def take_down(honours: Honours, case_id: str, words: str, by: Signature) -> Honours:
    """Nobody reads it any more, for a reason. Raises NotFound, Invalid without words."""
    known = _known(honours, case_id)
    if known.approved is None:
        raise NotFound()
    return _with(honours, known, replace(known, removed=by, why=required_words("words", words)))


def _with(honours: Honours, known: Pick, changed: Pick) -> Honours:
    picks = tuple(changed if one is known else one for one in honours.picks)
    return replace(honours, version=honours.version + 1, picks=picks)


def _known(honours: Honours, case_id: str) -> Pick:
    known = honours.pick(case_id)
    if known is None:
        raise NotFound()
    return known


def as_seen(honours: Honours, version: int) -> Honours:
    """The list, if it is the one that was looked at. Raises Changed."""
    if honours.version != version:
        raise Changed()
    return honours


def praised(case_id: str, at: datetime) -> Fact:
    """What public praise tells of the unit."""
    return Fact(FactKind.PRAISED, case_id, "", at)
