"""考核: what a unit's month comes to, in exact arithmetic, from facts that each name their case.

The formula is data (``domain.formula``). Figures are rounded when they are shown, never before (half to even, to two
places).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.figures import Answer, Ground, LeftOut
from chalicelib.domain.figures import Figures as Figures
from chalicelib.domain.figures import Part as Part
from chalicelib.domain.figures import Rate as Rate
from chalicelib.domain.formula import Formula
from chalicelib.domain.words import Satisfaction, Solved


class FactKind(StrEnum):
    """What a fact tells of a unit."""

    RECEIVED = "received"  # a matter was dispatched to it
    RETURNED = "returned"  # it sent one back
    SIGNED = "signed"  # it signed; ``in_time``
    EXTENDED = "extended"  # it was granted more time
    DUE = "due"  # a term ended unanswered
    REPLIED = "replied"  # it answered a citizen; ``in_time``
    CHECKED = "checked"  # what it answered was checked before it was sent; ``points``
    ADOPTED = "adopted"  # it adopted a piece of advice
    RATED = "rated"  # a citizen rated it; ``solved``, ``satisfaction``
    SUPERVISED = "supervised"  # a matter of its was put under supervision; ``level``
    FALSE_REPLY = "false_reply"  # 虚假答复: an inspector found that what it answered is not so
    REWORKED = "reworked"  # one was to be done again
    CONCLUDED = "concluded"  # one was ended, answered
    SETTLED = "settled"  # a first petition did not come again within the term (``in_time``), or did
    PRAISED = "praised"  # one was made known as an example
    ARRIVED = "arrived"  # of the city's ledger: a submission left the post
    JOINED = "joined"  # of the city's ledger, as are the three that follow
    DECLINED = "declined"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    TOLD = "told"  # of the city's ledger: a citizen was told what had been decided before on the same matter


class FactKey(Struct, frozen=True, order=True):
    """Which fact of a month: what a unit contests."""

    case_id: str
    kind: FactKind
    receipt: str


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
    again: bool | None = None  # an answer after a rework: the citizen had one before
    points: int | None = None  # of a reply's check, of a hundred

    @property
    def key(self) -> FactKey:
        """Which fact it is."""
        return FactKey(self.case_id, self.kind, self.receipt)


FULL = 100  # points of a check
BEST = (Solved.YES, Satisfaction.SATISFIED)
_OF_LEVEL = (Ground.LEVEL_1, Ground.LEVEL_2, Ground.LEVEL_3)
_OF_KIND = {
    Ground.REWORK: FactKind.REWORKED,
    Ground.FALSE_REPLY: FactKind.FALSE_REPLY,
    Ground.ADOPTED: FactKind.ADOPTED,
    Ground.PRAISED: FactKind.PRAISED,
}
_Citizens = set[tuple[str, str]]  # case and receipt


def assess_unit(
    facts: Iterable[Fact],
    formula: Formula,
    *,
    excluded: Collection[FactKey] = frozenset(),
    sealed: Collection[str] = frozenset(),
    exam: Fraction | None = None,
) -> Figures:
    """What ``facts`` of one unit's month come to. A fact told twice counts once; their order is nothing.

    ``excluded``: facts that were contested, and are as if they had never been. ``sealed``: cases that are counted, and
    scored and listed nowhere. ``exam``: the mean marks of the unit's mailboxes, of a hundred.
    """
    told = set(facts)
    heard = {fact for fact in told if fact.key not in excluded}
    scored = {fact for fact in heard if fact.case_id not in sealed}
    replied, on_time, due = _answered(heard)
    _, punctual, scored_due = _answered(scored)
    answers = _answers(_latest(scored, FactKind.RATED))
    return Figures(
        received=len(_citizens(heard, FactKind.RECEIVED)),
        replied=len(replied),
        on_time=len(on_time),
        due=len(due),
        rated=len(_citizens(heard, FactKind.RATED)),
        cases=len({case for case, _ in scored_due}),
        returned=len(_cases_of(heard, FactKind.RETURNED)),
        extended=len(_cases_of(heard, FactKind.EXTENDED)),
        concluded=len(_cases_of(heard, FactKind.CONCLUDED)),
        left_out=LeftOut(
            sealed=len({fact.case_id for fact in heard - scored}), contested=len({fact.key for fact in told - heard})
        ),
        answers=answers,
        rates={
            Part.RESPONSE: _response(scored),
            Part.TIMELINESS: Rate(Fraction(len(punctual)), len(scored_due), _cases(scored_due - punctual)),
            **_by_word(answers, formula),
            Part.SETTLEMENT: _settlement(scored),
            Part.PARTICIPATION: _participation(scored),
            Part.EXAM: Rate(Fraction(0), 0) if exam is None else Rate(exam / 100, 1),
            Part.QUALITY: _quality(scored),
        },
        grounds=_grounds(scored),
    )


def under(figures: Figures, formula: Formula) -> Figures:
    """``figures`` as another formula would have them: what an answer is worth is the formula's."""
    return replace(figures, rates={**figures.rates, **_by_word(figures.answers, formula)})


