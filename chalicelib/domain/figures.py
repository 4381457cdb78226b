"""What a unit's month is made of: rates, answers, grounds and counts, each with the cases behind it."""

from enum import StrEnum
from fractions import Fraction

from msgspec import Struct


class Part(StrEnum):
    """The rates that make up a score."""

    RESPONSE = "response"  # 响应率: signed in time / dispatched
    TIMELINESS = "timeliness"  # 按期率: answered in the promised term / due
    SOLUTION = "solution"  # 解决率, by the citizens' word
    SATISFACTION = "satisfaction"  # 满意率
    SETTLEMENT = "settlement"  # 初信初访化解率: first petitions that did not come again / those whose term ended
    PARTICIPATION = "participation"  # 参评率: citizens who rated / citizens answered
    EXAM = "exam"  # the marks of its mailboxes' exams / 100
    QUALITY = "quality"  # 答复质量: the points of its replies' checks / 100


LATER = (Part.QUALITY,)
"""Rates that came later: a month in which none of them was measured is counted, to the byte, as it was before."""


class Ground(StrEnum):
    """For what points are taken off or added: for a matter once, however often it happened in the month."""

    LEVEL_1 = "level_1"  # supervised at that level and no higher
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"
    REWORK = "rework"
    FALSE_REPLY = "false_reply"
    ADOPTED = "adopted"
    PRAISED = "praised"


PENALTIES = (Ground.LEVEL_1, Ground.LEVEL_2, Ground.LEVEL_3, Ground.REWORK, Ground.FALSE_REPLY)
BONUSES = (Ground.ADOPTED, Ground.PRAISED)


class Rate(Struct, frozen=True):
    """A rate and what it was counted from; ``good`` of ``of``, in cases or citizens."""

    good: Fraction
    of: int
    cases: tuple[str, ...] = ()  # those that were not all good: where to look

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


class Answer(Struct, frozen=True, omit_defaults=True):
    """How many citizens gave an answer, and on which cases; the best is counted and not listed."""

    number: int
    cases: tuple[str, ...] = ()


class LeftOut(Struct, frozen=True, omit_defaults=True):
    """What counts for nothing: ``sealed`` accusations (they stand in the counts alone), ``contested`` facts upheld."""

    sealed: int = 0
    contested: int = 0


class Counts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is counted of a unit's month, whichever formula is applied. ``answers``: by what was said, for the two parts
    that go by the citizens' word.
    """

    received: int  # citizens whose matter was dispatched to it, as are all counts but ``cases`` and the last three
    replied: int
    on_time: int
    due: int  # whose answer fell due, or was given, in the month
    rated: int
    cases: int = 0  # the matters that are scored, of those due
    returned: int = 0  # matters
    extended: int = 0
    concluded: int = 0
    left_out: LeftOut = LeftOut()
    answers: dict[Part, dict[str, Answer]] = {}


class Figures(Counts, frozen=True, kw_only=True):
    """A unit's month: the counts, the rates that are scored, the cases behind what is deducted and added."""

    rates: dict[Part, Rate]
    grounds: dict[Ground, tuple[str, ...]]

    @property
    def empty(self) -> bool:
        """Whether nothing was told of the unit in that month."""
        counted = self.received or self.due or self.rated or self.returned or self.concluded
        return not (counted or self.grounds or any(rate.of for rate in self.rates.values()))
