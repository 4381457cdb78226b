"""考核: what a unit's month comes to, in exact arithmetic, from facts that each name their case.

The default formula and its weights are data (``Weights``); a city that wants only the three rates of 接诉即办 sets the
other weights to nought. Figures are rounded when they are shown, never before (half to even, to two places).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, field

from chalicelib.domain.words import Satisfaction, Solved


class FactKind(StrEnum):
    """What a fact tells of a unit."""

    RECEIVED = "received"  # a matter was dispatched to it
    RETURNED = "returned"  # it sent one back
    SIGNED = "signed"  # it signed; ``in_time``
    EXTENDED = "extended"  # it was granted more time
    DUE = "due"  # a term ended unanswered
    REPLIED = "replied"  # it answered a citizen; ``in_time``
    ADOPTED = "adopted"  # it adopted a piece of advice
    RATED = "rated"  # a citizen rated it; ``solved``, ``satisfaction``
    SUPERVISED = "supervised"  # a matter of its was put under supervision; ``level``
    REWORKED = "reworked"  # one was to be done again
    CONCLUDED = "concluded"  # one was ended, answered
    SETTLED = "settled"  # a first petition did not come again within the term (``in_time``), or did
    ARRIVED = "arrived"  # of the city's ledger: a submission left the post
    JOINED = "joined"  # of the city's ledger, as are the three that follow
    DECLINED = "declined"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"


class Fact(Struct, frozen=True, omit_defaults=True):
    """One thing that happened. ``receipt`` is "" where it concerns the case as a whole."""

    kind: FactKind
    case_id: str
    receipt: str
    at: datetime
    in_time: bool | None = None
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    level: int | None = None
    first_petition: bool | None = None


class Part(StrEnum):
    """The rates that make up a score."""

    RESPONSE = "response"  # 响应率: signed in time / dispatched
    TIMELINESS = "timeliness"  # 按期率: answered in the promised term / due
    SOLUTION = "solution"  # 解决率, by the citizens' word
    SATISFACTION = "satisfaction"  # 满意率


def _default_parts() -> dict[Part, Fraction]:
    return {
        Part.RESPONSE: Fraction(15, 95),
        Part.TIMELINESS: Fraction(25, 95),
        Part.SOLUTION: Fraction(30, 95),
        Part.SATISFACTION: Fraction(25, 95),
    }


class Weights(Struct, frozen=True):
    """The formula's numbers. ``parts`` add up to one; points are of a hundred."""

    version: int = 1
    parts: dict[Part, Fraction] = field(default_factory=_default_parts)
    solved: dict[Solved, Fraction] = field(
        default_factory=lambda: {Solved.YES: Fraction(1), Solved.PARTLY: Fraction(1, 2), Solved.NO: Fraction(0)}
    )
    satisfied: dict[Satisfaction, Fraction] = field(
        default_factory=lambda: {
            Satisfaction.SATISFIED: Fraction(1),
            Satisfaction.FAIRLY: Fraction(4, 5),
            Satisfaction.NOT: Fraction(0),
        }
    )
    penalty_by_level: dict[int, int] = field(default_factory=lambda: {1: 1, 2: 3, 3: 6})
    most_penalty: int = 30
    fewest_ranked: int = 5  # cases in the month; a unit with fewer is shown, not ranked
    prior: int = 5  # cases of the class's mean that are mixed into each rate, lest one letter make a unit last


class Rate(Struct, frozen=True):
    """A rate and what it was counted from; ``good`` of ``of``, in cases or citizens."""

    good: Fraction
    of: int
    cases: tuple[str, ...]  # those that were not all good: where to look

    @property
    def value(self) -> Fraction | None:
        """The share; None when there was nothing to measure."""
        return self.good / self.of if self.of else None

    def interval(self) -> tuple[float, float]:
        """Where the true rate lies, nineteen times in twenty (Wilson 1927, JASA 22, 209-212)."""
        if not self.of:
            return (0.0, 1.0)
        z2, n, p = 1.96**2, self.of, float(self.good / self.of)
        middle, half = p + z2 / (2 * n), (z2 * (p * (1 - p) / n + z2 / (4 * n * n))) ** 0.5
        return (max(0.0, (middle - half) / (1 + z2 / n)), min(1.0, (middle + half) / (1 + z2 / n)))


