"""Whether a reply is another one over again."""

import re
from collections.abc import Iterable
from itertools import islice

from msgspec import Struct

from chalicelib.domain.duplicates import Letter, bands, normalised, similarity
from chalicelib.domain.reply_dates import Stretch, without_stamp
from chalicelib.domain.reply_phrases import phrases_in, without
from chalicelib.domain.reply_rules import ReplyRules

MOST = 4  # replies compared
BANDS = 8  # of the sixteen: replies 92 % alike share one of them 98 times in 100
SHORTEST = 40  # characters: shorter replies are alike too easily
SAME_TITLE = 0.25  # of the words of the shorter title
SAME_SUBJECT = 0.3  # of the words of the shorter letter: then the same answer may be right for both

_NO_SUBJECT = re.compile("反映|投诉|举报|请求|希望|建议|咨询|关于|问题|质疑|求助|尽快|解决|反对|[的了在对与和]")


class Other(Struct, frozen=True):
    """Another reply of the same unit, and the letter it went to."""

    case_id: str
    text: str
    title: str
    letter: str


def copy_bands(text: str, rules: ReplyRules) -> tuple[str, ...]:
    """Keys of which two replies that are nearly the same share one; none for a reply too short to be told apart."""
    said = _said(text, phrases_in(text, rules))
    return bands(Letter("", said, None, None))[:BANDS] if len(said) >= SHORTEST else ()


def _said(text: str, phrases: tuple[Stretch, ...]) -> str:
    """What a reply says, without courtesies, days and numbers."""
    bare = without(without_stamp(text), phrases)
    return re.sub(r"\d", "", normalised(Letter("", bare, None, None)))


class Copied(Struct, frozen=True):
    """Whose copy a reply is, and how alike the two are, in percent."""

    case_id: str
    percent: int


def long_enough(text: str, rules: ReplyRules) -> bool:
    """Whether a reply says enough to be told from others."""
    return len(_said(text, phrases_in(text, rules))) >= SHORTEST


def copied(title: str, letter: str, text: str, rules: ReplyRules, others: Iterable[Other]) -> Copied | None:
    """The first of ``others`` that ``text`` nearly is, as an answer to ``letter``; None for none.

    One that answers a letter about the same is no copy: it may be right for both. No more than ``MOST`` are looked at.
    """
    said = _said(text, phrases_in(text, rules))
    if len(said) < SHORTEST:
        return None
    for other in islice(others, MOST):
        percent = int(100 * similarity(said, _said(other.text, phrases_in(other.text, rules))))
        if percent >= rules.copied_from and not _same_subject(title, letter, other):
            return Copied(other.case_id, percent)
    return None


def _same_subject(title: str, letter: str, other: Other) -> bool:
    """Whether two letters are about the same, by their titles or on the whole."""
    titles = (_pairs(_NO_SUBJECT.sub("", one)) for one in (title, other.title))
    wholes = (_pairs(normalised(Letter(*one, None, None))) for one in ((title, letter), (other.title, other.letter)))
    return _overlap(*titles) >= SAME_TITLE or _overlap(*wholes) >= SAME_SUBJECT


def _overlap(here: set[str], there: set[str]) -> float:
    return len(here & there) / max(1, min(len(here), len(there)))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
