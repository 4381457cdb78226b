"""The ledgers of the months: every arrival once, each case of a unit once, and first petitions that came again."""

import uuid
from datetime import timedelta

from chalicelib.desk import handling, routing, tracking
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.case import Case
from chalicelib.domain.facts import CITY, entries_of, month_of
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.words import DeclineGround, Kind
from chalicelib.storage import cases
from chalicelib.storage.facts import ledger_item, ledger_of
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything, sent

HERS = "13800009001"
STREETLAMPS = {
    "title": "人民巷一排路灯全灭了",
    "text": "人民巷从东口到西口的一排路灯全灭了半个月，老人晚上出门看不见路，已经摔了两个，请尽快派人来修。",
}


def of_kind(desk: Desk, unit: str, *kinds: FactKind) -> list[Fact]:
    """The facts of ``kinds`` in a unit's ledger of this month."""
    return [fact for told in ledger_of(unit, month_of(desk.now)) for fact in told.facts if fact.kind in kinds]


def settlements(desk: Desk, case: Case) -> list[bool | None]:
    """What is on record of whether the case was settled for good."""
    assert case.unit is not None
    return [fact.in_time for fact in of_kind(desk, case.unit, FactKind.SETTLED) if fact.case_id == case.case_id]


def concluded(desk: Desk) -> Case:
    """A first petition of hers, answered and concluded."""
    case = desk.concluded(phone=HERS, **STREETLAMPS)
    assert case.stands_until is not None
    return case


def test_every_arrival_stands_once_in_the_ledger_of_the_city_whatever_becomes_of_it(desk: Desk) -> None:
    desk.dispatched(**STREETLAMPS)
    unclear = desk.registered()
    handling.decline(unclear.case_id, unclear.version, desk.clerk, desk.now, DeclineGround.COURT, "请向法院提出。")
    desk.withdrawn(desk.filed(title="不想写了", text="刚才写错了，这一封先不用办理，我想清楚再写。"))
    joined = desk.later(hours=1).filed(**STREETLAMPS, phone="13800009002")
    desk.route_all()
    assert cases.load(desk.case_of(joined).case_id).people == 2
    arrived = [fact.receipt for fact in of_kind(desk, CITY, FactKind.ARRIVED)]
    assert sorted(arrived) == sorted(receipt.number for receipt in desk.receipts)
    ends = [fact.kind for fact in of_kind(desk, CITY, FactKind.DECLINED, FactKind.WITHDRAWN, FactKind.JOINED)]
    assert sorted(ends) == [FactKind.DECLINED, FactKind.JOINED, FactKind.WITHDRAWN]


def test_the_ledger_says_what_a_case_is_about_as_it_was_last_known(desk: Desk) -> None:
    case = desk.registered()
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
    handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit)
    about = {told.case_id: told.about for told in ledger_of(desk.some_unit, month_of(desk.now))}[case.case_id]
    assert (about.kind, about.mailbox, about.people) == (Kind.APPEAL, case.mailbox, 1)


def test_a_case_has_one_item_in_its_units_month_however_much_happens(desk: Desk) -> None:
    case = desk.replied(**STREETLAMPS)
    desk.rated(desk.receipts[0])
    own = [key for key in everything() if key.startswith(f"ledger#{case.unit}#")]
    assert own == [f"ledger#{case.unit}#{month_of(desk.now):%Y-%m} {case.case_id}"]
    kinds = {fact.kind for told in ledger_of(str(case.unit), month_of(desk.now)) for fact in told.facts}
    assert {FactKind.RECEIVED, FactKind.SIGNED, FactKind.REPLIED, FactKind.RATED, FactKind.CONCLUDED} <= kinds


def test_a_ledger_that_was_loaded_whole_is_the_one_that_steps_would_have_written(desk: Desk) -> None:
    case = desk.replied(**STREETLAMPS)
    written = {told.case_id: told for told in ledger_of(str(case.unit), month_of(desk.now))}[case.case_id]
    events = cases.record_of(case.case_id)
    entries = [entry for entry in entries_of(None, fold(events), events) if entry.unit == case.unit]
    ledger_item(entries[0]).save()
    loaded = {told.case_id: told for told in ledger_of(str(case.unit), month_of(desk.now))}[case.case_id]
    assert {fact.kind for fact in loaded.facts} == {fact.kind for fact in written.facts}
    assert loaded.about == written.about


def test_a_first_petition_whose_writer_does_not_come_again_was_settled(desk: Desk) -> None:
    case = concluded(desk)
    assert case.stands_until is not None
    desk.now = case.stands_until - timedelta(hours=1)
    desk.swept()
    assert settlements(desk, case) == []
    desk.now = case.stands_until
    desk.swept()
    desk.swept()
    assert settlements(desk, case) == [True]


def test_a_first_petition_whose_writer_comes_again_within_the_term_was_not_settled(desk: Desk) -> None:
    case = concluded(desk)
    desk.later(days=40).routed(phone=HERS, **{**STREETLAMPS, "text": STREETLAMPS["text"] + "上次修好三天又灭了。"})
    for message in sent(Topic.ROUTING):
        routing.route(message, desk.now)  # delivered twice
    assert settlements(desk, case) == [False]
    assert fold(cases.record_of(case.case_id)) == cases.load(case.case_id)
    desk.later(days=60).swept()
    assert settlements(desk, case) == []  # neither again nor otherwise, in the later month


def test_another_persons_letter_about_the_same_is_not_her_coming_again(desk: Desk) -> None:
    case = concluded(desk)
    desk.later(days=40).routed(phone="13800009003", **STREETLAMPS)
    assert settlements(desk, case) == []


def test_who_asks_for_a_review_after_the_end_was_not_settled(desk: Desk) -> None:
    case = concluded(desk)
    desk.now += timedelta(days=5)
    tracking.ask_review(desk.receipts[0].number, {"key": uuid.uuid4().hex, "why": "没有修好。"}, desk.now)
    assert settlements(desk, case) == [False]


def test_what_was_no_first_petition_counts_neither_way(desk: Desk) -> None:
    concluded(desk)
    second = desk.later(days=10).concluded(phone=HERS, **UNCLEAR)
    assert not second.first_petition
    assert second.stands_until is None
