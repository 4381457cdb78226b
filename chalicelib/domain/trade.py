"""What every decision about time needs: the city's terms, the working calendar, and whose each order is."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.clocks import Clock, Nearness, exact_clock, start_clock
from chalicelib.domain.terms import Term, Terms
from chalicelib.domain.words import ClockName, Kind

SHORTEST_REMINDED = timedelta(days=3)  # of the terms of which a mailbox's keeper is told before they turn yellow


class Trade(Struct, frozen=True):
    """The terms and the calendar by which clocks are set. ``offices``: the ids of the units that supervise at level 1,
    2 and 3; empty where a desk has none, and any supervisor acts.
    """

    terms: Terms
    calendar: WorkingCalendar
    offices: tuple[tuple[str, ...], ...] = ()

    def supervised_by(self, level: int, in_charge: str | None) -> tuple[str, ...]:
        """Whose an order of ``level`` on a matter of ``in_charge`` is. Nobody supervises itself: what is the
        discipline commission's own matter stays with the petition office.
        """
        if not self.offices:
            return ()
        others = tuple(office for office in self.offices[level - 1] if office != in_charge)
        return others or self.offices[0]

    @property
    def near(self) -> Nearness:
        """When a light turns yellow."""
        return Nearness(self.terms.yellow_parts, self.terms.yellow_days)

    def to_register(self, filed_at: datetime) -> tuple[Clock, ...]:
        """The clocks of a submission that has just come."""
        if self.terms.single_days is not None:
            return (exact_clock(ClockName.HANDLE, filed_at, self.terms.single_days),)
        return (self._clock(ClockName.REGISTER, filed_at, self.terms.register, self.terms.register_law),)

    def to_accept(self, clocks: tuple[Clock, ...], at: datetime) -> tuple[Clock, ...]:
        """The clocks of a registered case."""
        return self._instead(clocks, ClockName.REGISTER, ClockName.ACCEPT, at, self.terms.accept, self.terms.accept_law)

    def to_dispatch(
        self, clocks: tuple[Clock, ...], at: datetime, kind: Kind, urgent: bool, by: datetime | None = None
    ) -> tuple[Clock, ...]:
        """The clocks of an accepted case: the term to answer (art. 34) begins here. ``by``: another agency's date."""
        if self.terms.single_days is not None:
            return clocks
        promise = self.terms.handle_urgent if urgent else self.terms.handle[kind]
        return (
            self._clock(ClockName.DISPATCH, at, self.terms.dispatch, None),
            *self.bound((self._to_answer(at, promise),), by),
        )

    def bound(self, clocks: tuple[Clock, ...], by: datetime | None) -> tuple[Clock, ...]:
        """The same clocks, that of the answer ending at ``by`` at the latest: another agency's date binds ours."""
        return tuple(
            clock.bound(by, self.calendar, self.near) if clock.name is ClockName.HANDLE else clock for clock in clocks
        )

    def to_sign(self, clocks: tuple[Clock, ...], at: datetime) -> tuple[Clock, ...]:
        """The clocks of a case that a unit is to take up."""
        return self._instead(clocks, ClockName.DISPATCH, ClockName.SIGN, at, self.terms.sign, None)

    def to_dispatch_again(self, clocks: tuple[Clock, ...], at: datetime) -> tuple[Clock, ...]:
        """The clocks of a returned case: the term to answer runs on."""
        return self._instead(clocks, ClockName.SIGN, ClockName.DISPATCH, at, self.terms.dispatch, None)

    def to_handle(self, clocks: tuple[Clock, ...]) -> tuple[Clock, ...]:
        """The clocks of a case that its unit has signed for."""
        return tuple(clock for clock in clocks if clock.name is ClockName.HANDLE)

    def to_confer(self, clocks: tuple[Clock, ...], at: datetime, on: datetime) -> tuple[Clock, ...]:
        """The clocks of a case that a joint conference is to settle on ``on``; the term to answer runs on."""
        if self.terms.single_days is not None:
            return clocks
        rest = tuple(clock for clock in clocks if clock.name is ClockName.HANDLE)
        return (Clock(ClockName.CONFERENCE, at, on, self.ends(self.terms.minutes, on), None), *rest)

    def to_assist(self, at: datetime) -> Clock:
        """The clock of an assisting unit."""
        return self._clock(ClockName.ASSIST, at, self.terms.assist, None)

    def to_answer(self, at: datetime) -> Clock:
        """The clock of a citizen who was asked something."""
        return self._clock(ClockName.ANSWER, at, self.terms.answer, None)

    def to_rework(self, at: datetime, kind: Kind, urgent: bool, by: datetime | None = None) -> tuple[Clock, ...]:
        """The clock of a matter that is done again: half of the first term, and not less than the least. ``by``:
        another agency's date.
        """
        if self.terms.single_days is not None:
            return self.bound((exact_clock(ClockName.HANDLE, at, self.terms.single_days),), by)
        first = self.terms.handle_urgent if urgent else self.terms.handle[kind]
        half = Term(max(1, first.amount // 2), first.unit)
        longer = max(half, self.terms.rework_least, key=lambda term: self.ends(term, at))
        return self.bound((self._to_answer(at, longer),), by)

    def to_review(self, at: datetime) -> tuple[Clock, ...]:
        """The clock of a review."""
        return (self._clock(ClockName.REVIEW, at, None, self.terms.review_law),)

    def ends(self, term: Term, start: datetime) -> datetime:
        """When ``term`` from ``start`` is over."""
        return self.calendar.end_of(term, start).at

    def _to_answer(self, at: datetime, promise: Term) -> Clock:
        """The clock of the answer: of a longer one the keeper of the mailbox is told on its way."""
        clock = self._clock(ClockName.HANDLE, at, promise, self.terms.handle_law)
        if clock.due_at - at < SHORTEST_REMINDED:
            return clock
        return replace(clock, keeper_percent=self.terms.keeper_reminder_percent)

    def _instead(
        self,
        clocks: tuple[Clock, ...],
        ended: ClockName,
        begun: ClockName,
        at: datetime,
        promise: Term,
        law: Term | None,
    ) -> tuple[Clock, ...]:
        if self.terms.single_days is not None:
            return clocks
        rest = tuple(clock for clock in clocks if clock.name is not ended)
        return (self._clock(begun, at, promise, law), *rest)

    def _clock(self, name: ClockName, at: datetime, promise: Term | None, law: Term | None) -> Clock:
        return start_clock(name, at, promise=promise, law=law, calendar=self.calendar, near=self.near)
