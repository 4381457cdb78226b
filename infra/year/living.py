"""One case's way through the year, step by step, as the desk takes its steps: whoever acts finds it as a punctual sweep
left it, is allowed to by the table of moves, and does what the desk's own rules make of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.desk.committing import Decide, Step, caught_up, taken
from chalicelib.desk.submitting import begun, submission_of
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.events import CITIZEN, Actor, Payload
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action, Channel, ClockName, Role
from infra.year.city import DESK
from infra.year.plan import ENDS, Letter
from infra.year.writing import Written

QUARTER = timedelta(minutes=15)  # between two sweeps
CLERKS = 8


class YearIsOver(Exception):
    """What was to happen next happens after the year."""


class StandsStill(RuntimeError):
    """A case is due and nothing about it changes: the sweep would look at it for ever. A defect of the desk."""


class Life:
    """A case's steps so far, each of which was one commit. ``beside``: what was kept with the first."""

    def __init__(self, letter: Letter, written: Written, receipt: str) -> None:
        form, at = written.form, letter.filed_at
        submission = submission_of(form, (), receipt, at, Channel.WEB)
        step, self.beside = begun(submission, form, at, CITIZEN)
        self.letter, self.written, self.receipt = letter, written, receipt
        self.steps: list[Step] = [step]

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.steps[-1].after

    @property
    def now(self) -> datetime:
        """The moment of its latest event."""
        return self.case.moved_at

    @property
    def handling(self) -> Clock:
        """The term to answer."""
        return next(clock for clock in self.case.clocks if clock.name is ClockName.HANDLE)

    def said(self, kind: type[Payload]) -> Payload:
        """The latest event of ``kind``."""
        events = (event for step in reversed(self.steps) for event in reversed(step.events))
        return next(event.payload for event in events if isinstance(event.payload, kind))

    def pass_until(self, at: datetime) -> None:
        """Let the sweeps come that come before ``at``, every quarter of an hour."""
        while (due := self.case.next_due_at(self.now)) is not None:
            sweep = _quarter_from(max(due, self.now))
            if sweep >= min(at, ENDS):
                return
            step = caught_up(self.case, sweep)
            if not step.events:
                raise StandsStill(f"letter {self.letter.number} at {sweep}")
            self.steps.append(step)

    def arrive(self, at: datetime, decide: Callable[[Step], Step]) -> None:
        """A step of the desk itself, in one commit. Raises YearIsOver."""
        self._reach(at)
        self.steps.append(decide(caught_up(self.case, at)))

    def take(self, action: Action, by: Actor, at: datetime, decide: Decide) -> None:
        """Somebody takes ``action``. Raises YearIsOver, and what the table of moves and ``decide`` refuse."""
        self._reach(at)
        self.steps.append(taken(self.case, action, by, at, decide))

    def _reach(self, at: datetime) -> None:
        if at >= ENDS:
            raise YearIsOver
        self.pass_until(at)


def _quarter_from(at: datetime) -> datetime:
    """The first sweep from ``at`` on."""
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - past + QUARTER if past else at


def clerk(letter: Letter) -> Actor:
    """The clerk on whose table the letter lies."""
    number = letter.number % CLERKS + 1
    return Staff(f"clerk-{number}", f"受理员{number}", Role.CLERK, DESK).actor


def handler(case: Case) -> Actor:
    """Somebody who handles at the case's unit."""
    return Staff(f"{case.unit}.handler", "承办人", Role.HANDLER, case.unit).actor


def head(case: Case) -> Actor:
    """The head of the case's unit."""
    return Staff(f"{case.unit}.head", "负责人", Role.HEAD, case.unit).actor
