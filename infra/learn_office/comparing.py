"""Two judges over the same letters, which neither has seen: which is right more often, and whether that is chance.

Each letter is judged by both, so what counts is where only one is right: the exact sign test on these pairs (McNemar
1947, Psychometrika 12:153) asks how often a judge that is no better would do so well.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable

from msgspec import Struct

from chalicelib.desk.written import place_of
from chalicelib.domain.city import Category, City
from chalicelib.domain.learning import RIGHT_WHEN_SURE, WHOLE, Comparison
from chalicelib.domain.opinions import meant_by
from chalicelib.domain.routing import RoutedLetter, route
from chalicelib.domain.subject_model import SubjectModel
from infra.learn_office.gathering import DecidedLetter

MOST_CHANCE = 0.05


class Judged(Struct, frozen=True):
    """What a judge says of one letter: a category that stands for what it means, None for none; whether it is sure."""

    category: Category | None
    sure: bool


Judge = Callable[[DecidedLetter], Judged]


def by_model(model: SubjectModel, threshold: int, city: City) -> Judge:
    """The judgement of ``model``, sure from ``threshold`` per mille on."""

    def judge(letter: DecidedLetter) -> Judged:
        guesses = model.opinion(letter.submission.title, letter.submission.text).guesses
        if not guesses:
            return Judged(None, False)
        meant = meant_by(guesses[0].label, city)
        return Judged(meant[0] if meant else None, int(guesses[0].confidence * WHOLE) >= threshold)

    return judge


def by_words(city: City) -> Judge:
    """The judgement of the rules and the words, as routing has it without a model."""

    def judge(letter: DecidedLetter) -> Judged:
        one = letter.submission
        read = RoutedLetter(one.mailbox, one.kind, one.title, one.text, one.area, place_of(one))
        found = route(read, city)
        return Judged(city.category(found.category), found.sure)

    return judge


def names_classes(model: SubjectModel, city: City) -> bool:
    """Whether any label of ``model`` is a top class rather than a category."""
    return any(len(meant_by(label, city)) > 1 for label in model.card.labels)


def compare(letters: Iterable[DecidedLetter], new: Judge, old: Judge, against: str, classes: bool) -> Comparison:
    """Both over ``letters``. ``classes``: a judge is right that finds the top class, for one of them knows no more."""
    rows = [(_meaning(letter.category, classes), new(letter), old(letter)) for letter in letters]
    mine = [(true, _said(judged, classes), judged.sure) for true, judged, _ in rows]
    theirs = [(true, _said(judged, classes), judged.sure) for true, _, judged in rows]
    pairs = [(said == true, other == true) for (true, said, _), (_, other, _) in zip(mine, theirs, strict=True)]
    better = sum(1 for right, other in pairs if right and not other)
    worse = sum(1 for right, other in pairs if other and not right)
    return Comparison(
        letters=len(rows),
        right=sum(right for right, _ in pairs),
        macro_f1=round(macro_f1(mine), 4),
        sure=sum(sure for _, _, sure in mine),
        sure_right=sum(sure and said == true for true, said, sure in mine),
        against=against,
        old_right=sum(other for _, other in pairs),
        old_macro_f1=round(macro_f1(theirs), 4),
        old_sure=sum(sure for _, _, sure in theirs),
        old_sure_right=sum(sure and said == true for true, said, sure in theirs),
        better=better,
        worse=worse,
        chance=round(chance(better, worse), 6),
    )


def _meaning(category: Category, classes: bool) -> str:
    return category.group.zh if classes and category.group is not None else category.id


def _said(judged: Judged, classes: bool) -> str:
    return _meaning(judged.category, classes) if judged.category is not None else ""


def macro_f1(judged: Iterable[tuple[str, str, bool]]) -> float:
    """The mean F1 over the categories that letters are really about."""
    right, said, true = Counter[str](), Counter[str](), Counter[str]()
    for is_so, guess, _ in judged:
        true[is_so] += 1
        said[guess] += 1
        right[is_so] += is_so == guess
    return sum(2 * right[one] / (said[one] + number) for one, number in true.items()) / max(1, len(true))


def chance(better: int, worse: int) -> float:
    """How likely at least ``better`` of these pairs are won by a judge that is no better: one-sided, exact."""
    pairs = better + worse
    ways = sum(math.comb(pairs, won) for won in range(better, pairs + 1))
    return float(ways / (1 << pairs))


def refusal_of(found: Comparison) -> str:
    """Why the new one is not put to work; "" where it is."""
    if found.chance >= MOST_CHANCE:
        return (
            f"it is not shown to be better: only it was right on {found.better}, only the old one on {found.worse}, "
            f"which happens by chance in {found.chance:.0%} of such trials (less than {MOST_CHANCE:.0%} is asked for)"
        )
    if found.sure_right * 100 < RIGHT_WHEN_SURE * found.sure:
        return (
            f"of the {found.sure} letters it was sure of it was right on {found.sure_right}: "
            f"at least {RIGHT_WHEN_SURE} in 100 are asked for"
        )
    return ""
