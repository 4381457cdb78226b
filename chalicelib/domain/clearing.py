"""一日一清理: what the desk looks at each morning, and the leader's words on it (批阅).

The list holds numbers and states, never a title: what a citizen has erased is nowhere else, and a sealed accusation is
a number with its unit. A leader endorses the list as it was; how a matter stands since is shown beside it.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotAllowed
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.people import Staff
from chalicelib.domain.roots import ONE_DAY, day_of
from chalicelib.domain.words import Channel, ClockName, Kind, Role, State

MOST_SHOWN = 100  # matters of a part; the count beside it is of all
APPROVAL_WAITS = timedelta(days=2)  # from then on an answer awaits approval for long
LONGEST_WORDS = 1000
_TICK = timedelta(microseconds=1)
_NO_TERM = datetime(9999, 1, 1, tzinfo=UTC)
_WAITS_FOR_UNIT = frozenset({State.REGISTERED, State.ACCEPTED, State.RETURNED})


class Part(StrEnum):
    """The parts of a list, in its order."""

    REGISTRATION = "registration"  # waits to be registered
    DISPATCH = "dispatch"  # waits to be dispatched
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    DUE_TOMORROW = "due_tomorrow"
    SUPERVISED = "supervised"
    APPROVAL = "approval"  # an answer awaits approval for long


class Matter(Struct, frozen=True, omit_defaults=True):
    """A case as it stood in the morning. Of a sealed one its number and its unit, and no more."""

    case_id: str
    unit: str | None
    state: State | None = None
    clock: ClockName | None = None
    due_at: datetime | None = None
    level: int = 0  # of supervision
    since: datetime | None = None  # when the answer was written that awaits approval
    sealed: bool = False
    kind: Kind | None = None
    category: str | None = None
    area: str | None = None


class Arrivals(Struct, frozen=True):
    """What came on a day: submissions registered, joined to their matter, or withdrawn before that."""

    day: date
    total: int
    by_kind: dict[Kind, int]
    by_channel: dict[Channel, int]


class Session(Struct, frozen=True):
    """A reception of the day. ``booked``: people who have a place."""

    reception: str
    starts_at: datetime
    place: str
    host: str
    units: tuple[str, ...]
    booked: int


class Clearing(Struct, frozen=True):
    """A day's list as it was made. ``counts``: of each part, all; ``parts`` hold the first of them, the worst first."""

    day: date
    made_at: datetime
    yesterday: Arrivals
    counts: dict[Part, int]
    parts: dict[Part, tuple[Matter, ...]]
    overdue_by_unit: dict[str, int]  # the worst first; "" for the desk's own
    receptions: tuple[Session, ...]
    to_tell: int = 0  # citizens who are to be told by a person


class Endorsement(Struct, frozen=True):
    """批阅: a leader has seen the list, and says so."""

    at: datetime
    login: str
    name: str
    words: str


class Collecting:
    """The list while the desk's and the units' worklists are read, one case at a time. ``made_at``: that moment."""

    def __init__(self, day: date, made_at: datetime) -> None:
        self.day, self.made_at = day, made_at
        self._counts: Counter[Part] = Counter()
        self._parts: dict[Part, list[Matter]] = {}
        self._overdue: Counter[str] = Counter()

    def add(self, case: Case, answer_since: datetime | None = None) -> None:
        """Put a case where it belongs. ``answer_since``: when the answer was written that awaits approval."""
        matter = _matter(case, answer_since)
        for part in parts_of(case, self.day, self.made_at, answer_since):
            self._counts[part] += 1
            if part is Part.OVERDUE:
                self._overdue[matter.unit or ""] += 1
            found = self._parts.setdefault(part, [])
            found.append(matter)
            if len(found) > 4 * MOST_SHOWN:
                self._parts[part] = _worst(part, found)

    def closed(self, yesterday: Arrivals, receptions: Iterable[Session], to_tell: int = 0) -> Clearing:
        """The list, when everything was read."""
        return Clearing(
            self.day,
            self.made_at,
            yesterday,
            {part: self._counts[part] for part in Part},
            {part: tuple(_worst(part, self._parts.get(part, []))) for part in Part},
            dict(sorted(self._overdue.items(), key=lambda one: (-one[1], one[0]))),
            tuple(sorted(receptions, key=lambda one: (one.starts_at, one.reception))),
            to_tell,
        )


def parts_of(case: Case, day: date, now: datetime, answer_since: datetime | None) -> list[Part]:
    """The parts of the day's list in which a case stands."""
    found = []
    if case.state is State.RECEIVED:
        found.append(Part.REGISTRATION)
    if case.state in _WAITS_FOR_UNIT:
        found.append(Part.DISPATCH)
    if case.deadline is not None:
        last_day = day_of(case.deadline.due_at - _TICK)  # a term that ends at midnight ends with the day before
        if now > case.deadline.due_at:
            found.append(Part.OVERDUE)
        elif last_day == day:
            found.append(Part.DUE_TODAY)
        elif last_day == day + ONE_DAY:
            found.append(Part.DUE_TOMORROW)
    if case.order is not None:
        found.append(Part.SUPERVISED)
    if case.state is State.AWAITING_APPROVAL and answer_since is not None and now - answer_since >= APPROVAL_WAITS:
        found.append(Part.APPROVAL)
    return found


def _matter(case: Case, answer_since: datetime | None) -> Matter:
    if case.sealed:
        return Matter(case.case_id, case.in_charge, sealed=True)
    return Matter(
        case.case_id,
        case.in_charge,
        case.state,
        clock=case.deadline.name if case.deadline is not None else None,
        due_at=case.deadline.due_at if case.deadline is not None else None,
        level=case.order.level if case.order is not None else 0,
        since=answer_since,
        kind=case.kind,
        category=case.category,
        area=case.area,
    )


def _worst(part: Part, matters: list[Matter]) -> list[Matter]:
    """What is sealed first, lest it be cut off; then the highest level of supervision, then what waits longest, or
    fell or falls due first.
    """

    def order(matter: Matter) -> tuple[bool, int, bool, datetime, str]:
        first = matter.since if part is Part.APPROVAL else matter.due_at
        level = -matter.level if part is Part.SUPERVISED else 0
        return not matter.sealed, level, first is None, first or _NO_TERM, matter.case_id

    return sorted(matters, key=order)[:MOST_SHOWN]


def of_unit(clearing: Clearing, unit: str) -> Clearing:
    """The part of a list that is one unit's: whose head sees no other's."""
    parts = {part: tuple(one for one in matters if one.unit == unit) for part, matters in clearing.parts.items()}
    return Clearing(
        clearing.day,
        clearing.made_at,
        Arrivals(clearing.yesterday.day, 0, {}, {}),
        {part: len(matters) for part, matters in parts.items()},
        parts,
        {one: number for one, number in clearing.overdue_by_unit.items() if one == unit},
        tuple(one for one in clearing.receptions if unit in one.units),
    )


def endorsed(staff: Staff, words: str, at: datetime) -> Endorsement:
    """What a leader says of a list. Raises NotAllowed for anybody else, Invalid for nothing, or for too much."""
    if staff.role is not Role.LEADER:
        raise NotAllowed(action="endorse")
    fields = FieldReader({"words": words})
    said = fields.text("words", required=True, longest=LONGEST_WORDS, many_lines=True)
    fields.raise_errors()
    return Endorsement(at, staff.login, staff.titled, said)
