"""What the staff do after the reply: call back, order it done again, hear, and decide a review."""

from datetime import datetime

from chalicelib.desk import cities
from chalicelib.desk.handling import take
from chalicelib.domain import calling_back, reviewing
from chalicelib.domain.case import Case
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action, ReworkGround, Satisfaction, Solved


def call_back(
    case_id: str,
    version: int,
    by: Staff,
    at: datetime,
    reached: bool,
    solved: Solved | None,
    satisfaction: Satisfaction | None,
    words: str,
) -> Case:
    """回访: what the citizen said, or that nobody was reached."""
    return take(
        case_id,
        version,
        Action.CALL_BACK,
        by,
        at,
        lambda case: calling_back.call_back(reached, solved, satisfaction, words),
    )


def rework(case_id: str, version: int, by: Staff, at: datetime, ground: ReworkGround, words: str) -> Case:
    """重办 by the unit that answered."""
    return take(
        case_id,
        version,
        Action.REWORK,
        by,
        at,
        lambda case: calling_back.rework(case, ground, words, at, cities.trade()),
    )


def hold_hearing(
    case_id: str, version: int, by: Staff, at: datetime, on: str, present: str, minutes: str, lay: tuple[str, ...] = ()
) -> Case:
    """听证 in a review; ``lay``: the logins of the lay supervisors who were there."""
    return take(
        case_id,
        version,
        Action.HOLD_HEARING,
        by,
        at,
        lambda case: reviewing.hold_hearing(case, on, present, minutes, lay),
    )


def decide_review(case_id: str, version: int, by: Staff, at: datetime, upheld: bool, text: str) -> Case:
    """The opinion of the reviewing unit."""
    return take(
        case_id,
        version,
        Action.DECIDE_REVIEW,
        by,
        at,
        lambda case: reviewing.decide_review(case, upheld, text, at, cities.trade()),
    )
