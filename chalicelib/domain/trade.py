"""What every decision about time needs: the city's terms and the working calendar."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.clocks import Clock, Nearness, exact_clock, start_clock
from chalicelib.domain.terms import Term, Terms
from chalicelib.domain.words import ClockName, Kind


class Trade(Struct, frozen=True):
    """The terms and the calendar by which clocks are set."""

    terms: Terms
    calendar: WorkingCalendar

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

    def to_dispatch(self, clocks: tuple[Clock, ...], at: datetime, kind: Kind, urgent: bool) -> tuple[Clock, ...]:
        """The clocks of an accepted case: the term to answer (art. 34) begins here."""
        if self.terms.single_days is not None:
            return clocks
        promise = self.terms.handle_urgent if urgent else self.terms.handle[kind]
        return (
            self._clock(ClockName.DISPATCH, at, self.terms.dispatch, None),
            self._clock(ClockName.HANDLE, at, promise, self.terms.handle_law),
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

    def to_rework(self, at: datetime, kind: Kind, urgent: bool) -> tuple[Clock, ...]:
        """The clock of a matter that is done again: half of the first term, and not less than the least."""
        if self.terms.single_days is not None:
            return (exact_clock(ClockName.HANDLE, at, self.terms.single_days),)
        first = self.terms.handle_urgent if urgent else self.terms.handle[kind]
        half = Term(max(1, first.amount // 2), first.unit)
        longer = max(half, self.terms.rework_least, key=lambda term: self.ends(term, at))
        return (self._clock(ClockName.HANDLE, at, longer, self.terms.handle_law),)

    def to_review(self, at: datetime) -> tuple[Clock, ...]:
        """The clock of a review."""
        return (self._clock(ClockName.REVIEW, at, None, self.terms.review_law),)

    def ends(self, term: Term, start: datetime) -> datetime:
        """When ``term`` from ``start`` is over."""
        return self.calendar.end_of(term, start).at

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
