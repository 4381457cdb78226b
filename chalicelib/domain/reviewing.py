"""复查, 复核, 终结: the level above looks at the reply, the one above looks again, and then it ends (art. 35, 36)."""

from datetime import datetime

from chalicelib.domain.calling_back import rework
from chalicelib.domain.case import Case
from chalicelib.domain.city import City, Unit
from chalicelib.domain.errors import NotAllowed, RuleBroken
from chalicelib.domain.events import HearingHeld, Payload, Reason, ReviewAsked, ReviewDecided, Terminated
from chalicelib.domain.handling import required_words
from chalicelib.domain.inviting import present_of
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Kind, Level, ReviewLevel, ReworkGround

ABOVE = {Level.TOWNSHIP: Level.COUNTY, Level.COUNTY: Level.CITY}
LONGEST_OPINION = 20_000


def ask_review(
    case: Case, receipt: str, number: int, digest: str, city: City, at: datetime, trade: Trade
) -> ReviewAsked:
    """The next review that the citizen of ``receipt`` may ask for, and the unit that has to decide it.

    Raises NotAllowed for whom it is not open to, RuleBroken when the time is over or both were decided.
    """
    voice = case.voice(receipt)
    if case.kind is not Kind.APPEAL or voice is None or voice.withdrawn or voice.answered_at is None:
        raise NotAllowed(action="ask_review")
    level = next_level(case)
    if level is None:
        raise RuleBroken("review.decided_twice")
    if case.review_until is None or at > case.review_until:
        raise RuleBroken("review.too_late")
    return ReviewAsked(level, receipt, reviewer_of(case, level, city), number, digest, trade.to_review(at))


def next_level(case: Case) -> ReviewLevel | None:
    """The review that may be asked for next; None when both were decided."""
    return {None: ReviewLevel.REVIEW, ReviewLevel.REVIEW: ReviewLevel.RE_REVIEW}.get(case.reviewed)


def reviewer_of(case: Case, level: ReviewLevel, city: City) -> str:
    """The unit one level above whoever answered (two for re-review): the one with the same functions, else the office
    of the place; at the top the city's own petition office, for its government.
    """
    unit = city.unit(case.unit)
    for _ in range(1 if level is ReviewLevel.REVIEW else 2):
        unit = _above(unit, city)
    return unit.id if unit is not None else city.desk_unit


def _above(unit: Unit | None, city: City) -> Unit | None:
    area = city.area(unit.area) if unit is not None else None
    level = ABOVE.get(unit.level) if unit is not None else None
    if unit is None or area is None or level is None:
        return None
    parent = area.parent if area.level is unit.level else area.code
    there = [other for other in city.units if other.area == parent and other.level is level]
    same = [other for other in there if set(other.functions) & set(unit.functions)]
    return next(iter(same or there), None)


def hold_hearing(case: Case, on: str, present: str, minutes: str, lay: tuple[str, ...] = ()) -> HearingHeld:
    """听证, with who was there; ``lay``: the lay supervisors among them. Raises Invalid naming what is missing."""
    return HearingHeld(
        required_words("on", on, 40),
        required_words("present", present),
        required_words("minutes", minutes, LONGEST_OPINION),
        present_of(case, lay),
    )


def decide_review(case: Case, upheld: bool, text: str, at: datetime, trade: Trade) -> list[Payload]:
    """The opinion. Not upheld, the unit does it again; upheld twice, the matter is terminated.

    Raises Invalid without words, RuleBroken for a case that is not under review.
    """
    said = required_words("text", text, LONGEST_OPINION)
    if case.review is None:
        raise RuleBroken("review.none")
    level = case.review.level
    again = trade.ends(trade.terms.review_window, at) if upheld and level is ReviewLevel.REVIEW else None
    decided = ReviewDecided(level, case.review.reviewer, upheld, said, again)
    if not upheld:
        return [decided, *rework(case, ReworkGround.REVIEW, said, at, trade)]
    if level is ReviewLevel.RE_REVIEW:
        return [decided, Terminated(Reason("basis.re_review_upheld", {}))]
    return [decided]
