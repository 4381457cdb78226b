"""What the staff do to a case, on the real table: each step one commit, and what is refused leaves no trace."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.desk import handling
from chalicelib.domain.case import Case
from chalicelib.domain.chain import first_break
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, NotFound, NotYours, Refused, WrongState
from chalicelib.domain.events import VoiceAdded
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import DeclineGround, Kind, Outcome, Role, State
from chalicelib.storage import cases
from chalicelib.storage.facts import facts_of_month
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything, sent, watched


def test_a_case_goes_its_whole_way_and_its_record_tells_it(desk: Desk) -> None:
    receipt = desk.filed()
    desk.route_all()
    case = desk.case_of(receipt)
    case = handling.sign(case.case_id, case.version, desk.handler(case), desk.later(hours=2).now)
    case = handling.note(case.case_id, case.version, desk.handler(case), desk.now, "已到现场。", True)
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, "已处理。", Outcome.SOLVED)
    case = handling.send_back(case.case_id, case.version, desk.head(case), desk.now, "请写清楚。")
    case = handling.draft(
        case.case_id, case.version, desk.handler(case), desk.now, "已处理，每日巡查。", Outcome.SOLVED
    )
    case = handling.reply(case.case_id, case.version, desk.head(case), desk.now)
    desk.rated(receipt)
    case = desk.case_of(receipt)
    assert case.state is State.CONCLUDED
    record = cases.record_of(case.case_id)
    assert [event.kind for event in record if event.kind != "CallBackDue"] == [  # which is drawn by lot
        "Filed",
        "Registered",
        "Accepted",
        "Dispatched",
        "Signed",
        "Noted",
        "Drafted",
        "SentBack",
        "Drafted",
        "Replied",
        "Rated",
        "Concluded",
    ]
    assert fold(record) == case
    assert first_break(record) is None
    replied = next(event.payload for event in record if event.kind == "Replied")
    assert replied.text == "已处理，每日巡查。"  # type: ignore[union-attr]


def test_every_step_is_one_read_and_one_transaction(desk: Desk) -> None:
    case = desk.dispatched()
    with watched() as calls:
        handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    assert calls == ["GetItem", "TransactWriteItems"]


STEPS: dict[str, Callable[[Case, Staff, Desk], object]] = {
    "register": lambda case, by, desk: handling.register(case.case_id, case.version, by, desk.now, None, None),
    "accept": lambda case, by, desk: handling.accept(case.case_id, case.version, by, desk.now),
    "decline": lambda case, by, desk: handling.decline(
        case.case_id, case.version, by, desk.now, DeclineGround.COURT, "请向法院提出。"
    ),
    "join": lambda case, by, desk: handling.join(case.case_id, case.version, by, desk.now, "999999999999"),
    "dispatch": lambda case, by, desk: handling.dispatch(case.case_id, case.version, by, desk.now, desk.some_unit),
    "return": lambda case, by, desk: handling.return_to_desk(case.case_id, case.version, by, desk.now, "不属于我局。"),
    "sign": lambda case, by, desk: handling.sign(case.case_id, case.version, by, desk.now),
    "note": lambda case, by, desk: handling.note(case.case_id, case.version, by, desk.now, "已到现场。", False),
    "draft": lambda case, by, desk: handling.draft(
        case.case_id, case.version, by, desk.now, "您好。", Outcome.EXPLAINED
    ),
    "send back": lambda case, by, desk: handling.send_back(case.case_id, case.version, by, desk.now, "重写。"),
    "reply": lambda case, by, desk: handling.reply(case.case_id, case.version, by, desk.now),
    "conclude": lambda case, by, desk: handling.conclude(case.case_id, case.version, by, desk.now),
    "remind": lambda case, by, desk: handling.remind(case.case_id, case.version, by, desk.now, "请快办。"),
    "supervise": lambda case, by, desk: handling.supervise(case.case_id, case.version, by, desk.now, "请说明。"),
    "instruct": lambda case, by, desk: handling.instruct(case.case_id, case.version, by, desk.now, "请办好。"),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_is_refused_leaves_no_trace(desk: Desk, step: str) -> None:
    received = desk.case_of(desk.filed())
    signed = desk.signed()
    before = everything()
    strangers = [
        Staff("stranger", "某人", Role.HANDLER, "health"),
        Staff("stranger", "某人", Role.HEAD, None),
        Staff("admin", "某人", Role.ADMINISTRATOR),
        Staff("leader", "某人", Role.LEADER, None, ("nobody's",)),
    ]
    for case in (received, signed):
        for stranger in strangers:
            if step in ("sign", "note") and stranger.unit == case.unit:
                continue
            with pytest.raises(Refused):
                STEPS[step](case, stranger, desk)
    assert everything() == before


@pytest.mark.parametrize("step", [step for step in STEPS if step != "join"])
def test_who_looks_at_an_old_page_is_told_and_changes_nothing(desk: Desk, step: str) -> None:
    old = desk.dispatched()
    handling.sign(old.case_id, old.version, desk.handler(old), desk.now)
    before = everything()
    for by in (desk.clerk, desk.handler(old), desk.head(old)):
        with pytest.raises(Changed):
            STEPS[step](old, by, desk)
    assert everything() == before


def test_a_case_nobody_knows_is_not_found(desk: Desk) -> None:
    for case_id in ("000000000000", "", "x", "case#1", "\x00", "㐂"):
        with pytest.raises(NotFound):
            handling.accept(case_id, 1, desk.clerk, desk.now)


def test_a_case_is_dispatched_to_a_unit_that_there_is(desk: Desk) -> None:
    case = desk.registered(**UNCLEAR)
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
    before = everything()
    for unit in ("nobody", "", "petition-office ", "<script>"):
        with pytest.raises(Invalid) as refused:
            handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, unit)
        assert [error.field for error in refused.value.errors] == ["unit"]
    assert everything() == before


def test_the_clerk_registers_under_a_category_and_an_area_that_there_are(desk: Desk) -> None:
    case = desk.case_of(desk.filed())
    for category, area, field in (("x", None, "category"), (None, "x", "area")):
        with pytest.raises(Invalid) as refused:
            handling.register(case.case_id, case.version, desk.clerk, desk.now, category, area)
        assert [error.field for error in refused.value.errors] == [field]
    category = desk.city.categories[0].id
    registered = handling.register(case.case_id, case.version, desk.clerk, desk.now, category, desk.city.areas[0].code)
    assert (registered.state, registered.category) == (State.REGISTERED, category)


def test_a_returned_case_goes_to_another_unit_and_the_term_to_answer_runs_on(desk: Desk) -> None:
    case = desk.dispatched()
    due_at = case.clocks[-1].due_at
    case = handling.return_to_desk(
        case.case_id, case.version, desk.head(case), desk.later(hours=3).now, "不是我局职责。"
    )
    assert case.state is State.RETURNED
    assert case.unit is None
    case = handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, "health", "请卫健委办理。")
    assert case.unit == "health"
    assert case.clocks[-1].due_at == due_at


def test_an_accusation_is_dispatched_to_the_discipline_line_and_to_nobody_else(desk: Desk) -> None:
    box = desk.mailbox_for(Kind.ACCUSATION)
    (line,) = (unit.id for unit in desk.city.discipline_line)
    case = desk.case_of(desk.filed(kind="accusation", mailbox=box))
    case = handling.register(case.case_id, case.version, desk.clerk, desk.now, None, None)
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
    for unit in desk.city.units:
        if unit.id != line:
            with pytest.raises(NotYours):
                handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, unit.id)
    assert handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, line).unit == line


def test_a_handler_cannot_approve_what_a_handler_wrote(desk: Desk) -> None:
    case = desk.drafted()
    for by in (desk.handler(case), desk.clerk):
        with pytest.raises(NotAllowed):
            handling.reply(case.case_id, case.version, by, desk.now)


def test_a_hundred_and_twenty_citizens_are_answered_at_once(desk: Desk) -> None:
    case = desk.crowd(120)
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, "统一答复。", Outcome.EXPLAINED)
    case = handling.reply(case.case_id, case.version, desk.head(case), desk.now)
    assert case.state is State.REPLIED
    assert all(voice.answered_at for voice in case.voices)
    assert case.unit is not None
    month = desk.now.date().replace(day=1)
    assert sum(fact.kind == "replied" for fact in facts_of_month(case.unit, month)) == 120
    assert fold(cases.record_of(case.case_id)) == case


def test_a_crowds_case_is_swept_to_red(desk: Desk) -> None:
    case = desk.crowd(120)
    swept = desk.later(days=12).swept()
    assert swept.failed == 0
    assert swept.moved == 1
    assert cases.load(case.case_id).order is not None


def test_the_clerk_joins_a_case_and_each_citizen_is_answered_with_the_other(desk: Desk) -> None:
    first, second = desk.filed(), desk.filed(**UNCLEAR)
    desk.route_all()
    into, case = desk.case_of(first), desk.case_of(second)
    joined = handling.join(case.case_id, case.version, desk.clerk, desk.now, into.case_id)
    assert (joined.state, joined.joined_to) == (State.JOINED, into.case_id)
    assert desk.case_of(first).receipts == (first.number, second.number)
    added = cases.record_of(into.case_id)[-1].payload
    assert isinstance(added, VoiceAdded)
    assert added.from_case == case.case_id
    desk.answered(desk.case_of(first))
    assert all(voice.answered_at == desk.now for voice in desk.case_of(first).voices)


@pytest.mark.parametrize("into", ["itself", "concluded", "sealed", "unknown"])
def test_a_case_is_joined_only_to_one_that_can_take_it(desk: Desk, into: str) -> None:
    case = desk.registered(**UNCLEAR)
    targets: dict[str, Callable[[], str]] = {
        "itself": lambda: case.case_id,
        "concluded": lambda: desk.concluded().case_id,
        "sealed": lambda: (
            desk.case_of(desk.filed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION))).case_id
        ),
        "unknown": lambda: "000000000000",
    }
    target = targets[into]()
    before = everything()
    with pytest.raises((Invalid, NotFound)):
        handling.join(case.case_id, case.version, desk.clerk, desk.now, target)
    assert everything() == before


def test_a_case_past_its_term_is_brought_up_to_now_before_anybody_acts_on_it(desk: Desk) -> None:
    case = desk.signed()
    desk.later(days=40)
    drafted = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, "您好。", Outcome.CANNOT)
    kinds = [event.kind for event in cases.record_of(case.case_id)][case.version :]
    assert kinds == [
        "LightChanged",
        "Reminded",
        "Supervised",
        "OrderOverdue",
        "Supervised",
        "Drafted",
    ]
    assert drafted.order is not None
    assert drafted.order.level == 2
    assert fold(cases.record_of(case.case_id)) == drafted


def test_what_is_told_to_whom_is_committed_with_the_step(desk: Desk) -> None:
    desk.tell_an_agency()
    case = desk.dispatched()
    told = {message.event for message in sent(Topic.NOTICES) if message.case_id == case.case_id}
    assert told == {2, 3, 4}
    assert {message.event for message in sent(Topic.WEBHOOKS)} == {2, 3, 4}
    assert {message.endpoint for message in sent(Topic.WEBHOOKS)} == {"province"}


def test_the_order_of_a_partly_answered_case_and_its_clock_stay_for_the_others(desk: Desk) -> None:
    case = desk.crowd(3)
    desk.later(days=12).swept()
    case = cases.load(case.case_id)
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, "先答复一位。", Outcome.EXPLAINED)
    one = case.voices[1].receipt
    case = handling.reply(case.case_id, case.version, desk.head(case), desk.now, (one,))
    assert case.state is State.IN_HANDLING
    assert case.order is not None
    assert case.clocks
    assert [voice.receipt for voice in case.voices if voice.answered_at] == [one]
    level_two = case.order.next_level_at
    assert level_two is not None
    desk.now = level_two + timedelta(minutes=1)
    assert desk.swept().happened == {"OrderOverdue": 1, "Supervised": 1}
    with pytest.raises(WrongState):
        handling.conclude(case.case_id, cases.load(case.case_id).version, desk.clerk, desk.now)
