"""The terms of a city: how long each step may take, by promise and by law. Data that an office replaces."""

from enum import StrEnum

from msgspec import Struct, field

from chalicelib.domain.words import Kind


class TermUnit(StrEnum):
    """What a term is counted in."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


_LETTERS = {TermUnit.HOURS: "h", TermUnit.WORKING_DAYS: "w", TermUnit.CALENDAR_DAYS: "d"}
_UNITS = {letter: unit for unit, letter in _LETTERS.items()}


class Term(Struct, frozen=True):
    """A length of time, e.g. 5 working days."""

    amount: int
    unit: TermUnit

    @property
    def short(self) -> str:
        """As a clock keeps it, in few bytes: "24h", "5w", "60d"."""
        return f"{self.amount}{_LETTERS[self.unit]}"


def read_term(short: str) -> Term | None:
    """The term that ``short`` stands for; None for "". Raises ValueError, KeyError for what stands for none."""
    return Term(int(short[:-1]), _UNITS[short[-1]]) if short else None


def working_days(amount: int) -> Term:
    """A term of so many working days."""
    return Term(amount, TermUnit.WORKING_DAYS)


def calendar_days(amount: int) -> Term:
    """A term of so many calendar days."""
    return Term(amount, TermUnit.CALENDAR_DAYS)


def hours(amount: int) -> Term:
    """A term of so many hours."""
    return Term(amount, TermUnit.HOURS)


def _promised_handling() -> dict[Kind, Term]:
    return {
        Kind.CONSULTATION: working_days(1),
        Kind.ADVICE: working_days(5),
        Kind.APPEAL: working_days(5),
        Kind.ACCUSATION: calendar_days(60),
        Kind.THANKS: working_days(5),
    }


class Terms(Struct, frozen=True):
    """The law's terms (《信访工作条例》 2022: art. 22, 23, 34) beside the city's shorter promises.

    ``single_days``: when set, one term of so many calendar days, to the second, from filing, replaces all others
    (used to replay old letters against one measure).
    """

    register: Term = field(default_factory=lambda: working_days(1))
    register_law: Term = field(default_factory=lambda: calendar_days(15))
    accept: Term = field(default_factory=lambda: working_days(1))
    accept_law: Term = field(default_factory=lambda: calendar_days(15))
    dispatch: Term = field(default_factory=lambda: working_days(1))
    sign: Term = field(default_factory=lambda: working_days(2))
    return_within: Term = field(default_factory=lambda: working_days(5))  # after which a unit keeps what it was given
    assist: Term = field(default_factory=lambda: working_days(3))  # an assisting unit's own
    minutes: Term = field(
        default_factory=lambda: working_days(1)
    )  # after a joint conference, until its opinion is written
    handle: dict[Kind, Term] = field(default_factory=_promised_handling)
    handle_urgent: Term = field(default_factory=lambda: hours(24))
    handle_law: Term = field(default_factory=lambda: calendar_days(60))
    rating_asked: Term = field(default_factory=lambda: calendar_days(3))  # after the reply, of those who did not rate
    rating_window: Term = field(default_factory=lambda: calendar_days(15))
    answer: Term = field(default_factory=lambda: calendar_days(15))  # the citizen's, to a question
    most_extended: int = 30  # calendar days, in all (art. 34)
    review_window: Term = field(default_factory=lambda: calendar_days(30))  # after the written reply (art. 35, 36)
    review_law: Term = field(default_factory=lambda: calendar_days(30))
    rework_least: Term = field(default_factory=lambda: working_days(3))  # else half of the first term
    called_back_of_100: int = 10  # concluded matters that are called back though nobody is unsatisfied
    retention: Term = field(default_factory=lambda: calendar_days(1826))  # from the end, before anything is erased
    settlement: Term = field(default_factory=lambda: calendar_days(90))  # without coming again, after the end
    lay_sees_for: Term = field(default_factory=lambda: calendar_days(30))  # from the end, whoever was invited to it
    backlog_age: Term = field(default_factory=lambda: calendar_days(180))  # from filing
    backlog_reworks: int = 2  # done again so often, a matter is backlog (积案) whatever its age
    backlog_owner: Term = field(default_factory=lambda: working_days(5))  # to name a leader who owns it (包案)
    supervision_order: Term = field(default_factory=lambda: working_days(5))
    supervision_step: Term = field(default_factory=lambda: calendar_days(30))  # from one level to the next
    yellow_parts: int = 3  # a light is yellow in the last of so many parts of a term,
    yellow_days: int = 2  # or in its last working days
    inspect_every: Term = field(default_factory=lambda: calendar_days(7))  # what a leader has inspected until done
    keeper_reminder_percent: int = 50  # of the way to yellow, when a mailbox's keeper is told; 0: never
    contest_days: int = 10  # calendar days, from the counting of a month, in which units may contest it
    single_days: int | None = None
