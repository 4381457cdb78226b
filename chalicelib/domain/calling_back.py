"""回访 and 重办: whether what was answered was done, and that it is done again where it was not."""

import hashlib
from datetime import datetime

from chalicelib.domain.case import Case
from chalicelib.domain.events import (
    BacklogEntered,
    CallBackDue,
    CalledBack,
    DecisionTakenDown,
    Payload,
    Reason,
    ReworkOrdered,
)
from chalicelib.domain.handling import required_words
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import ReworkGround, Satisfaction, Solved

UNSATISFIED = Reason("callback.unsatisfied", {})
SAMPLED = Reason("callback.sampled", {})
PROMISED = Reason("callback.promised", {})
REWORKED = Reason("decision.reworked", {})


def due_when_unsatisfied(case: Case) -> tuple[CallBackDue, ...]:
    """Whoever is not satisfied is always called; once, however many are."""
    return () if case.call_back_due or not case.counted else (CallBackDue(UNSATISFIED),)


def due_when_concluded(case: Case, trade: Trade) -> tuple[CallBackDue, ...]:
    """So many of a hundred concluded matters are called. Which, follows from the number: nobody chooses."""
    if case.call_back_due or case.sealed or not case.counted:
        return ()
    lot = int.from_bytes(hashlib.sha256(f"call-back {case.case_id}".encode()).digest()[:4], "big") % 100
    return (CallBackDue(SAMPLED),) if lot < trade.terms.called_back_of_100 else ()


def unsatisfied_in(case: Case) -> tuple[str, ...]:
    """The receipts of those who are not satisfied with the answer."""
    return tuple(voice.receipt for voice in case.voices if voice.satisfaction is Satisfaction.NOT)


def call_back(reached: bool, solved: Solved | None, satisfaction: Satisfaction | None, words: str) -> CalledBack:
    """What the citizen said on the telephone, or that nobody was reached. Raises Invalid without words."""
    said = required_words("words", words)
    return CalledBack(True, said, solved, satisfaction) if reached else CalledBack(False, said)


def rework(case: Case, ground: ReworkGround, words: str, at: datetime, trade: Trade) -> list[Payload]:
    """重办 by the same unit, in half of the first term and not less than the least; too often, it is backlog.

    Raises Invalid without words.
    """
    said = required_words("words", words)
    public = (DecisionTakenDown(REWORKED),) if case.published is not None else ()  # what is public must stand
    to_come = (voice.bound_by for voice in case.voices if voice.bound_by is not None and voice.bound_by > at)
    clocks = trade.to_rework(at, case.kind, case.urgent, min(to_come, default=None))
    ordered = ReworkOrdered(case.unit or "", ground, said, clocks, unsatisfied_in(case))
    too_often = case.counted and not case.backlog and case.reworks + 1 >= trade.terms.backlog_reworks
    if not too_often:
        return [*public, ordered]
    owner_by = trade.ends(trade.terms.backlog_owner, at)
    return [*public, ordered, BacklogEntered(Reason("backlog.reworks", {}), owner_by)]
