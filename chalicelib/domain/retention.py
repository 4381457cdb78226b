"""How long a matter is kept: before the term from its end is over, nothing of it is erased."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.case import Case
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.events import Event
from chalicelib.domain.folding import fold_one
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.trade import Trade


def ended_at(record: Iterable[Event], receipt: str) -> datetime | None:
    """When the matter ended for the citizen of ``receipt``, by itself or because she withdrew; None while it goes on.

    ``record``: of the case in which she speaks. What was done again, or reviewed, ended with its last end.
    """
    case: Case | None = None
    ended: datetime | None = None
    for event in record:
        case = fold_one(case, event)
        voice = case.voice(receipt)
        over = case.ended or (voice is not None and voice.withdrawn)
        ended = (ended or event.at) if over else None
    return ended


def erasable_from(record: Iterable[Event], receipt: str, trade: Trade) -> datetime | None:
    """From when what she wrote may be erased; None while the matter goes on."""
    ended = ended_at(record, receipt)
    return None if ended is None else trade.ends(trade.terms.retention, ended)


def check_erasable(record: Iterable[Event], receipt: str, at: datetime, trade: Trade) -> None:
    """Raise RuleBroken, saying from when, while what she wrote is still to be kept."""
    possible = erasable_from(record, receipt, trade)
    if possible is None:
        raise RuleBroken("erasure.going_on", days=str(trade.terms.retention.amount))
    if at < possible:
        day = day_in_shanghai(possible)
        raise RuleBroken("erasure.too_early", days=str(trade.terms.retention.amount), day=day.isoformat())
