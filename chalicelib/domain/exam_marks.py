"""What an answer to a test letter is worth: the rubric, what its marker gave, and the result."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.errors import Changed, FieldError, Invalid, RuleBroken

FULL = 100  # points
MOST_LOOKS = 10  # of one answer that are kept


class Criterion(StrEnum):
    """What of an answer is judged by a person."""

    ANSWERS = "answers"  # it answers what was asked
    ACTS = "acts"  # it names what will be done, and by when
    CONTACT = "contact"  # it says whom to call
    MANNER = "manner"  # it is polite and plain


class Rubric(Struct, frozen=True):
    """The points of an exam: for reading within so many hours, for answering within the term, and for each criterion.
    They make ``FULL`` together; who has answered and has ``passes`` of them has passed.
    """

    read_within: int  # hours
    read: int
    answered: int
    criteria: dict[Criterion, int]
    passes: int

    @property
    def full(self) -> int:
        """All its points."""
        return self.read + self.answered + sum(self.criteria.values())


class Mark(Struct, frozen=True):
    """What somebody gave an answer, by criterion."""

    by: str
    at: datetime
    points: dict[Criterion, int]


class Answer(Struct, frozen=True):
    """That a test letter was answered. ``event``: the number of the reply in its case's record."""

    at: datetime
    event: int


class Paper(Struct, frozen=True, omit_defaults=True):
    """What became of the letter to one mailbox. ``looks``: every marking, the last one counts."""

    mailbox: str
    keeper: str  # id of the unit that keeps it
    letter: int
    receipt: str
    case_id: str
    sent_at: datetime
    answer_by: datetime
    version: int = 1
    read_at: datetime | None = None
    looks: tuple[Mark, ...] = ()
    answer: Answer | None = None

    @property
    def marked(self) -> bool:
        """Whether its answer was marked."""
        return bool(self.looks)

    @property
    def waits_for_marks(self) -> bool:
        """Whether there is an answer that nobody has marked."""
        return self.answer is not None and not self.looks

    @property
    def read_after(self) -> timedelta | None:
        """How long it lay unread; None when nobody has read it."""
        return self.read_at - self.sent_at if self.read_at is not None else None

    @property
    def answered_after(self) -> timedelta | None:
        """How long the answer took; None when there is none."""
        return self.answer.at - self.sent_at if self.answer is not None else None


class Result(Struct, frozen=True):
    """A paper and its points."""

    paper: Paper
    read: int
    answered: int
    quality: int
    passed: bool

    @property
    def points(self) -> int:
        """Of ``FULL``."""
        return self.read + self.answered + self.quality


class Progress(Struct, frozen=True):
    """How many letters were sent, read, answered and marked."""

    sent: int
    read: int
    answered: int
    marked: int


def opened(paper: Paper, at: datetime) -> Paper:
    """The paper once somebody of the keeper's unit has opened its case; only the first time counts."""
    return paper if paper.read_at is not None else replace(paper, read_at=at, version=paper.version + 1)


def mark(paper: Paper, rubric: Rubric, points: Mapping[Criterion, int], by: str, at: datetime, seen: int) -> Paper:
    """The paper with one more marking, which counts from now on. ``seen``: how many there were when its marker looked.

    Raises RuleBroken without an answer, Invalid naming each criterion with more or fewer points than there are, Changed
    when somebody else has marked it since.
    """
    if paper.answer is None:
        raise RuleBroken("exam.unanswered")
    wrong = [
        FieldError(f"points.{one}", "field.not_between", (("least", "0"), ("most", str(rubric.criteria[one]))))
        for one in Criterion
        if not 0 <= points.get(one, -1) <= rubric.criteria[one]
    ]
    if wrong:
        raise Invalid(wrong)
    if seen != len(paper.looks):
        raise Changed()
    given = Mark(by, at, {one: points[one] for one in Criterion})
    return replace(paper, looks=(*paper.looks, given)[-MOST_LOOKS:], version=paper.version + 1)


def result_of(paper: Paper, rubric: Rubric) -> Result:
    """The points of a paper as it stands. Who has not answered has not passed, however fast the letter was read."""
    in_time = paper.read_after is not None and paper.read_after <= timedelta(hours=rubric.read_within)
    read = rubric.read if in_time else 0
    answered = rubric.answered if paper.answer is not None and paper.answer.at <= paper.answer_by else 0
    quality = sum(paper.looks[-1].points.values()) if paper.answer is not None and paper.looks else 0
    passed = paper.answer is not None and read + answered + quality >= rubric.passes
    return Result(paper, read, answered, quality, passed)


def until(paper: Paper, closed_at: datetime | None) -> Paper:
    """The paper without what came after the exam was closed."""
    if closed_at is None:
        return paper
    late = paper.answer is not None and paper.answer.at > closed_at
    return replace(
        paper,
        read_at=paper.read_at if paper.read_at is not None and paper.read_at <= closed_at else None,
        answer=None if late else paper.answer,
    )


def progress(papers: Iterable[Paper]) -> Progress:
    """How far the keepers and the markers have come."""
    papers = tuple(papers)
    return Progress(
        sent=len(papers),
        read=sum(paper.read_at is not None for paper in papers),
        answered=sum(paper.answer is not None for paper in papers),
        marked=sum(paper.answer is not None and paper.marked for paper in papers),
    )


_NEVER = timedelta.max
ORDERS: dict[str, Callable[[Result], tuple[object, ...]]] = {
    "attention": lambda one: (one.paper.read_at is not None, one.paper.answer is not None, one.passed, one.points),
    "mailbox": lambda one: (),
    "unit": lambda one: (one.paper.keeper,),
    "read": lambda one: (one.paper.read_after or _NEVER,),
    "answered": lambda one: (one.paper.answered_after or _NEVER,),
    "points": lambda one: (-one.points,),
    "passed": lambda one: (one.passed, -one.points),
}
"""In which orders results can be looked at; the first shows first who never read the letter."""


def in_order(results: Iterable[Result], order: str) -> list[Result]:
    """``results`` in one of ``ORDERS``, the first of them for any other word; equal ones by their mailboxes."""
    key = ORDERS.get(order, ORDERS["attention"])
    return sorted(results, key=lambda one: (key(one), one.paper.mailbox))
