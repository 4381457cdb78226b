"""A few dozen cases in as many states, the table put aside and brought back, and what a sweep may not change."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from chalicelib.config import config
from chalicelib.desk import after_reply, arranging, handling, timing, tracking
from chalicelib.domain.case import Case
from chalicelib.domain.chain import first_break
from chalicelib.domain.clocks import Clock
from chalicelib.domain.folding import fold
from chalicelib.domain.words import Kind, Light, Outcome, ReworkGround, State
from chalicelib.storage import cases
from chalicelib.storage.facts import ledger_of
from chalicelib.storage.keys import shards
from chalicelib.storage.records import unpack
from chalicelib.storage.table import DeskItem
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything
from tests.light_moto import holds, made_anew, nothing_waits

Table = dict[str, dict[str, Any]]


def mixed(desk: Desk) -> None:
    """Weeks in which some were handled well, some badly, and some not at all. Built once, and brought back after."""
    if not _kept:
        for make in STATES:
            make(desk.later(minutes=7))
        forget()
        desk.later(days=12).swept()
        _pressed(desk)
        for make in STATES:
            make(desk.later(minutes=7))
        forget()
        _kept.append((everything(), desk.now))
    table, desk.now = _kept[0]
    bring_back(table)


def _own(desk: Desk, **changes: object) -> dict[str, object]:
    """A letter that is joined to no other, and that the rules leave to the clerk."""
    number = len(desk.receipts)
    text = f"{UNCLEAR['text']}这是第{number}件，与别的都不相干。{chr(0x4E00 + 97 * number) * 40}"
    return {**UNCLEAR, "title": f"第{number}件事", "text": text, "phone": f"1380000{number:04}", **changes}


def _rated(desk: Desk, satisfaction: str) -> Case:
    desk.replied(**_own(desk))
    desk.rated(desk.receipts[-1], satisfaction)
    return desk.case_of(desk.receipts[-1])


def _promised(desk: Desk) -> None:
    case, done_on = desk.signed(**_own(desk)), (desk.now + timedelta(days=14)).date()
    case = handling.draft(
        case.case_id, case.version, desk.handler(case), desk.now, "两周内办好。", Outcome.BY_DATE, done_on
    )
    handling.reply(case.case_id, case.version, desk.head(case), desk.now)


def _asked(desk: Desk) -> None:
    case = desk.signed(**_own(desk))
    timing.ask(case.case_id, case.version, desk.handler(case), desk.now, "请说明具体地点。")


def _extended(desk: Desk) -> None:
    case = desk.signed(**_own(desk))
    case = timing.ask_extension(case.case_id, case.version, desk.head(case), desk.now, "等检测结果。", 10)
    timing.grant_extension(case.case_id, case.version, desk.clerk, desk.now)


def _returned(desk: Desk) -> None:
    case = desk.dispatched(**_own(desk))
    handling.return_to_desk(case.case_id, case.version, desk.head(case), desk.now, "不是我局职责。")


def _assisted(desk: Desk) -> None:
    case = desk.signed(**_own(desk))
    other = next(unit.id for unit in desk.city.units if unit.id not in (case.unit, desk.city.desk_unit))
    arranging.ask_assistance(case.case_id, case.version, desk.clerk, desk.now, other, "请到现场看看。")


def _conferring(desk: Desk) -> None:
    case = desk.signed(**_own(desk))
    members = tuple(unit.id for unit in desk.city.units if unit.id != desk.city.desk_unit)[:2]
    on = desk.now + timedelta(days=2)
    arranging.call_conference(case.case_id, case.version, desk.clerk, desk.now, on, "三楼", members, "明确牵头。")


def _direct(desk: Desk) -> None:
    case = desk.registered(**_own(desk))
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
    arranging.handle_directly(case.case_id, case.version, desk.clerk, desk.now)


def _redone(desk: Desk) -> None:
    case = _rated(desk, "not")
    ground = ReworkGround.NOT_DONE
    after_reply.rework(case.case_id, case.version, desk.clerk, desk.now, ground, "没有去现场。")


def _reviewed(desk: Desk) -> None:
    desk.replied(**_own(desk))
    receipt = desk.receipts[-1].number
    tracking.ask_review(receipt, {"key": f"review-of-{receipt}", "why": "答复没有写明依据。"}, desk.now)


def _pressed(desk: Desk) -> None:
    """One that is overdue goes a level higher by a supervisor's own order."""
    case = next(case for case in _cases() if case.order is not None and case.state is State.IN_HANDLING)
    handling.supervise(case.case_id, case.version, desk.supervisor, desk.now, "请抓紧。")


