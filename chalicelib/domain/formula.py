"""考核办法: the numbers of the assessment, as an office sets them. All are whole; what is counted by them is exact."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct

from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.words import UnitClass

JUDGED = tuple(one for one in UnitClass if one is not UnitClass.DESK)
"""The classes that can be ranked: the desk judges and is not judged."""


class Grade(StrEnum):
    """等次: what a score is called."""

    EXCELLENT = "excellent"  # 优秀
    GOOD = "good"  # 良好
    PASSING = "passing"  # 合格
    FAILING = "failing"  # 不合格


class Formula(Struct, frozen=True):
    """A formula. Its numbers bear the names of what they are for: of a ``Part`` its weight, of a ``Ground`` its points.

    The defaults are version 1, by which months have been counted: they are never changed, a new one is a new version.
    """

    version: int = 1
    # weights; what matters is how they compare
    response: int = 15
    timeliness: int = 25
    solution: int = 30
    satisfaction: int = 25
    settlement: int = 5
    participation: int = 0
    exam: int = 0
    quality: int = 0
    # what an answer between the best (100) and the worst (0) is worth, percent
    partly: int = 50
    fairly: int = 80
    # points off, for each matter
    rework: int = 1
    level_1: int = 1
    level_2: int = 3
    level_3: int = 6
    false_reply: int = 5
    most_penalty: int = 30
    # points added, for each matter
    adopted: int = 1
    praised: int = 1
    most_bonus: int = 5
    ceiling: int = 105  # no score is higher
    # from which score on
    excellent: int = 90
    good: int = 80
    passing: int = 60
    fewest_ranked: int = 5  # cases in the month; a unit with fewer is shown, not ranked
    prior: int = 5  # cases of the class's mean that are mixed into each rate, lest one letter make a unit last
    ranked: tuple[UnitClass, ...] = JUDGED

    def number(self, name: str) -> int:
        """The number of that name."""
        value = getattr(self, name)
        assert isinstance(value, int)
        return value

    def worth(self, answer: str) -> Fraction:
        """What a citizen's answer (``Solved`` or ``Satisfaction``) is worth, from 0 to 1."""
        worths = {"yes": 100, "satisfied": 100, "partly": self.partly, "fairly": self.fairly}
        return Fraction(worths.get(answer, 0), 100)

    def ranks(self, unit_class: UnitClass) -> bool:
        """Whether units of that class are ranked. The desk never is."""
        return unit_class is not UnitClass.DESK and unit_class in self.ranked

    def grade(self, score: Fraction) -> Grade:
        """What ``score`` is called: as it is shown, of two places."""
        grades = ((self.excellent, Grade.EXCELLENT), (self.good, Grade.GOOD), (self.passing, Grade.PASSING))
        return next((grade for least, grade in grades if round(score, 2) >= least), Grade.FAILING)


def three_rates() -> Formula:
    """接诉即办: response, solution and satisfaction alone, each as good as the other, nothing deducted or added."""
    return Formula(
        response=1, timeliness=0, solution=1, satisfaction=1, settlement=0, participation=0, exam=0, quality=0,
        rework=0, level_1=0, level_2=0, level_3=0, false_reply=0, most_penalty=0,
        adopted=0, praised=0, most_bonus=0, ceiling=100,
    )  # fmt: skip


PRESETS: Mapping[str, Formula] = {"default": Formula(), "three_rates": three_rates()}


class Number(Struct, frozen=True):
    """One number of the form, and between what it lies."""

    name: str
    least: int
    most: int


WEIGHTS = ("response", "timeliness", "solution", "satisfaction", "settlement", "participation", "exam", "quality")
LEVELS = ("level_1", "level_2", "level_3")
PENALTIES = ("rework", *LEVELS, "false_reply")
BONUSES = ("adopted", "praised")
GRADES = ("excellent", "good", "passing")
GROUPS: tuple[tuple[str, tuple[Number, ...]], ...] = (
    ("weights", tuple(Number(name, 0, 100) for name in WEIGHTS)),
    ("answers", (Number("partly", 0, 100), Number("fairly", 0, 100))),
    ("penalties", (*(Number(name, 0, 20) for name in PENALTIES), Number("most_penalty", 0, 100))),
    ("bonuses", (*(Number(name, 0, 10) for name in BONUSES), Number("most_bonus", 0, 20))),
    ("grades", (Number("ceiling", 100, 120), *(Number(name, 1, 120) for name in GRADES))),
    ("ranking", (Number("fewest_ranked", 1, 100), Number("prior", 0, 100))),
)
"""Every number that an office sets, as the page groups them."""
NUMBERS = tuple(number for _, group in GROUPS for number in group)


def read_formula(raw: Mapping[str, str]) -> Formula:
    """What a form says: each of ``NUMBERS`` by its name, and ``ranked_<class>`` for each class that is ranked.

    Raises Invalid, naming each field that cannot be taken.
    """
    values: dict[str, int] = {}
    errors: list[FieldError] = []
    for number in NUMBERS:
        try:
            values[number.name] = _read(raw.get(number.name, "").strip(), number)
        except Invalid as refused:
            errors += refused.errors
    ranked = tuple(one for one in JUDGED if raw.get(f"ranked_{one}"))
    errors += _at_odds(values)
    if not ranked:
        errors.append(FieldError("ranked", "formula.nobody_ranked"))
    if errors:
        raise Invalid(errors)
    return Formula(**values, ranked=ranked)


def _read(text: str, number: Number) -> int:
    if not text:
        raise Invalid([FieldError(number.name, "field.empty")])
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Invalid([FieldError(number.name, "formula.not_a_number")])
    if not number.least <= int(text) <= number.most:
        between = (("least", str(number.least)), ("most", str(number.most)))
        raise Invalid([FieldError(number.name, "formula.between", between)])
    return int(text)


def _at_odds(values: Mapping[str, int]) -> list[FieldError]:
    """Numbers that do not go together; those that could not be read are told of already."""
    errors = []
    if all(values.get(name) == 0 for name in WEIGHTS):
        errors.append(FieldError(WEIGHTS[0], "formula.no_weight"))
    errors += _falls(values, LEVELS, "formula.milder")
    for most, singles in (("most_penalty", PENALTIES), ("most_bonus", BONUSES)):
        if most in values and values[most] < max(values.get(name, 0) for name in singles):
            errors.append(FieldError(most, "formula.below_one"))
    errors += _falls(values, ("passing", "good", "excellent"), "formula.grades", strictly=True)
    errors += _falls(values, ("excellent", "ceiling"), "formula.ceiling")
    return errors


def _falls(values: Mapping[str, int], names: tuple[str, ...], code: str, *, strictly: bool = False) -> list[FieldError]:
    """Where a number is less than the one before it; ``strictly``: or the same."""
    known = [(low, high) for low, high in pairwise(names) if low in values and high in values]
    return [FieldError(high, code) for low, high in known if values[high] < values[low] + strictly]


class Change(Struct, frozen=True):
    """One thing that differs between two formulas. ``before``, ``after``: a number, or the ids of classes."""

    name: str
    before: str
    after: str


def changes_of(before: Formula, after: Formula) -> tuple[Change, ...]:
    """What differs, in the order of the form."""
    pairs = [(number.name, str(before.number(number.name)), str(after.number(number.name))) for number in NUMBERS]
    pairs.append(("ranked", ",".join(before.ranked), ",".join(after.ranked)))
    return tuple(Change(name, was, now) for name, was, now in pairs if was != now)
