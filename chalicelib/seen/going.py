"""The one call that this process works on now: whose request it is, which case it moved, what it counts.

Lambda gives a process one call at a time. What is noted here goes out with the call's last line, so that a figure costs
no call of AWS's and no line of its own.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter


class Measure(StrEnum):
    """What is counted, by the name that alarms and the dashboard know it by."""

    SUBMISSIONS = "SubmissionsTaken"
    ROUTED = "CasesRouted"
    REPLIES = "Replies"
    TURNED_RED = "CasesTurnedRed"
    LATE = "LateCases"  # as it stands: red lights
    OLDEST_MESSAGE = "OldestMessageSeconds"  # as it stands: how long the oldest message waits to be acted upon
    RESENT = "MessagesSentAgain"
    NOTICES_FAILED = "NoticesFailed"
    WEBHOOKS_FAILED = "WebhooksFailed"
    SIGN_INS_FAILED = "SignInsFailed"
    LOCKED_OUT = "SignInsLockedOut"
    SWEPT = "Sweeps"
    NOT_MOVED = "CasesNotMoved"  # by the sweep, that should have been
    DAYS_UNCLOSED = "DaysUnclosed"  # as it stands
    MONTHS_UNSCORED = "MonthsUnscored"  # as it stands: 0 or 1
    FAILED = "CallsFailed"


KINDS: dict[Measure, frozenset[str]] = {
    Measure.SUBMISSIONS: frozenset(
        {"web", "agency", "reception", "phone", "visit", "letter", "sms", "mail", "chat", "micro_blog", "open311"}
    ),
    Measure.ROUTED: frozenset({"rule", "model", "clerk"}),
}
"""By what a measure is told apart. Nothing else ever becomes part of a figure's name: there are at most thirty-odd."""

SECONDS = frozenset({Measure.OLDEST_MESSAGE})


@dataclass(slots=True)
class Call:
    """One call of a function. ``request``: API Gateway's identifier of it, or Lambda's."""

    function: str
    request: str
    route: str = ""
    case: str = ""
    event: int = 0
    figures: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=perf_counter)

    @property
    def milliseconds(self) -> float:
        """How long it has lasted."""
        return round((perf_counter() - self.began) * 1000, 1)


_now: ContextVar[Call | None] = ContextVar("call", default=None)


def begin(call: Call | None) -> None:
    """From here on this process works on ``call``; None for none."""
    _now.set(call)


def current() -> Call | None:
    """What this process works on; None in a tool, and between two calls."""
    return _now.get()


def about(case: str, event: int = 0) -> None:
    """What follows is about ``case`` and the event of that number."""
    call = _now.get()
    if call is not None:
        call.case, call.event = case, event


def count(measure: Measure, kind: str = "", number: float = 1) -> None:
    """Add ``number`` to a figure, and to its part of that ``kind``. Raises ValueError for a kind that is none."""
    call = _now.get()
    if kind and kind not in KINDS.get(measure, ()):
        raise ValueError(f"{measure} is not told apart by {kind}")
    if call is not None:
        for name in (measure.value, f"{measure}_{kind}") if kind else (measure.value,):
            call.figures[name] = call.figures.get(name, 0) + number


def stands(measure: Measure, number: float) -> None:
    """A figure that is what it is now, and is not added up."""
    call = _now.get()
    if call is not None:
        call.figures[measure.value] = number


def names() -> frozenset[str]:
    """Every figure there can be."""
    parts = (f"{measure}_{kind}" for measure, kinds in KINDS.items() for kind in kinds)
    return frozenset((*(measure.value for measure in Measure), *parts))
