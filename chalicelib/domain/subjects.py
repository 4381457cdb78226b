"""What a letter is about: every category weighed by the words that show it and by the units the letter names."""

import math
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.city import Category, City
from chalicelib.domain.events import Reason
from chalicelib.domain.lexicon import Lexicon
from chalicelib.domain.subject_list import counts_as, every_level, subject_id

STRONG = 3.0  # a strong word against a plain one
TITLE = 2.0  # how much more a word counts in the title
UNIT_ADDRESSED = 3.0  # the letter's title or opening names a unit of this function
UNIT_MENTIONED = 1.0
LEAST = 4.0  # a strong word and a plain one: with less nothing is sure
MARGIN = 1.5  # how far the best must be ahead of the best that another unit would handle
_WORDS_SHOWN = 5


class Sign(Struct, frozen=True):
    """What one word says: which subject or matter, how strongly. ``again``: of a matter, by a word of its subject's."""

    category: str
    weight: float
    again: bool = False


class Subject(Struct, frozen=True):
    """The category, None where no word tells it. ``doubts`` say why it should be looked at."""

    category: Category | None
    grounds: tuple[Reason, ...]
    doubts: tuple[Reason, ...]


def subject_words(city: City) -> Lexicon[Sign]:
    """Every word of every subject and matter; a word shared by n subjects says 1/n of each."""
    weights = [
        (word, one.id, weight)
        for one in every_level(city.categories)
        for words, weight in ((one.strong_words, STRONG), (one.words, 1.0))
        for word in words
    ]
    own = {(word.casefold(), one) for word, one, _ in weights}
    shared = Counter(word for word, _ in {(word, subject_id(one)) for word, one in own})
    return Lexicon(
        (word, Sign(one, weight / shared[word.casefold()], _again(word.casefold(), one, own)))
        for word, one, weight in weights
    )


def _again(word: str, one: str, own: set[tuple[str, str]]) -> bool:
    return subject_id(one) != one and (word, subject_id(one)) in own


def subject_of(
    title: str,
    text: str,
    addressed: frozenset[str],
    mentioned: frozenset[str],
    lexicon: Lexicon[Sign],
    city: City,
    within: str = "",
    among: frozenset[str] | None = None,
) -> Subject:
    """What the letter is about. ``addressed`` and ``mentioned``: the functions of the units it names; ``within``: the
    id of the class or subject that was chosen, inside which it stays; ``among``: the ids of the subjects it is known to
    be one of, between which a single word tells.
    """
    found, rolling, shown = _weigh(title, text, lexicon)
    scores = _rolled_up({one: score for one, score in rolling.items() if not within or counts_as(one, within)})
    if among is not None:
        scores = {one: score for one, score in scores.items() if one in among}
    if not scores:
        return Subject(None, (), (Reason("reason.no_category", {}),))
    ranked = sorted(
        (category for category in city.categories if category.id in scores),
        key=lambda category: -(scores[category.id] + _unit_bonus(category, addressed, mentioned)),
    )
    best = ranked[0]
    rival = next((other for other in ranked if _other_hands(other, best)), None)
    least = LEAST if among is None else 0.0
    doubts = tuple(_doubts(best, rival, scores, addressed, mentioned, least))
    words = dict.fromkeys(word for one in found if counts_as(one, best.id) for word in shown[one])
    exactly, more = _refined(best, found)
    ground = Reason("reason.words", {"words": "、".join([*words][:_WORDS_SHOWN]), **_names(exactly)})
    return Subject(exactly, (ground,), (*doubts, *more))


def _rolled_up(found: dict[str, float]) -> dict[str, float]:
    """The subjects with what their words say, and of each the matter that says most: matters of one subject share what
    they are about, and three of them say it no more often than one.
    """
    scores: dict[str, float] = {}
    deepest: dict[str, float] = {}
    for one, score in found.items():
        subject = subject_id(one)
        if one == subject:
            scores[subject] = scores.get(subject, 0.0) + score
        else:
            deepest[subject] = max(score, deepest.get(subject, 0.0))
    for subject, score in deepest.items():
        scores[subject] = scores.get(subject, 0.0) + score
    return scores


def _refined(subject: Category, found: dict[str, float]) -> tuple[Category, tuple[Reason, ...]]:
    """The matter of ``subject`` of which the letter's own words say most, ``subject`` itself where none or two do; with
    the doubt whether it is that, where another unit would be competent for it.
    """
    ranked = sorted(((found[one.id], one) for one in subject.matters if one.id in found), key=lambda pair: -pair[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return subject, ()
    score, matter = ranked[0]
    exactly = subject.refined(matter)
    unsure = _other_hands(exactly, subject) and score < LEAST
    return exactly, (Reason("reason.few_words", _names(exactly)),) if unsure else ()


def _weigh(
    title: str, text: str, lexicon: Lexicon[Sign]
) -> tuple[dict[str, float], dict[str, float], dict[str, list[str]]]:
    """What is said of each subject and matter; the same without what a subject says itself; by which words."""
    in_title = Counter(found.word for found in lexicon.find(title))
    in_text: Counter[str] = Counter()
    meanings: dict[str, tuple[Sign, ...]] = {}
    for found in (*lexicon.find(title), *lexicon.find(text)):
        in_text[found.word] += 1
        meanings[found.word] = found.meanings
    scores: dict[str, float] = {}
    rolling: dict[str, float] = {}
    shown: dict[str, list[str]] = {}
    for word, signs in meanings.items():
        times = math.sqrt(min(in_text[word], 4)) + (TITLE if word in in_title else 0.0)
        for sign in signs:
            scores[sign.category] = scores.get(sign.category, 0.0) + sign.weight * times
            if not sign.again:
                rolling[sign.category] = rolling.get(sign.category, 0.0) + sign.weight * times
            shown.setdefault(sign.category, []).append(word)
    return scores, rolling, shown


def _unit_bonus(category: Category, addressed: frozenset[str], mentioned: frozenset[str]) -> float:
    if category.function in addressed:
        return UNIT_ADDRESSED
    return UNIT_MENTIONED if category.function in mentioned else 0.0


def _other_hands(other: Category, best: Category) -> bool:
    """Whether taking ``other`` for ``best`` would bring the letter to another unit."""
    return (other.function, other.level) != (best.function, best.level)


def _doubts(
    best: Category,
    rival: Category | None,
    scores: dict[str, float],
    addressed: frozenset[str],
    mentioned: frozenset[str],
    least: float,
) -> Iterable[Reason]:
    score = scores[best.id] + _unit_bonus(best, addressed, mentioned)
    if score < least:
        yield Reason("reason.few_words", _names(best))
    elif rival is not None and score < MARGIN * (scores[rival.id] + _unit_bonus(rival, addressed, mentioned)):
        params = {"rival_zh": rival.name.zh, "rival_en": rival.name.en}
        yield Reason("reason.close_categories", {**_names(best), **params})


def _names(category: Category) -> dict[str, str]:
    return {"category_zh": category.name.zh, "category_en": category.name.en}
