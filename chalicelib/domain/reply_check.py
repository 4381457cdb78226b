"""答复质量提示: what a reply lacks, told to its writer before it is sent. Advice, never a block.

It goes by words (``reply_rules``) and by what the letter asks (``reply_questions``), in time that grows with the texts.
Whether review may be asked for is not looked for: the desk adds it to each reply to which the law gives it.
"""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from chalicelib.domain.reply_contacts import telephones_in
from chalicelib.domain.reply_copies import Other, copied, long_enough
from chalicelib.domain.reply_dates import Stretch, days_in, tells_when, without_stamp
from chalicelib.domain.reply_marks import WORTH, Code, Marked
from chalicelib.domain.reply_phrases import length, phrases_in, without
from chalicelib.domain.reply_questions import Question, questions_of, unanswered
from chalicelib.domain.reply_rules import VERSION, ReplyRules
from chalicelib.domain.words import Kind, Outcome

MOST_STRETCHES = 5  # shown of each mark
LONG = 100  # characters of substance: a reply that tells so much explains, in whatever words


class State(StrEnum):
    """What came of it."""

    GOOD = "good"
    MISSING = "missing"
    UNNEEDED = "unneeded"  # nothing to look for


class Doing(StrEnum):
    """How far a reply says that something is done."""

    DONE = "done"
    PROMISED = "promised"
    EXPLAINED = "explained"  # why not, or how
    NOTHING = "nothing"


class Asked(Struct, frozen=True):
    """The letter that is answered, in plain words."""

    title: str
    text: str
    kind: Kind


class Answering(Struct, frozen=True):
    """The reply as it would be sent on a day. ``dated``: it promises a day apart from its text."""

    text: str
    on: date
    outcome: Outcome | None = None
    dated: bool = False


class Mark(Struct, frozen=True):
    """One thing that was looked at. ``advice``: a message's key, filled by ``params``; ``quoted``: questions of the
    letter, or the number of the case whose reply it is like.
    """

    code: Code
    state: State
    points: int
    stretches: tuple[Stretch, ...] = ()
    advice: str = ""
    params: dict[str, str] = {}
    quoted: tuple[str, ...] = ()

    @property
    def most(self) -> int:
        """The points it has when nothing is missing."""
        return WORTH[self.code]


class Check(Struct, frozen=True):
    """The marks of a reply. Their points come to ``total``, 0 to 100."""

    text: str
    marks: tuple[Mark, ...]

    def said(self, mark: Mark) -> tuple[str, ...]:
        """The words of the reply that show a mark."""
        return tuple(self.text[one.start : one.end] for one in mark.stretches)

    @property
    def total(self) -> int:
        """The sum of the marks' points."""
        return sum(mark.points for mark in self.marks)

    @property
    def missing(self) -> tuple[Mark, ...]:
        """What the writer is told to look at."""
        return tuple(mark for mark in self.marks if mark.state is State.MISSING)

    @property
    def kept(self) -> Marked:
        """As it is recorded with the reply."""
        return Marked(VERSION, self.total, tuple(mark.code for mark in self.missing))


def check(asked: Asked, answering: Answering, rules: ReplyRules, others: Iterable[Other] = ()) -> Check:
    """What ``answering`` lacks as an answer to ``asked``. Never raises, whatever is written.

    ``others``: replies of the unit of which this may be a copy; the first few are compared.
    """
    text = answering.text
    phrases = phrases_in(text, rules)
    substance = without(without_stamp(text), phrases)
    thin = length(substance) < rules.fewest
    return Check(
        text,
        (
            _questions(asked, substance, rules),
            _measure(asked, answering, substance, rules),
            _date(asked, answering, rules),
            _contact(asked, text),
            _empty(asked, text, phrases, rules, thin=thin),
            _substance(asked, substance, rules),
            _copy(asked, text, rules, others),
        ),
    )


def _good(code: Code, stretches: Iterable[Stretch] = (), state: State = State.GOOD) -> Mark:
    return Mark(code, state, WORTH[code], tuple(stretches)[:MOST_STRETCHES])


def _missing(
    code: Code,
    advice: str = "",
    *,
    points: int = 0,
    stretches: Iterable[Stretch] = (),
    params: dict[str, str] | None = None,
    quoted: tuple[str, ...] = (),
) -> Mark:
    shown = tuple(stretches)[:MOST_STRETCHES]
    return Mark(code, State.MISSING, points, shown, f"check.advice.{advice or code}", params or {}, quoted)


def _questions(asked: Asked, substance: str, rules: ReplyRules) -> Mark:
    questions = asked_in(asked)
    if not questions:
        return _good(Code.QUESTIONS, state=State.UNNEEDED)
    left = unanswered(questions, substance, rules)
    if not left:
        return _good(Code.QUESTIONS)
    points = WORTH[Code.QUESTIONS] * (len(questions) - len(left)) // len(questions)
    return _missing(Code.QUESTIONS, points=points, quoted=tuple(one.text for one in left))


def asked_in(asked: Asked) -> tuple[Question, ...]:
    """The questions to be answered; thanks ask nothing."""
    return () if asked.kind is Kind.THANKS else questions_of(asked.title, asked.text)