def _answered(facts: set[Fact]) -> tuple[_Citizens, _Citizens, _Citizens]:
    """The citizens who were answered, those who were in time, and all whose answer fell due or was given."""
    replied = {(fact.case_id, fact.receipt): fact for fact in _latest(facts, FactKind.REPLIED)}
    on_time = {citizen for citizen, fact in replied.items() if fact.in_time}
    return set(replied), on_time, set(replied) | _citizens(facts, FactKind.DUE)


def _latest(facts: set[Fact], kind: FactKind) -> list[Fact]:
    """One fact of ``kind`` a citizen and case: the last."""
    latest: dict[tuple[str, str], Fact] = {}
    for fact in sorted((fact for fact in facts if fact.kind is kind), key=_order):
        latest[fact.case_id, fact.receipt] = fact
    return list(latest.values())


def _order(fact: Fact) -> tuple[datetime, str, str, str]:
    return (fact.at, fact.case_id, fact.receipt, f"{fact.in_time}{fact.solved}{fact.satisfaction}")


def _answers(ratings: list[Fact]) -> dict[Part, dict[str, Answer]]:
    said: dict[Part, dict[str, list[str]]] = {Part.SOLUTION: {}, Part.SATISFACTION: {}}
    for fact in ratings:
        if fact.solved is not None:
            said[Part.SOLUTION].setdefault(fact.solved, []).append(fact.case_id)
        if fact.satisfaction is not None:
            said[Part.SATISFACTION].setdefault(fact.satisfaction, []).append(fact.case_id)
    return {
        part: {
            answer: Answer(len(cases), () if answer in BEST else tuple(sorted(set(cases))))
            for answer, cases in sorted(given.items())
        }
        for part, given in said.items()
    }


def _by_word(answers: Mapping[Part, Mapping[str, Answer]], formula: Formula) -> dict[Part, Rate]:
    """解决率 and 满意率: what the citizens' answers are worth."""
    rates = {}
    for part, given in answers.items():
        good = sum((formula.worth(answer) * one.number for answer, one in given.items()), Fraction(0))
        poor = {case for answer, one in given.items() if formula.worth(answer) < 1 for case in one.cases}
        rates[part] = Rate(good, sum(one.number for one in given.values()), tuple(sorted(poor)))
    return rates


def _response(facts: set[Fact]) -> Rate:
    """Of the cases dispatched in the month or signed for in it: those signed for in time."""
    signed = {fact.case_id: bool(fact.in_time) for fact in _latest(facts, FactKind.SIGNED)}
    dispatched = _cases_of(facts, FactKind.RECEIVED) | set(signed)
    late = {case for case in dispatched if not signed.get(case, False)}
    return Rate(Fraction(len(dispatched) - len(late)), len(dispatched), tuple(sorted(late)))


def _settlement(facts: set[Fact]) -> Rate:
    """Of the first petitions that stood for the term, or came again before its end, in the month: those that stood."""
    settled = {fact.case_id: bool(fact.in_time) for fact in _latest(facts, FactKind.SETTLED)}
    again = tuple(sorted(case for case, stood in settled.items() if not stood))
    return Rate(Fraction(len(settled) - len(again)), len(settled), again)


def _participation(facts: set[Fact]) -> Rate:
    """Of the citizens who were answered in the month or rated in it: those who rated in it."""
    rated = _citizens(facts, FactKind.RATED)
    asked = _citizens(facts, FactKind.REPLIED) | rated
    return Rate(Fraction(len(rated)), len(asked), _cases(asked - rated))


def _quality(facts: set[Fact]) -> Rate:
    """答复质量: the mean points of the last check of each case that was answered in the month."""
    points = {fact.case_id: fact.points or 0 for fact in _latest(facts, FactKind.CHECKED)}
    lacking = tuple(sorted(case for case, given in points.items() if given < FULL))
    return Rate(Fraction(sum(points.values()), FULL), len(points), lacking)


def _grounds(facts: set[Fact]) -> dict[Ground, tuple[str, ...]]:
    """The matters behind each ground; of supervision each once, at the highest level it reached."""
    highest: dict[str, int] = {}
    for fact in facts:
        if fact.kind is FactKind.SUPERVISED and fact.level is not None:
            highest[fact.case_id] = max(fact.level, highest.get(fact.case_id, 0))
    found = {
        ground: {case for case, reached in highest.items() if reached == level}
        for level, ground in enumerate(_OF_LEVEL, start=1)
    }
    found |= {ground: _cases_of(facts, kind) for ground, kind in _OF_KIND.items()}
    return {ground: tuple(sorted(cases)) for ground, cases in found.items() if cases}


def _citizens(facts: Iterable[Fact], kind: FactKind) -> _Citizens:
    return {(fact.case_id, fact.receipt) for fact in facts if fact.kind is kind}


def _cases_of(facts: Iterable[Fact], kind: FactKind) -> set[str]:
    return {fact.case_id for fact in facts if fact.kind is kind}


def _cases(citizens: _Citizens) -> tuple[str, ...]:
    return tuple(sorted({case for case, _ in citizens}))
