"""初信初访一次化解: whether a first petition was settled for good, or its writer came again."""

from datetime import datetime

from chalicelib.domain.case import Case
from chalicelib.domain.events import Concluded, Reason
from chalicelib.domain.trade import Trade


def conclude(case: Case, basis: Reason, at: datetime, trade: Trade) -> Concluded:
    """办结; from here a first petition that a unit answered must stand the term of settlement."""
    stands = case.counted and case.first_petition and case.answered_by is not None and not case.known_from
    return Concluded(basis, trade.ends(trade.terms.settlement, at) if stands else None)