def _measure(asked: Asked, answering: Answering, substance: str, rules: ReplyRules) -> Mark:
    if asked.kind is Kind.THANKS:
        return _good(Code.MEASURE, state=State.UNNEEDED)
    doing, stretches = _doing(answering.text, rules)
    if asked.kind is Kind.CONSULTATION and doing is Doing.NOTHING:
        return _good(Code.MEASURE, state=State.UNNEEDED)
    if doing in (Doing.DONE, Doing.PROMISED):
        return _good(Code.MEASURE, stretches)
    solved = answering.outcome in (Outcome.SOLVED, Outcome.BY_DATE, Outcome.ADOPTED)
    explained = doing is Doing.EXPLAINED or length(substance) >= LONG
    if explained and not (solved and asked.kind is Kind.APPEAL):
        return _good(Code.MEASURE, stretches)
    attention = tuple(Stretch(*one.span()) for one in re.finditer("高度重视|十分重视|非常重视", answering.text))
    return _missing(Code.MEASURE, "measure.attention" if attention else "measure", stretches=attention)


def _doing(text: str, rules: ReplyRules) -> tuple[Doing, tuple[Stretch, ...]]:
    """What the reply says is done, else promised, else explained, and where."""
    for doing, pattern in zip((Doing.DONE, Doing.PROMISED, Doing.EXPLAINED), _patterns(rules), strict=True):
        found = tuple(Stretch(*one.span()) for one in pattern.finditer(text))
        if found:
            return doing, found
    return Doing.NOTHING, ()


@lru_cache(maxsize=8)
def _patterns(rules: ReplyRules) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    measures, promises = _any(rules.measures), _any(rules.promises)
    done = (
        rf"(?:已经?|现已|均已|业已|经|被|先后|予以|进行|正在|立即|当即|当场|第一时间|责成|责令|对)[^。；;！!？?\n]{{0,24}}?{measures}"
        rf"|{measures}(?:了|完毕|到位|完成|如下|情况)"
    )
    return (
        re.compile(done),
        re.compile(rf"{promises}[^。；;！!？?\n]{{0,40}}?{measures}"),
        re.compile(_any(rules.grounds)),
    )


def _any(words: tuple[str, ...]) -> str:
    """A pattern of any of ``words``, the longest first; of none, one that never matches."""
    return "(?!)" if not words else f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"


def _date(asked: Asked, answering: Answering, rules: ReplyRules) -> Mark:
    """A day or a term, where something that has an end is promised."""
    days = days_in(answering.text)
    if asked.kind is Kind.THANKS:
        return _good(Code.DATE, state=State.UNNEEDED)
    promised = _promised(answering.text, rules)
    if answering.dated or any(tells_when(answering.text[one.start : one.end], answering.on) for one in days):
        return _good(Code.DATE, days)
    return _missing(Code.DATE, stretches=promised) if promised else _good(Code.DATE, state=State.UNNEEDED)


def _promised(text: str, rules: ReplyRules) -> tuple[Stretch, ...]:
    """Where something that has an end is promised: not what is refused, was done, or goes on for ever."""
    lasting = _alternatives(rules.lasting)
    found = (one for one in _promise_pattern(rules).finditer(text) if not lasting.search(one.group()))
    return tuple(Stretch(*one.span()) for one in found)


@lru_cache(maxsize=8)
def _promise_pattern(rules: ReplyRules) -> re.Pattern[str]:
    announced, finite = _any(rules.announced), _any(rules.finite)
    gap = r"(?![此该其您你我这上有相])[^，,。；;！!？?\n不未无没已与和“\"]{0,16}?"
    return re.compile(rf"(?<![已未要需可能现于使])(?:{announced}{gap}|将){finite}(?![了后前])")


@lru_cache(maxsize=32)
def _alternatives(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_any(words))


def _contact(asked: Asked, text: str) -> Mark:
    if asked.kind is Kind.THANKS:
        return _good(Code.CONTACT, state=State.UNNEEDED)
    found = tuple(telephones_in(text))
    return _good(Code.CONTACT, found) if found else _missing(Code.CONTACT)


def _empty(asked: Asked, text: str, phrases: tuple[Stretch, ...], rules: ReplyRules, *, thin: bool) -> Mark:
    whole = length(without_stamp(text))
    empty = sum(length(text[one.start : one.end]) for one in phrases)
    if asked.kind is Kind.THANKS or 100 * empty <= rules.most_phrases * whole:
        return _good(Code.PHRASES)
    percent = {"percent": str(100 * empty // whole)}
    return _missing(Code.PHRASES, "phrases.short" if thin else "", stretches=phrases, params=percent)


def _substance(asked: Asked, substance: str, rules: ReplyRules) -> Mark:
    told = length(substance)
    if asked.kind is Kind.THANKS:
        return _good(Code.SUBSTANCE, state=State.UNNEEDED)
    if told >= rules.fewest:
        return _good(Code.SUBSTANCE)
    return _missing(Code.SUBSTANCE, params={"length": str(told), "fewest": str(rules.fewest)})


def _copy(asked: Asked, text: str, rules: ReplyRules, others: Iterable[Other]) -> Mark:
    if not long_enough(text, rules):
        return _good(Code.COPY, state=State.UNNEEDED)
    found = copied(asked.title, asked.text, text, rules, others)
    if found is None:
        return _good(Code.COPY)
    return _missing(Code.COPY, params={"percent": str(found.percent)}, quoted=(found.case_id,))
