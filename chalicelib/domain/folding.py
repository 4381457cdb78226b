"""How each event changes a case. The only place that does: the stored case is what folding its events gives."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from chalicelib.domain import (  # noqa: F401 — they tell ``apply`` of their events
    applying_agencies,
    applying_arranging,
    applying_later,
    applying_lay,
    applying_orders,
    applying_reading,
)
from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply
from chalicelib.domain.applying_lay import lapsed
from chalicelib.domain.case import Case, Voice
from chalicelib.domain.chain import GENESIS, Salts, link
from chalicelib.domain.clocks import worst_light
from chalicelib.domain.events import Actor, Event, Payload
from chalicelib.domain.words import SETTLED, ClockName, Light, Role, State


def record(
    case: Case | None, case_id: str, payloads: Iterable[Payload], by: Actor, at: datetime, salts: Salts
) -> tuple[Case, list[Event]]:
    """The case after ``payloads`` happened at ``at``, and the events that say so. ``salts``: gives each its own.

    Raises ValueError when there is nothing to record.
    """
    written: list[Event] = []
    for payload in payloads:
        number = 1 if case is None else case.version + 1
        previous = GENESIS if case is None else case.last_hash
        event = link(case_id, number, at, by, payload, previous, salts)
        case = fold_one(case, event)
        written.append(event)
    if case is None:
        raise ValueError("a case begins with an event")
    return case, written


def fold(events: Iterable[Event]) -> Case:
    """The case that ``events``, in their order, tell of. Raises ValueError when there are none."""
    case: Case | None = None
    for event in events:
        case = fold_one(case, event)
    if case is None:
        raise ValueError("a case begins with an event")
    return case


def fold_one(case: Case | None, event: Event) -> Case:
    """The case after one more event."""
    if case is None:
        if not isinstance(event.payload, happened.Filed):
            raise ValueError(f"a case begins with Filed, not {event.kind}")
        changed = _open(event, event.payload)
    else:
        changed = lapsed(apply(event.payload, case, event))
    if isinstance(event.payload, happened.ASIDE):
        return replace(changed, version=event.number, last_hash=event.hash)
    light = Light.GREY if changed.waiting is not None else worst_light(changed.clocks, event.at)
    return replace(
        changed,
        version=event.number,
        last_hash=event.hash,
        light=light,
        moved_at=event.at,
        settled_at=_settled_at(changed, event.at),
        ended_at=(changed.ended_at or event.at) if changed.ended else None,
    )


def _settled_at(case: Case, at: datetime) -> datetime | None:
    """Since when a backlog is settled; done again, or reviewed, it is open anew."""
    return (case.settled_at or at) if case.backlog and case.state in SETTLED else None


def _open(event: Event, filed: happened.Filed) -> Case:
    handling = next((clock for clock in filed.clocks if clock.name is ClockName.HANDLE), None)
    own_term = handling.due_at if handling is not None else None
    return Case(
        case_id=event.case_id,
        version=event.number,
        last_hash=event.hash,
        state=State.RECEIVED,
        kind=filed.kind,
        channel=filed.channel,
        mailbox=filed.mailbox,
        title=filed.title,
        sealed=filed.sealed,
        opened_at=event.at,
        voices=(
            Voice(
                filed.receipt,
                event.at,
                own_term_ends_at=own_term,
                signers=filed.signers,
                may_publish=filed.may_publish,
                agency=event.by.id if event.by.role is Role.AGENCY else "",
                bound_by=filed.bound_by,
            ),
        ),
        clocks=filed.clocks,
        light=None,
        moved_at=event.at,
        area=filed.area,
        drill=filed.drill,
        keeper=filed.keeper,
    )
