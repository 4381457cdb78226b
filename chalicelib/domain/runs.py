"""A run of the assessment (考核): one month counted, open to contest, published; frozen with the facts it came from."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import NotAllowed, RuleBroken
from chalicelib.domain.people import Staff
from chalicelib.domain.ranking import Row
from chalicelib.domain.words import Role, UnitClass


class RunState(StrEnum):
    """How far a run has come."""

    COUNTED = "counted"  # open to contest, then to approval
    PUBLISHED = "published"  # frozen


class RunStep(StrEnum):
    """What people do to a run."""

    COUNT = "count"
    RECOUNT = "recount"
    PUBLISH = "publish"


RUN_STEPS: dict[RunStep, frozenset[Role]] = {
    RunStep.COUNT: frozenset({Role.SUPERVISOR}),
    RunStep.RECOUNT: frozenset({Role.SUPERVISOR, Role.LEADER}),
    RunStep.PUBLISH: frozenset({Role.LEADER}),
}
"""Who may take each step. The schedule counts too."""


class Signature(Struct, frozen=True):
    """Who did it and when. ``login`` is "" for the schedule."""

    at: datetime
    login: str = ""
    name: str = ""


class Considered(Struct, frozen=True, array_like=True):
    """A unit whose month is counted, and the class it is ranked in. ``exam``: the mean marks of its mailboxes in the
    exams closed in the month, as an exact fraction of a hundred; "" where none was.
    """

    unit: str
    unit_class: UnitClass
    exam: str = ""


class Kept(Struct, frozen=True, array_like=True):
    """A mailbox as it was kept when the month was counted. ``leader``: login of whose own it is, or ""."""

    mailbox: str
    keeper: str
    leader: str = ""


class Plan(Struct, frozen=True):
    """What a run is counted over, by which formula: fixed when it begins, so that whoever goes on counts the same."""

    month: date
    formula: int
    units: tuple[Considered, ...]
    mailboxes: tuple[Kept, ...]
    begun: Signature


class Frozen(Struct, frozen=True, omit_defaults=True):
    """What a unit's month says of one case, as it was counted. ``sealed``: told of in no list."""

    case_id: str
    mailbox: str
    facts: tuple[Fact, ...]  # without the case's number, in the order of their texts
    sealed: bool = False

    @property
    def told(self) -> tuple[Fact, ...]:
        """The facts, each naming the case."""
        return tuple(replace(fact, case_id=self.case_id) for fact in self.facts)


def frozen(case_id: str, mailbox: str, sealed: bool, facts: Iterable[Fact]) -> Frozen:
    """The canonical form: a fact told twice stands once, and the order in which it was read is nothing."""
    bare = {replace(fact, case_id="") for fact in facts}
    return Frozen(case_id, mailbox, tuple(sorted(bare, key=msgspec.json.encode)), sealed)


def lines_of(cases: Iterable[Frozen]) -> tuple[str, ...]:
    """A unit's month in writing, a line a case, by their numbers."""
    return tuple(msgspec.json.encode(case).decode() for case in sorted(cases, key=lambda case: case.case_id))


def read_line(line: str) -> Frozen:
    """The case of a line. Raises msgspec.ValidationError."""
    return msgspec.json.decode(line, type=Frozen)


def digest_of(lines: Iterable[str]) -> str:
    """SHA-256 over lines, in hex."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Line(Struct, frozen=True):
    """A unit in a run. ``row`` is None for who had nothing in the month.

    ``digest``: of its month's facts; ``facts``: how many; ``left_out``: how many of them, after contests that were
    upheld; ``cases``: matters by which the score weighs in a longer span; ``place``: in the whole table.
    """

    unit: str
    unit_class: UnitClass
    digest: str
    facts: int
    left_out: int
    cases: int
    place: int
    row: Row | None


class LeftOut(Struct, frozen=True):
    """A fact that does not count, after a contest was upheld. ``kind`` as ``FactKind`` has it."""

    unit: str
    case_id: str
    kind: str
    receipt: str


class Run(Struct, frozen=True):
    """A month's run. ``stand``: the digest of all its lines, under which they are kept; whoever has other lines has
    another stand.
    """

    month: date
    version: int
    formula: int
    stand: str
    counted: Signature
    contest_until: datetime
    left_out: tuple[LeftOut, ...] = ()
    published: Signature | None = None

    @property
    def state(self) -> RunState:
        """How far it has come."""
        return RunState.COUNTED if self.published is None else RunState.PUBLISHED


def is_over(month: date, at: datetime) -> bool:
    """Whether ``month`` (its first day) has ended, by Shanghai's calendar."""
    return at.astimezone(SHANGHAI).date() >= following(month)


def following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def contest_ends(counted_at: datetime, days: int) -> datetime:
    """The end, in Shanghai, of the last of so many calendar days after the day of counting."""
    last = counted_at.astimezone(SHANGHAI).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI).astimezone(UTC) - timedelta(microseconds=1)


def permit(step: RunStep, by: Staff) -> None:
    """Raises NotAllowed for who may not take ``step``."""
    if by.role not in RUN_STEPS[step]:
        raise NotAllowed(action=f"run.{step}")


def publish(run: Run, by: Staff, at: datetime, open_contests: Iterable[str]) -> Run:
    """Approved: from now on it stands. ``open_contests``: the numbers of the cases that still wait for a ruling.

    Raises NotAllowed, RuleBroken while it may be contested or is, and once it is published.
    """
    permit(RunStep.PUBLISH, by)
    if run.state is RunState.PUBLISHED:
        raise RuleBroken("assessment.published")
    waiting = tuple(dict.fromkeys(open_contests))
    if waiting:
        raise RuleBroken("assessment.contests_open", number=str(len(waiting)), cases="、".join(waiting))
    if at <= run.contest_until:
        raise RuleBroken("assessment.contest_open", day=f"{run.contest_until.astimezone(SHANGHAI):%Y-%m-%d}")
    return replace(run, version=run.version + 1, published=Signature(at, by.login, by.name))