class Figures(Struct, frozen=True):
    """A unit's month: the counts that are shown, the rates that are scored, the cases behind what was deducted."""

    received: int
    replied: int
    on_time: int
    due: int  # citizens whose answer fell due, or was given, in the month
    cases: int  # the matters they spoke of
    rated: int
    rates: dict[Part, Rate]
    levels: dict[int, tuple[str, ...]]  # supervision level: the cases that reached it and no higher


def assess_unit(facts: Iterable[Fact], weights: Weights) -> Figures:
    """What ``facts`` of one unit's month come to. A fact told twice counts once; their order is nothing."""
    distinct = set(facts)
    received = {(fact.case_id, fact.receipt) for fact in distinct if fact.kind is FactKind.RECEIVED}
    replied = {(fact.case_id, fact.receipt): fact for fact in _latest(distinct, FactKind.REPLIED)}
    fell_due = {(fact.case_id, fact.receipt) for fact in distinct if fact.kind is FactKind.DUE}
    on_time = {key for key, fact in replied.items() if fact.in_time}
    due = set(replied) | fell_due
    ratings = _latest(distinct, FactKind.RATED)
    rates = {
        Part.RESPONSE: _response(distinct),
        Part.TIMELINESS: Rate(Fraction(len(on_time)), len(due), _cases(case for case, _ in due - on_time)),
        Part.SOLUTION: _by_word(ratings, {fact: weights.solved[fact.solved] for fact in ratings if fact.solved}),
        Part.SATISFACTION: _by_word(
            ratings, {fact: weights.satisfied[fact.satisfaction] for fact in ratings if fact.satisfaction}
        ),
    }
    return Figures(
        received=len(received),
        replied=len(replied),
        on_time=len(on_time),
        due=len(due),
        cases=len({case for case, _ in due}),
        rated=len(ratings),
        rates=rates,
        levels=_levels(distinct),
    )


def _latest(facts: set[Fact], kind: FactKind) -> list[Fact]:
    """One fact of ``kind`` a citizen and case: the last."""
    latest: dict[tuple[str, str], Fact] = {}
    for fact in sorted((fact for fact in facts if fact.kind is kind), key=_order):
        latest[fact.case_id, fact.receipt] = fact
    return list(latest.values())


def _order(fact: Fact) -> tuple[datetime, str, str, str]:
    return (fact.at, fact.case_id, fact.receipt, f"{fact.in_time}{fact.solved}{fact.satisfaction}")


def _response(facts: set[Fact]) -> Rate:
    """Of the cases dispatched in the month or signed for in it: those signed for in time."""
    signed = {fact.case_id: bool(fact.in_time) for fact in _latest(facts, FactKind.SIGNED)}
    dispatched = {fact.case_id for fact in facts if fact.kind is FactKind.RECEIVED} | set(signed)
    late = [case for case in dispatched if not signed.get(case, False)]
    return Rate(Fraction(len(dispatched) - len(late)), len(dispatched), _cases(late))


def _by_word(ratings: list[Fact], worth: Mapping[Fact, Fraction]) -> Rate:
    poor = (fact.case_id for fact in ratings if worth.get(fact, Fraction(1)) < 1)
    return Rate(sum(worth.values(), Fraction(0)), len(worth), _cases(poor))


def _levels(facts: set[Fact]) -> dict[int, tuple[str, ...]]:
    """A matter counts once, at the highest level it reached."""
    highest: dict[str, int] = {}
    for fact in facts:
        if fact.kind is FactKind.SUPERVISED and fact.level is not None:
            highest[fact.case_id] = max(fact.level, highest.get(fact.case_id, 0))
    return {
        level: _cases(case for case, reached in highest.items() if reached == level)
        for level in sorted(set(highest.values()))
    }


def _cases(cases: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(cases)))
