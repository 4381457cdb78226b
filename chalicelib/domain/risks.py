"""风险: what in a letter is to be put before a person at once, with the words that show it.

Precision before reach: a red mark on one letter in ten is read by nobody. A word inside a longer harmless one is not
found (跳楼价), nor one that is taken back right before it (防止触电). Time grows with the letter, not with the words.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from chalicelib.domain.lexicon import Lexicon
from chalicelib.domain.risk_words import Count, Pair, Risk

MOST_SHOWN = 6  # words for one risk
_BEFORE = 6  # characters in which what takes a word back may stand
_STOPS = frozenset("，。！？；：、,.!?;:\n ")
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_SOME = {"几": 3, "数": 3, "好几": 3, "上": 1, "近": 1}  # 几百户 is three hundred or more
_NUMBER = r"(?:\d{1,6}[万千百]?|[〇零一二两三四五六七八九十百千万几数上近]{1,8})[多余来几]?个?"


class RiskSeen(Struct, frozen=True):
    """A risk that a letter shows. ``words``: by which, in the order of the letter."""

    risk: Risk
    words: tuple[str, ...]


class _Hit(Struct, frozen=True):
    at: int
    word: str


class RiskReader:
    """The risks of a city, made ready for reading letters."""

    def __init__(self, risks: tuple[Risk, ...]) -> None:
        self._of = tuple(_OneRisk(risk) for risk in risks)

    def read(self, *passages: str) -> tuple[RiskSeen, ...]:
        """The risks that ``passages`` show, in the city's order."""
        texts = [passage.casefold() for passage in passages]
        seen = []
        for one in self._of:
            words = tuple(dict.fromkeys(word for text in texts for word in one.words_in(text)))[:MOST_SHOWN]
            if words:
                seen.append(RiskSeen(one.risk, words))
        return tuple(seen)


class _OneRisk:
    """One risk with its words. Each has a lexicon of its own: what is harmless for one may be another's word."""

    def __init__(self, risk: Risk) -> None:
        self.risk = risk
        self._harmless = frozenset(word.casefold() for word in risk.harmless)
        self._alone = frozenset(word.casefold() for word in risk.words)
        self._lexicon = Lexicon((word, word) for word in risk.all_words)
        self._counts = tuple((count, _pattern(count)) for count in risk.counts)

    def words_in(self, text: str) -> Iterator[str]:
        """The words by which ``text`` shows it; none where it does not."""
        hits = [
            _Hit(at, found.word)
            for at, found in self._lexicon.find_at(text)
            if found.word not in self._harmless and not self._taken_back(text, at)
        ]
        yield from (hit.word for hit in hits if hit.word in self._alone)
        for pair in self.risk.pairs:
            yield from _together(pair, hits)
        for count, pattern in self._counts:
            yield from _counted(count, pattern, text, hits)

    def _taken_back(self, text: str, at: int) -> bool:
        before = text[max(0, at - _BEFORE) : at]
        clause = before[max((place + 1 for place, char in enumerate(before) if char in _STOPS), default=0) :]
        return any(word in clause for word in self.risk.not_after)


def _together(pair: Pair, hits: list[_Hit]) -> Iterator[str]:
    """The words of each couple: of ``second`` the next one after each of ``first``, where it stands near enough."""
    second = [hit for hit in hits if hit.word in pair.second]
    places = [hit.at for hit in second]
    for hit in hits:
        if hit.word not in pair.first:
            continue
        end = hit.at + len(hit.word)
        place = bisect_left(places, end)
        if place < len(second) and places[place] - end <= pair.within:
            yield f"{hit.word}…{second[place].word}"


def _pattern(count: Count) -> re.Pattern[str]:
    units = "|".join(re.escape(unit) for unit in sorted(count.units, key=len, reverse=True))
    return re.compile(f"(?P<number>{_NUMBER})(?:{units})")


def _counted(count: Count, pattern: re.Pattern[str], text: str, hits: list[_Hit]) -> Iterator[str]:
    near = [hit for hit in hits if hit.word in count.near]
    for match in pattern.finditer(text):
        if number_of(match["number"]) < count.least:
            continue
        beside = next(
            (
                hit.word
                for hit in near
                if -count.within - len(hit.word) <= hit.at - match.start() and hit.at - match.end() <= count.within
            ),
            "",
        )
        if beside or not count.near:
            yield match[0]
            if beside:
                yield beside


def number_of(written: str) -> int:
    """The number that ``written`` is at least: 300 for 300多, 三百 and 几百; 0 for none."""
    digits = re.match(r"\d+", written)
    total, part = 0, int(digits[0]) if digits else 0
    for char in written[digits.end() if digits else 0 :]:
        if char in _DIGITS:
            part = part * 10 + _DIGITS[char] if digits else _DIGITS[char]
        elif char in _SOME:
            part = part or _SOME[char]
        elif char == "万":
            total, part = (total + part or 1) * _SCALES[char], 0
        elif char in _SCALES:
            total, part = total + (part or 1) * _SCALES[char], 0
    return total + part
