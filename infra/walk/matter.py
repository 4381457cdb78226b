"""A case as the table keeps it: written as JSON after every step and read back before the next, beside its record."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.domain.case import Case
from chalicelib.domain.events import CITIZEN, DESK, Actor, Event, Filed, Payload
from chalicelib.domain.folding import record
from chalicelib.domain.supervision import due_now
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Channel, Kind, Role
from chalicelib.storage.records import pack, pack_event, unpack, unpack_event

AGENCY = Actor(Role.AGENCY, "agency", None, "省信访局")
KEEPER = "wanglan"  # an office that answers for other matters too


def _salt() -> str:
    """The same each time, so that a walk can be taken again."""
    return "5a" * 16


class Matter:
    """A case and its record. ``stored``: the case as JSON text; ``case``: what that text says."""

    def __init__(
        self, number: int, kind: Kind, consents: bool, at: datetime, trade: Trade, bound_in: timedelta | None = None
    ) -> None:
        self.case_id = f"{310000000000 + number}"
        self.trade = trade
        self.events: list[Event] = []
        self.stored = ""
        sealed = kind is Kind.ACCUSATION
        receipt = f"{100000000000 * number + 1}"
        title = "" if sealed else "路灯不亮"
        bound_by = at + bound_in if bound_in is not None else None
        clocks = trade.bound(trade.to_register(at), bound_by)
        may_publish = consents and not sealed
        filed = Filed(
            receipt,
            kind,
            Channel.WEB,
            "hotline",
            title,
            None,
            sealed,
            "d" * 64,
            clocks,
            may_publish=may_publish,
            keeper=KEEPER,
            bound_by=bound_by,
        )
        self._write(None, [filed], CITIZEN if bound_in is None else AGENCY, at)

    def caught_up(self, at: datetime) -> Case:
        """The case as a punctual sweep would leave it at ``at``; nothing is written."""
        due = due_now(self.case, at, self.trade)
        return record(self.case, self.case_id, due, DESK, at, _salt)[0] if due else self.case

    def sweep(self, at: datetime) -> list[Payload]:
        """What fell due by ``at`` is written, and given."""
        due = due_now(self.case, at, self.trade)
        if due:
            self._write(self.case, due, DESK, at)
        return due

    def happens(self, payloads: Iterable[Payload], by: Actor, at: datetime) -> None:
        """What was decided is written, after what fell due."""
        self.sweep(at)
        self._write(self.case, payloads, by, at)

    def _write(self, case: Case | None, payloads: Iterable[Payload], by: Actor, at: datetime) -> None:
        after, written = record(case, self.case_id, payloads, by, at, _salt)
        self.stored = pack(after)
        self.case = unpack(self.stored, Case)
        self.events += [unpack_event(pack_event(event)) for event in written]
