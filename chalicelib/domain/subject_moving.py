"""The words of a letter that moved a model to its best label rather than to the second: what a clerk is shown."""

import re
from collections.abc import Iterator

from msgspec import Struct

from chalicelib.domain.subject_grams import PAIRS, Read, buckets

MOST_WORDS = 5
LONGEST_WORD = 6  # characters
_TRIED = 30  # words looked for in the letter as it was written: time stays bounded
_RAGGED = 2  # so much rarer than the commonest pair of a word is a pair at its end that is none of it
_UNKNOWN = 256  # rarer than any bucket's weight
_LINKS = frozenset(
    "的了是在我你您他她它们和与及就也都这那吗呢吧啊之其"
)  # say nothing of a subject, wherever they stand


class Row(Struct, frozen=True):
    """One label's row of the table, and what one of its numbers is worth."""

    numbers: memoryview
    scale: float


class Leaning(Struct, frozen=True):
    """What is looked at: ``rarities`` of the buckets, and the rows of the best label and of the second."""

    rarities: memoryview
    best: Row
    second: Row
    bits: int


def moving_words(letter: Read, written: tuple[str, str], leaning: Leaning) -> tuple[str, ...]:
    """The words of two to six characters for the best label and against the second, strongest first, at most five, none
    inside another, each as it stands in ``written`` (title and text).
    """
    gains: dict[str, float] = {}
    for text in (letter.title, letter.body):
        for word, gain in _words(text, leaning):
            gains[word] = max(gain, gains.get(word, 0.0))
    shown: dict[str, str] = {}
    for word in sorted((word for word in gains if gains[word] > 0), key=lambda word: (-gains[word], word))[:_TRIED]:
        if not any(word in other or other in word for other in shown):
            found = _as_written(word, written)
            shown |= {word: found} if found else {}
    return tuple(shown.values())[:MOST_WORDS]


def _words(text: str, leaning: Leaning) -> Iterator[tuple[str, float]]:
    """Each word of ``text``, with what its pairs of characters say for the best label against the second."""
    places = buckets(text, PAIRS, leaning.bits)
    rarities = [
        leaning.rarities[place] or _UNKNOWN if _of_one_word(left, right) else _UNKNOWN
        for left, right, place in zip(text, text[1:], places, strict=False)
    ]
    for start, end in _stretches(rarities):
        first, last = _trimmed(rarities, start, end)
        if last - first < LONGEST_WORD:
            yield text[first : last + 1], sum(_gain(place, leaning) for place in places[first:last])


def _of_one_word(left: str, right: str) -> bool:
    if left in _LINKS or right in _LINKS or left.isascii() != right.isascii():
        return False
    return left.isalpha() and right.isalpha()


def _stretches(rarities: list[int]) -> Iterator[tuple[int, int]]:
    """The pairs that make a word, from the first to behind the last.

    A pair that is rarer than those beside it lies across two words: 险单 in 保险单位.
    """
    start = 0
    for at, rarity in enumerate([*rarities, _UNKNOWN]):
        before = rarities[at - 1] if at else _UNKNOWN
        after = rarities[at + 1] if at + 1 < len(rarities) else _UNKNOWN
        if rarity == _UNKNOWN or before < rarity >= after:
            if at > start:
                yield start, at
            start = at + 1


def _trimmed(rarities: list[int], start: int, end: int) -> tuple[int, int]:
    """A stretch without what hangs on to its ends: 市 of 市教育局, 时 of 房产证时."""
    rare = _RAGGED * min(rarities[start:end])
    while rarities[start] > rare:
        start += 1
    while rarities[end - 1] > rare:
        end -= 1
    return start, end


def _gain(place: int, leaning: Leaning) -> float:
    best, second = leaning.best, leaning.second
    return leaning.rarities[place] * (best.scale * best.numbers[place] - second.scale * second.numbers[place])


def _as_written(word: str, written: tuple[str, str]) -> str:
    """``word`` as the citizen wrote it; empty where only folding made it (it was spaced out, or in another width)."""
    for text in written:
        found = re.search(re.escape(word), text, re.IGNORECASE)
        if found:
            return found.group()
    return ""
