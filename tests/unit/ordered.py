"""A matter under an order (督办单), and who has to do with it."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain import ordering
from chalicelib.domain.events import Actor, Payload
from chalicelib.domain.moves import permit
from chalicelib.domain.terms import Terms
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Action, Found, InspectionWay, Role, State
from tests.unit.matter import ACTORS, CITY, TRADE, Matter

OFFICED = Trade(Terms(), TRADE.calendar, CITY.offices)


DESK, ROOM, COMMISSION = (offices[0] for offices in CITY.offices)


HANDLER = ACTORS[Role.HANDLER]


LEADER = ACTORS[Role.LEADER]


def supervisor(unit: str | None) -> Actor:
    """A supervisor of ``unit``."""
    return Actor(Role.SUPERVISOR, "duban", unit, "督办员")


def inspects(matter: Matter, found: Found) -> Matter:
    """The office in charge of the order says what it found."""
    office = supervisor(matter.case.order.offices[0] if matter.case.order and matter.case.order.offices else None)
    permit(matter.case, Action.INSPECT, office, matter.now)
    said = ordering.inspect(matter.case, InspectionWay.ON_SITE, found, "到现场看过。", matter.now, matter.trade)
    return matter.happens(*said, by=office)


def overdue(level: int = 1) -> Matter:
    """A matter that nobody answers, under an order of ``level``."""
    matter = Matter(trade=OFFICED).at(State.IN_HANDLING)
    while matter.case.order is None or matter.case.order.level < level:
        moment = matter.case.next_due_at(matter.now)
        assert moment is not None
        matter.now = moment
        matter.swept()
    return matter


def moments(matter: Matter, until: datetime) -> Iterable[Payload]:
    """What a punctual sweep records up to ``until``."""
    while (moment := matter.case.next_due_at(matter.now)) is not None and moment <= until:
        matter.now = max(moment, matter.now)
        yield from matter.swept()
    matter.now = until
