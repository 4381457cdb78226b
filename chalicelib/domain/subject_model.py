"""What a letter is about, by a model learnt from a city's own letters: how likely each subject is, and by which words.

A linear model: every run of characters (``subject_grams``) speaks for or against each label, by a byte in a table.
Averages of linear learners are linear too, so whatever was trained, this is all that is left to do.
"""

import math
from operator import mul

from msgspec import Struct

from chalicelib.domain.model_card import Card
from chalicelib.domain.subject_file import Head, NotAModel, unpack
from chalicelib.domain.subject_grams import LONGEST_BODY, LONGEST_TITLE, RAW, Read, counted, read
from chalicelib.domain.subject_moving import Leaning, Row, moving_words

__all__ = ["Card", "Guess", "NotAModel", "Opinion", "SubjectModel", "read_model"]

MOST_GUESSES = 3


class Guess(Struct, frozen=True):
    """A label, and how often such a guess is right: 0 to 1, calibrated."""

    label: str
    confidence: float


class Opinion(Struct, frozen=True):
    """``guesses``: best first, at most three; ``words``: those of the letter that moved it to the best, strongest
    first, at most five.
    """

    guesses: tuple[Guess, ...]
    words: tuple[str, ...]


class SubjectModel:
    """A model that was read. It is never changed, so one serves many letters."""

    def __init__(self, head: Head, table: memoryview) -> None:
        buckets = 1 << head.bits
        self.card = head.card
        self._head = head
        self._weights = table[:buckets]
        self._rows = [table[start : start + buckets].cast("b") for start in range(buckets, len(table), buckets)]

    def opinion(self, title: str, text: str) -> Opinion:
        """What the letter is about. Any text will do, none too; the same letter gives the same opinion."""
        letter = read(title, text)
        scores = self._scores(letter)
        ranked = sorted(range(len(scores)), key=lambda label: -scores[label])
        shares = _confidences([scores[label] for label in ranked], self._head.trust)
        named = zip(ranked[:MOST_GUESSES], shares, strict=False)
        guesses = tuple(Guess(self.card.labels[label], share) for label, share in named)
        best, second = (Row(self._rows[label], self._head.scales[label]) for label in ranked[:2])
        written = title[: RAW * LONGEST_TITLE], text[: RAW * LONGEST_BODY]
        words = moving_words(letter, written, Leaning(self._weights, best, second, self._head.bits))
        return Opinion(guesses, words)

    def _scores(self, letter: Read) -> list[float]:
        places, values = self._evidence(letter)
        return [
            start + scale * sum(map(mul, values, map(row.__getitem__, places)))
            for start, scale, row in zip(self._head.starts, self._head.scales, self._rows, strict=True)
        ]

    def _evidence(self, letter: Read) -> tuple[list[int], list[float]]:
        """The buckets that the letter hits and the model knows, and how much each counts: each part its share."""
        places: list[int] = []
        values: list[float] = []
        for share, hits in zip(self._head.shares, counted(letter, self._head.bits), strict=True):
            weights = map(self._weights.__getitem__, hits)
            known = [
                (place, weight * _DAMPED[times] if times < len(_DAMPED) else weight * _damped(times))
                for (place, times), weight in zip(hits.items(), weights, strict=True)
                if weight
            ]
            length = math.sqrt(sum(value * value for _, value in known))
            places += [place for place, _ in known]
            values += [share * value / length for _, value in known]
        return places, values


def _damped(times: int) -> float:
    """How much a run counts that stands so often: ten times is not ten times as telling."""
    return 1.0 + math.log(times)


_DAMPED = (0.0, *map(_damped, range(1, 100)))


def _confidences(scores: list[float], trust: tuple[float, float]) -> list[float]:
    """How often each guess is right, of ``scores`` in falling order: shares of the whole (softmax), the best one's put
    right by ``trust`` (Platt 1999), what it leaves divided among the others as before.
    """
    powers = [math.exp(score - scores[0]) for score in scores]
    rest = sum(powers[1:])
    slope, shift = trust
    best = 1.0 / (1.0 + math.exp(min(700.0, slope * math.log(rest) - shift))) if rest else 1.0
    return [best, *(min(best, (1.0 - best) * power / rest) if rest else 0.0 for power in powers[1:])]


def read_model(data: bytes) -> SubjectModel:
    """The model in a file. Raises NotAModel."""
    return SubjectModel(*unpack(data))
