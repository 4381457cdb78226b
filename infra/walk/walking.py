"""One walk: up to three matters, some of which are joined, and whatever people try on them while time passes."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from random import Random

from chalicelib.city import default_city
from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Refused
from chalicelib.domain.events import Actor, Payload
from chalicelib.domain.handling import can_be_joined
from chalicelib.domain.known import has_result
from chalicelib.domain.moves import permit
from chalicelib.domain.terms import Terms
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Action, State
from infra.walk import choosing
from infra.walk.deciding import beside, decide
from infra.walk.judging import Fault, Wrong, faults_between, faults_of, is_lawful
from infra.walk.matter import Matter
from infra.walk.ways import BESIDE, BY_TIME, RECORDS, leads

LONGEST = 60  # tries
BEGINS = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
CALENDAR = WorkingCalendar(frozenset(), frozenset(), date(2099, 12, 31))
CITY = default_city()
TRADE = Trade(Terms(), CALENDAR, CITY.offices)
SINGLE_TERM = Trade(Terms(single_days=15), CALENDAR)  # as letters are replayed against one measure


class Sweeps(Enum):
    """How the sweep runs while nobody does anything."""

    PUNCTUAL = auto()  # at every moment at which something is due
    LATE = auto()  # once, when all that is over
    TWICE = auto()  # late, and again at the same moment
    NEVER = auto()  # so that the desk has to catch up by itself


class Walk:
    """What one walk came to: moves ``taken``, tries ``refused``, ``faults`` found."""

    def __init__(self, seed: int, number: int) -> None:
        self.taken: Counter[Action] = Counter()
        self.refused = 0
        self.faults: list[Fault] = []
        self._random = Random(f"{seed} {number}")
        self._now = BEGINS + timedelta(minutes=self._random.randrange(365 * 24 * 60))
        trade = SINGLE_TERM if self._random.randrange(10) == 0 else TRADE
        self._withdrawn: set[str] = set()
        self._matters = [
            Matter(
                number,
                choosing.kind(self._random),
                choosing.consents(self._random),
                self._later(),
                trade,
                choosing.referred(self._random),
            )
            for number in range(1, self._random.choice((1, 2, 3, 3)) + 1)
        ]

    def go(self) -> "Walk":
        """Walk as far as it goes. Raises whatever is raised that is no refusal."""
        for _ in range(self._random.randint(10, LONGEST)):
            matter = self._somewhere()
            if matter is None:
                break
            self._sweep(matter, self._later())
            self._try(matter)
        return self

    def _later(self) -> datetime:
        self._now += choosing.gap(self._random)
        return self._now

    def _somewhere(self) -> Matter | None:
        """A matter that is not at its end; now and then one that is, to see that it stays there."""
        going = [matter for matter in self._matters if any(choosing.lawful_tries(matter.case, self._now))]
        if not going:
            return None
        return self._random.choice(self._matters if self._random.randrange(20) == 0 else going)

    def _sweep(self, matter: Matter, until: datetime) -> None:
        sweeps = self._random.choice(list(Sweeps))
        if sweeps is Sweeps.PUNCTUAL:
            self._sweep_punctually(matter, until)
        elif sweeps is not Sweeps.NEVER:
            self._sweep_at(matter, until)
            if sweeps is Sweeps.TWICE and self._sweep_at(matter, until):
                self._wrong(matter, Wrong.STUCK, "a second sweep at the same moment found something due")

    def _sweep_punctually(self, matter: Matter, until: datetime) -> None:
        moment = matter.case.next_due_at(matter.case.moved_at)
        while moment is not None and moment <= until:
            if not self._sweep_at(matter, max(moment, matter.case.moved_at)):
                self._wrong(matter, Wrong.STUCK, f"due at {moment}, and nothing comes of it")
                return
            moment = matter.case.next_due_at(matter.case.moved_at)

    def _sweep_at(self, matter: Matter, at: datetime) -> list[Payload]:
        before = matter.case.state
        due = matter.sweep(at)
        if due:
            self._by_itself(matter, before)
            self._check(matter)
        return due

    def _try(self, matter: Matter) -> None:
        """Somebody tries something as the desk lets them: caught up, then the table, then the step's own rule."""
        case = matter.caught_up(self._now)
        action, by = choosing.attempt(self._random, case, CITY, self._now)
        other = self._other(matter, action)
        form = choosing.form(self._random, case, matter.events, other.case, by, CITY, self._now)
        lawful = is_lawful(case, action, by, self._now)
        kept = (matter.stored, len(matter.events), other.stored, len(other.events))
        try:
            self._permit(matter, case, action, by, lawful)
            decided = list(decide(case, action, form, self._now, matter.trade))
            there = beside(case, action, form, self._now, matter.trade)
        except Refused:
            self.refused += 1
            if kept != (matter.stored, len(matter.events), other.stored, len(other.events)):
                self._wrong(matter, Wrong.REFUSED_CHANGED, f"{action.value} was refused, and something was written")
            return
        if not lawful:
            told = f"{action.value} by {by.role.value} of {by.unit} in {case.state.value}"
            self._wrong(matter, Wrong.ILLEGAL_ACCEPTED, told)
        self._take(matter, action, decided, by, form.receipt)
        if there:
            self._take_beside(other, action, there, by)
        for fault in faults_between([matter.case for matter in self._matters], self._withdrawn):
            self._wrong(matter, fault.wrong, fault.told)

    def _other(self, matter: Matter, action: Action) -> Matter:
        """One that can be joined with, whose result is known, that was joined to this and can be parted; or any."""
        if action is Action.JOIN:
            fit = [other for other in self._matters if other is not matter and can_be_joined(other.case)]
        elif action is Action.ANSWER_KNOWN:
            fit = [other for other in self._matters if other is not matter and has_result(other.case)]
        else:
            fit = [other for other in self._matters if other.case.joined_to == matter.case_id]
        return self._random.choice(fit if fit and self._random.randrange(10) else self._matters)

    def _permit(self, matter: Matter, case: Case, action: Action, by: Actor, lawful: bool) -> None:
        try:
            permit(case, action, by, self._now)
        except Refused:
            if lawful:
                self._wrong(matter, Wrong.LEGAL_REFUSED, f"{action.value} by {by.role.value} in {case.state.value}")
            raise

    def _take(self, matter: Matter, action: Action, decided: list[Payload], by: Actor, receipt: str) -> None:
        self._sweep_at(matter, self._now)
        before = matter.case.state
        matter.happens(decided, by, self._now)
        self.taken[action] += 1
        if not leads(action, before, matter.case.state):
            told = f"{action.value} brought it from {before.value} to {matter.case.state.value}"
            self._wrong(matter, Wrong.ILLEGAL_ACCEPTED, told)
        for payload in decided:
            if type(payload) not in RECORDS[action]:
                self._wrong(matter, Wrong.ILLEGAL_ACCEPTED, f"{action.value} recorded {type(payload).__name__}")
        if action is Action.WITHDRAW:
            self._withdrawn.add(receipt)
        self._check(matter)

    def _take_beside(self, other: Matter, action: Action, there: Iterable[Payload], by: Actor) -> None:
        """The same move, on the other case."""
        self._sweep_at(other, self._now)
        before = other.case.state
        other.happens(there, by, self._now)
        way = (before, other.case.state)
        if before is not other.case.state and (action not in BESIDE or way != BESIDE[action][0]):
            told = f"{action.value} of another brought it from {before.value} to {other.case.state.value}"
            self._wrong(other, Wrong.ILLEGAL_ACCEPTED, told)
        self._check(other)

    def _by_itself(self, matter: Matter, before: State) -> None:
        if before is not matter.case.state and (before, matter.case.state) not in BY_TIME:
            told = f"time alone brought it from {before.value} to {matter.case.state.value}"
            self._wrong(matter, Wrong.ILLEGAL_ACCEPTED, told)

    def _check(self, matter: Matter) -> None:
        for fault in faults_of(matter.case, matter.events, matter.trade):
            self._wrong(matter, fault.wrong, fault.told)

    def _wrong(self, matter: Matter, wrong: Wrong, told: str) -> None:
        self.faults.append(Fault(wrong, f"{matter.case_id}, event {len(matter.events)}: {told}"))
