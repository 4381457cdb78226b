"""延期: more time for a hard matter: the unit asks, its head endorses, the desk grants, the citizen is told."""

from datetime import datetime

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.errors import FieldError, Invalid, RuleBroken
from chalicelib.domain.events import Actor, ExtensionAsked, ExtensionEndorsed, ExtensionGranted, ExtensionRefused
from chalicelib.domain.handling import required_words
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import ClockName, Role


def ask_extension(case: Case, reason: str, days: int, by: Actor, at: datetime, trade: Trade) -> ExtensionAsked:
    """Ask for ``days`` more calendar days, while the term still runs (art. 34).

    Raises Invalid for words or days that cannot be taken, RuleBroken once the term is over.
    """
    said = required_words("reason", reason)
    check_days(case, days, at, trade)
    return ExtensionAsked(said, days, endorsed=by.role is Role.HEAD)


def check_days(case: Case, days: int, at: datetime, trade: Trade) -> None:
    """Raise Invalid for more days than are left, RuleBroken once the term is over, or where another agency's date
    stands against it: that agency has to set another first.
    """
    left = trade.terms.most_extended - case.extended
    if not 1 <= days <= left:
        raise Invalid([FieldError("days", "extension.days", (("most", str(left)),))])
    clock = _handling(case)
    if clock is None or at > clock.due_at:
        raise RuleBroken("extension.too_late")
    by = clock.bound_by
    if by is not None and clock.put_off(days).is_bound:
        raise RuleBroken("extension.bound", day=f"{by.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def endorse_extension() -> ExtensionEndorsed:
    """The unit's head stands behind it."""
    return ExtensionEndorsed()


def refuse_extension(words: str) -> ExtensionRefused:
    """By the head or the desk, with the reason. Raises Invalid without words."""
    return ExtensionRefused(required_words("words", words))


def grant_extension(case: Case, asked: ExtensionAsked) -> ExtensionGranted:
    """Both ends of the term to answer move by as many calendar days; the light is computed anew."""
    return extended(case, asked.reason, asked.days)


def extended(case: Case, reason: str, days: int) -> ExtensionGranted:
    """So many more days, for this reason."""
    clocks = tuple(clock.put_off(days) if clock.name is ClockName.HANDLE else clock for clock in case.clocks)
    return ExtensionGranted(reason, days, clocks)


def _handling(case: Case) -> Clock | None:
    return next((clock for clock in case.clocks if clock.name is ClockName.HANDLE), None)
