"""The tables beside the scores as spreadsheets: mailboxes, and several months together."""

from collections.abc import Mapping, Sequence

from chalicelib.desk import cities
from chalicelib.desk.sheets import sheet
from chalicelib.domain.assessment import Part
from chalicelib.domain.mailbox_figures import Box
from chalicelib.domain.people import Staff
from chalicelib.domain.spans import Sum
from chalicelib.domain.words import UnitClass

MAILBOX_COLUMNS = (
    *("mailbox", "keeper", "leader", "received", "replied", "on_time", "due", "on_time_rate", "overdue"),
    *("rated", "solved", "solved_rate", "satisfied", "satisfied_rate", "participation"),
)
SUM_COLUMNS = (
    *("unit", "class", "months", "ranked_months", "received", "replied", "on_time", "due", "rated", *Part),
    *("penalty", "score", "rank"),
)


def mailboxes(boxes: Sequence[Box], people: Mapping[str, Staff], header: list[str], language: str) -> str:
    """A month's mailboxes as CSV. ``header``: the names of MAILBOX_COLUMNS; ``people``: who has an account."""
    city = cities.current()
    rows = []
    for box in boxes:
        mailbox, keeper = city.mailbox(box.mailbox), city.unit(box.keeper)
        leader = people.get(box.leader)
        shares = {name: _percent(value) for name, value in box.shares.items()}
        rows.append([
            mailbox.name.within(language) if mailbox else box.mailbox,
            keeper.name.within(language) if keeper else box.keeper,
            leader.titled if leader else box.leader,
            box.received, box.answered, box.on_time, box.due, shares["on_time"], box.unanswered,
            box.rated, box.solved, shares["solved"], box.satisfied, shares["satisfied"], shares["participation"],
        ])  # fmt: skip
    return sheet([header, *rows])


def sums(found: Sequence[Sum], header: list[str], classes: Mapping[UnitClass, str], language: str) -> str:
    """Several months' table as CSV. ``header``: the names of SUM_COLUMNS; ``classes``: of the units' classes."""
    city = cities.current()
    rows = []
    for one in found:
        unit = city.unit(one.unit)
        rows.append([
            unit.name.within(language) if unit else one.unit, classes[one.unit_class], one.months, one.ranked,
            one.received, one.replied, one.on_time, one.due, one.rated,
            *(_percent(one.shares[part].value) for part in Part), one.penalty,
            "" if one.score is None else f"{one.score:.2f}", "" if one.rank is None else one.rank,
        ])  # fmt: skip
    return sheet([header, *rows])


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.2%}"