def _sealed(desk: Desk) -> None:
    box = desk.mailbox_for(Kind.ACCUSATION)
    desk.routed(**_own(desk, kind=Kind.ACCUSATION.value, mailbox=box))


def _of_two(desk: Desk) -> None:
    letter = _own(desk)
    case = desk.signed(**letter)
    other = desk.registered(**_own(desk))
    handling.join(other.case_id, other.version, desk.clerk, desk.now, case.case_id)


def _consulted(desk: Desk) -> None:
    desk.signed(**_own(desk, kind=Kind.CONSULTATION.value))


def _plain(name: str) -> Callable[[Desk], object]:
    return lambda desk: getattr(desk, name)(**_own(desk))


STATES: list[Callable[[Desk], object]] = [
    *(_plain(name) for name in ("registered", "dispatched", "signed", "drafted", "replied", "concluded")),
    *(_promised, _asked, _extended, _returned, _assisted, _conferring, _direct, _redone, _reviewed),
    *(_sealed, _of_two, _consulted, lambda desk: _rated(desk, "not"), lambda desk: _rated(desk, "satisfied")),
]

_kept: list[tuple[Table, datetime]] = []


def forget() -> None:
    """Whatever was sent was acted upon; and no letter is looked for by its words."""
    with DeskItem.batch_write() as batch:
        for key in everything():
            if key.startswith(("outbox#", "band#")):
                pk, sk = key.split()
                batch.delete(DeskItem(pk, sk))
    nothing_waits()


def next_due() -> datetime:
    """When something is due next."""
    firsts = [next(iter(DeskItem.due_index.query(shard, limit=1)), None) for shard in shards()]
    return datetime.fromisoformat(min(str(item.due_at) for item in firsts if item is not None))


def bring_back(table: Table) -> None:
    """The table as it was put aside."""
    nothing_waits()
    assert made_anew(config().table)
    holds(config().table, table.values())


class Standing(Struct, frozen=True):
    """What must be the same however late the sweep comes: everything but when it came."""

    state: State
    light: Light | None
    level: int | None
    highest_level: int
    answer_by: str
    clocks: tuple[Clock, ...]
    reminded: frozenset[str]
    call_back_due: bool
    backlog: bool
    next_due_at: str
    facts: tuple[str, ...]


def standings(desk: Desk) -> dict[str, Standing]:
    """How every case stands, each being what its record gives."""
    facts = _facts()
    return {case.case_id: _standing(case, desk, facts.get(case.case_id, [])) for case in _cases()}


def _cases() -> list[Case]:
    found = [unpack(str(item["body"]["S"]), Case) for key, item in everything().items() if key.endswith(" case")]
    for case in found:
        record = cases.record_of(case.case_id)
        assert fold(record) == case
        assert first_break(record) is None
    return found


def _standing(case: Case, desk: Desk, facts: list[str]) -> Standing:
    due = case.next_due_at(desk.now)
    return Standing(
        case.state,
        case.light,
        case.order.level if case.order else None,
        case.highest_level,
        f"{case.order.answer_by if case.order else ''}",
        case.clocks,
        frozenset(case.reminded),
        case.call_back_due,
        case.backlog,
        f"{due or ''}",
        tuple(sorted(facts)),
    )


def _facts() -> dict[str, list[str]]:
    """Of each case what the ledgers tell, but for when."""
    told: dict[str, list[str]] = {}
    for pk in {key.split()[0] for key in everything() if key.startswith("ledger#")}:
        _, unit, month = pk.split("#")
        for one in ledger_of(unit, date.fromisoformat(f"{month}-01")):
            said = (f"{unit} {fact.kind} {fact.receipt} {fact.level} {fact.in_time}" for fact in one.facts)
            told.setdefault(one.case_id, []).extend(said)
    return told
