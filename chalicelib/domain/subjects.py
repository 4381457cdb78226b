"""What a letter is about: every category weighed by the words that show it and by the units the letter names."""

import math
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.city import Category, City
from chalicelib.domain.events import Reason
from chalicelib.domain.lexicon import Lexicon

STRONG = 3.0  # a strong word against a plain one
TITLE = 2.0  # how much more a word counts in the title
UNIT_ADDRESSED = 3.0  # the letter's title or opening names a unit of this function
UNIT_MENTIONED = 1.0
LEAST = 4.0  # a strong word and a plain one: with less nothing is sure
MARGIN = 1.5  # how far the best must be ahead of the best that another unit would handle
_WORDS_SHOWN = 5


class Sign(Struct, frozen=True):
    """What one word says: which category, how strongly."""

    category: str
    weight: float


class Subject(Struct, frozen=True):
    """The category, None where no word tells it. ``doubts`` say why it should be looked at."""

    category: Category | None
    grounds: tuple[Reason, ...]
    doubts: tuple[Reason, ...]


def subject_words(city: City) -> Lexicon[Sign]:
    """Every word of every category; a word shared by n categories says 1/n of each."""
    weights = [
        (word, category.id, weight)
        for category in city.categories
        for words, weight in ((category.strong_words, STRONG), (category.words, 1.0))
        for word in words
    ]
    shared = Counter(word.casefold() for word, _, _ in weights)
    return Lexicon((word, Sign(category, weight / shared[word.casefold()])) for word, category, weight in weights)


def subject_of(
    title: str,
    text: str,
    addressed: frozenset[str],
    mentioned: frozenset[str],
    lexicon: Lexicon[Sign],
    city: City,
) -> Subject:
    """What the letter is about. ``addressed`` and ``mentioned``: the functions of the units it names."""
    scores, shown = _weigh(title, text, lexicon)
    if not scores:
        return Subject(None, (), (Reason("reason.no_category", {}),))
    ranked = sorted(
        (category for category in city.categories if category.id in scores),
        key=lambda category: -(scores[category.id] + _unit_bonus(category, addressed, mentioned)),
    )
    best = ranked[0]
    rival = next((other for other in ranked if _other_hands(other, best)), None)
    ground = Reason("reason.words", {"words": "、".join(shown[best.id][:_WORDS_SHOWN]), **_names(best)})
    return Subject(best, (ground,), tuple(_doubts(best, rival, scores, addressed, mentioned)))


def _weigh(title: str, text: str, lexicon: Lexicon[Sign]) -> tuple[dict[str, float], dict[str, list[str]]]:
    in_title = Counter(found.word for found in lexicon.find(title))
    in_text: Counter[str] = Counter()
    meanings: dict[str, tuple[Sign, ...]] = {}
    for found in (*lexicon.find(title), *lexicon.find(text)):
        in_text[found.word] += 1
        meanings[found.word] = found.meanings
    scores: dict[str, float] = {}
    shown: dict[str, list[str]] = {}
    for word, signs in meanings.items():
        times = math.sqrt(min(in_text[word], 4)) + (TITLE if word in in_title else 0.0)
        for sign in signs:
            scores[sign.category] = scores.get(sign.category, 0.0) + sign.weight * times
            shown.setdefault(sign.category, []).append(word)
    return scores, shown


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
) -> Iterable[Reason]:
    score = scores[best.id] + _unit_bonus(best, addressed, mentioned)
    if score < LEAST:
        yield Reason("reason.few_words", _names(best))
    elif rival is not None and score < MARGIN * (scores[rival.id] + _unit_bonus(rival, addressed, mentioned)):
        params = {"rival_zh": rival.name.zh, "rival_en": rival.name.en}
        yield Reason("reason.close_categories", {**_names(best), **params})


def _names(category: Category) -> dict[str, str]:
    return {"category_zh": category.name.zh, "category_en": category.name.en}
