"""箱主测试: the keepers' exam. Test letters go to chosen mailboxes, spread over working hours; then what their keepers
made of them is marked. An exam is planned, sending, running and closed, in this order.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city import City, Mailbox
from chalicelib.domain.errors import FieldError, Invalid, RuleBroken
from chalicelib.domain.exam_marks import Rubric
from chalicelib.domain.terms import Term
from chalicelib.domain.words import Kind

MOST_LETTERS = 5
TELLS = "测试"  # a letter with this word gives the exam away


class ExamState(StrEnum):
    """How far an exam has come."""

    PLANNED = "planned"
    SENDING = "sending"
    RUNNING = "running"  # all is sent, or was stopped: the keepers answer, and their answers are marked
    CLOSED = "closed"  # the results stand, and the units see that it was an exam


class ExamLetter(Struct, frozen=True):
    """What one of the test letters says."""

    kind: Kind
    title: str
    text: str


class Window(Struct, frozen=True):
    """When test letters are sent: on ``days``, between two times of day in Shanghai."""

    days: tuple[date, ...]  # working days, in order
    opens: time
    closes: time

    def spans(self, since: datetime) -> list[tuple[datetime, datetime]]:
        """What is left of it from ``since`` on, in UTC."""
        hours = [(_moment(day, self.opens), _moment(day, self.closes)) for day in self.days]
        return [(max(start, since), end) for start, end in hours if end > since]


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)


class Slip(Struct, frozen=True, array_like=True):
    """Who gets which letter. ``letter``: from 0."""

    mailbox: str
    letter: int


class Plan(Struct, frozen=True):
    """What an exam consists of; once planned it does not change. ``slips``: in the order in which they are sent."""

    letters: tuple[ExamLetter, ...]
    slips: tuple[Slip, ...]
    term: Term  # to answer, from when a letter was sent
    rubric: Rubric


class Exam(Struct, frozen=True, omit_defaults=True):
    """How far an exam has come. ``place``: how many of its ``letters`` had their turn to be sent; ``settled``: after it
    was closed, how many cases were ended and keepers told. ``version`` grows with each step.
    """

    id: str
    name: str
    state: ExamState
    version: int
    letters: int
    window: Window
    planned_at: datetime
    planned_by: str
    place: int = 0
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    settled: int = 0

    @property
    def next_due_at(self) -> datetime | None:
        """When the next thing happens to it by itself: a letter is sent, or what was closed is brought to its end."""
        if self.state is ExamState.SENDING and self.started_at is not None and self.place < self.letters:
            return moment_of(self.window, self.started_at, self.place, self.letters)
        return self.closed_at if self.state is ExamState.CLOSED and self.settled < self.place else None


def moment_of(window: Window, since: datetime, place: int, number: int) -> datetime:
    """When the letter at ``place`` (from 0) of ``number`` is sent: in the middle of its share of what is left of the
    window from ``since`` on, so that all are spread evenly. Raises ValueError when nothing is left.
    """
    spans = window.spans(since)
    ends: list[timedelta] = []
    for start, end in spans:
        ends.append((ends[-1] if ends else timedelta()) + (end - start))
    if not ends:
        raise ValueError("the window is over")
    offset = ends[-1] * (2 * place + 1) / (2 * number)
    day = min(bisect_left(ends, offset), len(ends) - 1)
    return spans[day][1] - (ends[day] - offset)


def deal(mailboxes: Iterable[Mailbox], letters: tuple[ExamLetter, ...], city: City, lot: str) -> tuple[Slip, ...]:
    """Which mailbox gets which letter, each mailbox once, in the order of sending; those that take no letter's kind get
    none. Neighbours (of one keeper, or of keepers side by side on the map) get different letters as far as there are
    any; in which order all are sent, is drawn by ``lot``.
    """
    slips: list[Slip] = []
    last = -1
    for box in sorted(mailboxes, key=lambda one: neighbourhood(one, city)):
        turn = (last + 1) % len(letters)
        order = [(turn + step) % len(letters) for step in range(len(letters))]
        fitting = [number for number in order if letters[number].kind in box.kinds]
        if fitting:
            last = fitting[0]
            slips.append(Slip(box.id, last))
    return tuple(sorted(slips, key=lambda slip: hashlib.sha256(f"{lot} {slip.mailbox}".encode()).digest()))


def neighbourhood(box: Mailbox, city: City) -> tuple[str, str, str]:
    """What mailboxes are sorted by, that neighbours stand side by side: the place, the keeper, the mailbox."""
    keeper = city.unit(box.keeper)
    return keeper.area if keeper is not None else "", box.keeper, box.id


def start(exam: Exam, at: datetime) -> Exam:
    """Begin to send. Raises RuleBroken when it was begun before, Invalid when no time is left to send in."""
    if exam.state is not ExamState.PLANNED:
        raise RuleBroken("exam.begun")
    if not exam.window.spans(at):
        raise Invalid([FieldError("window", "exam.window_over")])
    return replace(exam, state=ExamState.SENDING, started_at=at, version=exam.version + 1)


def advance(exam: Exam) -> Exam:
    """The exam once the letter at its place had its turn."""
    place = exam.place + 1
    state = ExamState.SENDING if place < exam.letters else ExamState.RUNNING
    return replace(exam, place=place, state=state, version=exam.version + 1)


def stop(exam: Exam, by: str, at: datetime) -> Exam:
    """What is not sent is not sent; one of which nothing was sent is over. Raises RuleBroken when nothing can stop."""
    stopped = replace(exam, stopped_at=at, stopped_by=by, version=exam.version + 1)
    if exam.state is ExamState.SENDING and exam.place:
        return replace(stopped, state=ExamState.RUNNING)
    if exam.state in (ExamState.PLANNED, ExamState.SENDING):
        return replace(stopped, state=ExamState.CLOSED, closed_at=at, closed_by=by)
    raise RuleBroken("exam.not_sending")


def marking(exam: Exam) -> Exam:
    """The exam as it goes along with a marking, so that none slips in once it is closed. Raises RuleBroken then."""
    if exam.state not in (ExamState.SENDING, ExamState.RUNNING):
        raise RuleBroken("exam.closed" if exam.state is ExamState.CLOSED else "exam.still_sending")
    return replace(exam, version=exam.version + 1)


def close(exam: Exam, unmarked: int, anyway: bool, by: str, at: datetime) -> Exam:
    """From now on the results stand. ``unmarked``: answers that nobody has marked; ``anyway``: they are to get nothing
    for their quality.

    Raises RuleBroken before all is sent or after it was closed, and while there are unmarked answers.
    """
    if exam.state is not ExamState.RUNNING:
        raise RuleBroken("exam.closed" if exam.state is ExamState.CLOSED else "exam.still_sending")
    if unmarked and not anyway:
        raise RuleBroken("exam.unmarked", number=str(unmarked))
    return replace(exam, state=ExamState.CLOSED, closed_at=at, closed_by=by, version=exam.version + 1)


def settle(exam: Exam, settled: int) -> Exam:
    """The closed exam once so many of its letters' cases were brought to their end."""
    return replace(exam, settled=settled, version=exam.version + 1)
