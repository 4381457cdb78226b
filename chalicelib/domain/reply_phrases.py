"""套话: the phrases of a reply, and what it says without them."""

import re
from functools import lru_cache

from chalicelib.domain.reply_dates import Stretch
from chalicelib.domain.reply_rules import ReplyRules


def phrases_in(text: str, rules: ReplyRules) -> tuple[Stretch, ...]:
    """Where the city's phrases stand, in the order of the text, none inside another."""
    return tuple(Stretch(*one.span()) for one in pattern_of(rules.phrases).finditer(text))


@lru_cache(maxsize=8)
def pattern_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Any of ``phrases``, the longest first; ``*`` in one stands for a gap in the clause."""
    gap = r"[^。；;！!？?，,\n]{0,12}"
    kinds = sorted(phrases, key=len, reverse=True)
    return re.compile("|".join(gap.join(map(re.escape, phrase.split("*"))) for phrase in kinds) or r"(?!)")


def without(text: str, stretches: tuple[Stretch, ...]) -> str:
    """The rest of the text."""
    kept, at = [], 0
    for one in stretches:
        kept.append(text[at : one.start])
        at = max(at, one.end)
    return "\n".join((*kept, text[at:]))


def length(text: str) -> int:
    """Letters, signs and digits; no marks."""
    return sum(map(str.isalnum, text))
