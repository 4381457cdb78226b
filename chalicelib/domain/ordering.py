"""督办单 and 督查: how an order is given, answered, inspected and released, and how a leader has a matter inspected."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.case import Case
from chalicelib.domain.clocks import TICK
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.events import (
    InspectionDue,
    InspectionEnded,
    InspectionOrdered,
    OrderAnswered,
    OrderInspected,
    OrderReleased,
    Payload,
    Reason,
    Reminded,
    Supervised,
)
from chalicelib.domain.handling import LONGEST_REPLY, optional_words, required_words
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Found, InspectionWay

HIGHEST_LEVEL = 3  # petition office, the general offices' inspection rooms, the discipline commission
BY_HAND = Reason("ground.by_hand", {})
UNSATISFIED_TWICE = Reason("ground.unsatisfied_twice", {})
FALSE_REPLY = Reason("ground.false_reply", {})
FOUND_DONE = Reason("release.done", {})
BY_THE_OFFICE = Reason("release.by_hand", {})


def supervise(case: Case, level: int, at: datetime, ground: Reason, words: str, trade: Trade) -> Supervised:
    """督办 at ``level``, counted from ``at``: with its number in the case, its term, and whose it is."""
    next_level_at = trade.ends(trade.terms.supervision_step, at) if level < HIGHEST_LEVEL else None
    return Supervised(
        level,
        ground,
        words,
        trade.ends(trade.terms.supervision_order, at),
        next_level_at,
        case.orders + 1,
        trade.supervised_by(level, case.in_charge),
    )


def next_level(case: Case) -> int:
    """One above the order in force, the first where none is."""
    return 1 if case.order is None else case.order.level + 1


def supervise_by_hand(case: Case, words: str, at: datetime, trade: Trade, level: int | None = None) -> Supervised:
    """A supervisor's own order at ``level``, by default one above the one in force.

    Raises Invalid without words, for no level, and for one below the order in force.
    """
    said = required_words("words", words)
    wanted = next_level(case) if level is None else level
    if level is None and wanted > HIGHEST_LEVEL:
        raise Invalid([FieldError("words", "supervision.highest")])
    if not 1 <= wanted <= HIGHEST_LEVEL:
        raise Invalid([FieldError("level", "field.unknown_choice")])
    if case.order is not None and wanted < case.order.level:
        raise Invalid([FieldError("level", "supervision.below", (("level", str(case.order.level)),))])
    return supervise(case, wanted, at, BY_HAND, said, trade)


def supervise_if_twice_unsatisfied(case: Case, receipt: str, at: datetime, trade: Trade) -> Iterator[Supervised]:
    """Whoever was not satisfied, had it done again, and is not satisfied with that either: a ground by itself."""
    voice = case.voice(receipt)
    if voice is not None and voice.unsatisfied_before and case.order is None and not case.sealed:
        yield supervise(case, 1, at, UNSATISFIED_TWICE, "", trade)


def remind_by_hand(words: str) -> Reminded:
    """催办 by a person. Raises Invalid without words."""
    return Reminded(None, required_words("words", words))


def answer_order(case: Case, words: str, at: datetime) -> OrderAnswered:
    """What the unit has to say to the order. Raises Invalid without words."""
    said = required_words("words", words, LONGEST_REPLY)
    number, in_time = (0, True) if case.order is None else (case.order.number, at <= case.order.answer_by)
    return OrderAnswered(number, said, in_time)


def inspect(case: Case, way: InspectionWay, found: Found, words: str, at: datetime, trade: Trade) -> Iterator[Payload]:
    """What an inspector found, and what follows: what is done is released, a false reply goes one level up at once.

    Raises Invalid without words.
    """
    said, order = required_words("words", words), case.order
    yield OrderInspected(0 if order is None else order.number, way, found, said)
    if found is Found.DONE and order is not None:
        yield _released(case, FOUND_DONE, "", at, trade)
    if found is Found.FALSE_REPLY and next_level(case) <= HIGHEST_LEVEL:
        yield supervise(case, next_level(case), at, FALSE_REPLY, "", trade)


def release(case: Case, words: str, at: datetime, trade: Trade) -> OrderReleased:
    """解除督办, with the reason. Raises Invalid without words."""
    return _released(case, BY_THE_OFFICE, required_words("words", words), at, trade)


def _released(case: Case, ground: Reason, words: str, at: datetime, trade: Trade) -> OrderReleased:
    number, level = (0, 0) if case.order is None else (case.order.number, case.order.level)
    return OrderReleased(number, level, ground, words, trade.ends(trade.terms.supervision_step, at))


def order_inspection(words: str, at: datetime, trade: Trade) -> InspectionOrdered:
    """定期督查 until done. Raises Invalid for words that cannot be taken."""
    return InspectionOrdered(optional_words("words", words), trade.ends(trade.terms.inspect_every, at))


def end_inspection(words: str) -> InspectionEnded:
    """Who ordered it is content. Raises Invalid for words that cannot be taken."""
    return InspectionEnded(optional_words("words", words))


def inspection_due(case: Case, now: datetime, trade: Trade) -> Iterator[InspectionDue]:
    """The inspection that is due by ``now``: one, however many a late sweep has missed; the days stay as they were."""
    if case.inspection is None or now < case.inspection.next_at:
        return
    next_at = case.inspection.next_at
    while next_at <= now:
        next_at = trade.ends(trade.terms.inspect_every, next_at - TICK)  # it ends with a day, which counts as begun
    level = 1 if case.order is None else case.order.level
    yield InspectionDue(next_at, trade.supervised_by(level, case.in_charge))
