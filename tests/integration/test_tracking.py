"""What a citizen sees of her own submission, what she may still do, and what she never sees of others."""

import json
from datetime import timedelta

import pytest

from chalicelib.desk import handling, routing, tracking
from chalicelib.desk.submitting import Receipt
from chalicelib.desk.tracking import admitted, track
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, SlowDown, TooLate, WrongState
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import Action, Kind, Outcome, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_folder
from chalicelib.storage.throttle import FIRST_PAUSE, FREE_TRIES, FREE_TRIES_FROM_AN_ADDRESS, LONGEST_PAUSE, WINDOW
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything
from tests.integration.wire import as_read

HOME, CAFE = "203.0.113.7", "198.51.100.9"
UNKNOWN = "000000000000"  # a number whose check digit fits


def wrong(code: str) -> str:
    """Another code."""
    return ("0" if code[0] != "0" else "1") + code[1:]


def test_the_wrong_code_the_wrong_number_and_an_unknown_number_get_one_same_answer(desk: Desk) -> None:
    one, other = desk.filed(), desk.filed()
    tries = [
        (one.number, wrong(one.code)),
        (one.number, other.code),
        (UNKNOWN, one.code),
        ("1" * 12, one.code),
        ("", ""),
        ("x", "y"),
        (one.number, ""),
        ("", one.code),
        ("\ud800" * 12, one.code),
        (one.number, "\ud800" * 8),
        ("㐂" * 12, "𠮷" * 8),
        ("9" * 100_000, "A" * 100_000),
        ("\x00", "\x00"),
    ]
    told = set()
    for number, (receipt, code) in enumerate(tries):
        with pytest.raises(NotFound) as refused:
            admitted(receipt, code, f"192.0.2.{number}", desk.now)
        told.add((type(refused.value), refused.value.code, str(refused.value.params)))
    assert len(told) == 1


def test_number_and_code_are_taken_as_people_type_them(desk: Desk) -> None:
    receipt = desk.filed()
    spoken = " ".join(receipt.number[start : start + 4] for start in (0, 4, 8))
    wide = receipt.number.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    for number in (receipt.number, spoken, spoken.replace(" ", "-"), wide, f" {spoken}\n"):
        for code in (
            receipt.code,
            receipt.code.lower(),
            f"{receipt.code[:4]} {receipt.code[4:]}",
            receipt.code.replace("0", "O"),
        ):
            assert admitted(number, code, HOME, desk.now) == receipt.number


def test_wrong_tries_are_slowed_more_and_more_and_the_right_code_too_while_the_pause_lasts(desk: Desk) -> None:
    receipt = desk.filed()
    pauses = []
    for _ in range(FREE_TRIES + 12):
        while True:
            try:
                admitted(receipt.number, wrong(receipt.code), HOME, desk.now)
            except NotFound:
                break
            except SlowDown as slow:
                pauses.append(slow.seconds)
                with pytest.raises(SlowDown):
                    admitted(receipt.number, receipt.code, HOME, desk.now)
                desk.later(seconds=slow.seconds)
    assert pauses[0] == FIRST_PAUSE
    assert pauses[1] == 2 * FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert max(pauses) <= LONGEST_PAUSE


def test_who_tries_from_one_address_slows_nobody_elsewhere(desk: Desk) -> None:
    receipt = desk.filed()
    for _ in range(FREE_TRIES):
        with pytest.raises(NotFound):
            admitted(receipt.number, wrong(receipt.code), HOME, desk.now)
    with pytest.raises(SlowDown):
        admitted(receipt.number, receipt.code, HOME, desk.now)
    assert admitted(receipt.number, receipt.code, CAFE, desk.now) == receipt.number


def test_who_tries_many_receipts_is_slowed_but_not_a_neighbour_s_first_mistakes(desk: Desk) -> None:
    mine = desk.filed()
    others = [desk.filed() for _ in range(FREE_TRIES_FROM_AN_ADDRESS)]
    for other in others[:-1]:
        with pytest.raises(NotFound):
            admitted(other.number, wrong(other.code), HOME, desk.now)
    assert admitted(mine.number, mine.code, HOME, desk.now) == mine.number
    with pytest.raises(NotFound):
        admitted(others[-1].number, wrong(others[-1].code), HOME, desk.now)
    with pytest.raises(SlowDown):
        admitted(mine.number, mine.code, HOME, desk.now)


def test_wrong_tries_are_forgotten_after_an_hour(desk: Desk) -> None:
    receipt = desk.filed()
    for _ in range(FREE_TRIES):
        with pytest.raises(NotFound):
            admitted(receipt.number, wrong(receipt.code), HOME, desk.now)
    desk.later(seconds=WINDOW.total_seconds() + 1)
    with pytest.raises(NotFound):
        admitted(receipt.number, wrong(receipt.code), HOME, desk.now)
    assert admitted(receipt.number, receipt.code, HOME, desk.now) == receipt.number


def test_every_step_is_seen_with_its_time_and_the_deadline_and_its_light(desk: Desk) -> None:
    receipt = desk.filed()
    desk.later(minutes=3).route_all()
    status = track(receipt.number, desk.now)
    assert [event.kind for event in status.events] == ["Filed", "Registered", "Accepted", "Dispatched"]
    assert status.case.deadline is not None
    assert status.case.light is not None
    assert status.may == (Action.SUPPLEMENT, Action.WITHDRAW, Action.WITHDRAW_CONSENT)


def joined_pair(desk: Desk) -> tuple[Receipt, Receipt]:
    """Two citizens write the same of one matter."""
    first = desk.filed(name="张桂兰", phone="13811112222")
    desk.route_all()
    second = desk.later(hours=2).filed(name="李建国", phone="13833334444")
    desk.route_all()
    assert desk.case_of(second).case_id == desk.case_of(first).case_id
    return first, second


def test_a_joined_citizen_sees_the_matters_steps_and_nobody_elses_number_words_or_rating(desk: Desk) -> None:
    first, second = joined_pair(desk)
    case = desk.case_of(first)
    desk.supplemented(first, "我家住三栋二单元，请先来我家。")
    case = handling.sign(case.case_id, desk.case_of(first).version, desk.handler(case), desk.now)
    handling.note(case.case_id, case.version, desk.handler(case), desk.now, "本周五上门。", True)
    desk.answered(desk.case_of(first))
    desk.rated(first, "not", "完全没有解决，骗人。")
    for mine, others in ((second, first), (first, second)):
        status = track(mine.number, desk.now)
        told = [event for event in status.events if event.kind != "Replied"]  # of a reply only its text is shown
        seen = repr(told) + repr(status.folder) + status.title + status.text
        assert others.number not in seen
        if mine is second:
            assert "三栋二单元" not in seen
            assert "骗人" not in seen
            kinds = [event.kind for event in status.events]
            assert kinds[:2] == ["Filed", "Joined"]
            assert "Noted" in kinds
            assert "Replied" in kinds
            assert "Rated" not in kinds
            assert "Supplemented" not in kinds


def test_what_is_answered_over_the_wire_tells_nothing_of_the_others_either(desk: Desk) -> None:
    from chalicelib.entrypoints.views import status_view

    first, second = joined_pair(desk)
    desk.supplemented(first, "我家住三栋二单元，请先来我家。")
    desk.answered(desk.case_of(first))
    desk.rated(first, "not", "完全没有解决，骗人。")
    for language in ("zh", "en"):
        told = json.dumps(as_read(status_view(track(second.number, desk.now), desk.city, language)), ensure_ascii=False)
        for secret in (
            first.number,
            first.code,
            "张桂兰",
            "13811112222",
            "三栋二单元",
            "骗人",
            desk.case_of(first).case_id,
        ):
            assert secret not in told


def test_internal_words_are_never_shown_to_the_citizen(desk: Desk) -> None:
    from chalicelib.entrypoints.views import status_view

    receipt = desk.filed(**UNCLEAR)
    desk.route_all()
    case = desk.case_of(receipt)
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
    case = handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit, "内部意见甲")
    case = handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    case = handling.note(case.case_id, case.version, desk.handler(case), desk.now, "内部意见乙", False)
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, "内部意见丙", Outcome.CANNOT)
    case = handling.send_back(case.case_id, case.version, desk.head(case), desk.now, "内部意见丁")
    case = handling.return_to_desk(case.case_id, case.version, desk.head(case), desk.now, "内部意见戊")
    told = json.dumps(as_read(status_view(track(receipt.number, desk.now), desk.city, "zh")), ensure_ascii=False)
    assert "内部意见" not in told


def test_each_of_many_is_answered_and_asked_for_her_own_rating(desk: Desk) -> None:
    first, second = joined_pair(desk)
    desk.answered(desk.case_of(first))
    for receipt in (first, second):
        status = track(receipt.number, desk.now)
        assert status.voice.answered_at == desk.now
        assert Action.RATE in status.may
    desk.rated(first)
    assert Action.RATE not in track(first.number, desk.now).may
    assert Action.RATE in track(second.number, desk.now).may
    desk.rated(second)
    assert desk.case_of(first).state is State.CONCLUDED


def test_after_a_partial_reply_one_may_rate_and_the_other_still_waits_on_a_running_clock(desk: Desk) -> None:
    first, second = joined_pair(desk)
    case = desk.case_of(first)
    case = handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, "先答复您。", Outcome.SOLVED)
    case = handling.reply(case.case_id, case.version, desk.head(case), desk.now, (second.number,))
    answered, waiting = track(second.number, desk.now), track(first.number, desk.now)
    assert Action.RATE in answered.may
    assert Action.WITHDRAW not in answered.may
    assert Action.WITHDRAW in waiting.may
    assert Action.RATE not in waiting.may
    assert not any(event.kind == "Replied" for event in waiting.events)
    assert case.clocks
    assert case.next_due_at(desk.now) is not None
    with pytest.raises(WrongState):
        desk.withdrawn(second)
    with pytest.raises(WrongState):
        desk.rated(first)


def test_nobody_rates_before_the_reply_twice_or_after_the_window(desk: Desk) -> None:
    receipt = desk.filed()
    desk.route_all()
    with pytest.raises(WrongState):
        desk.rated(receipt)
    case = desk.answered(desk.case_of(receipt))
    desk.rated(receipt, "not")
    before = everything()
    with pytest.raises(NotAllowed):
        desk.rated(receipt)
    assert everything() == before
    late = desk.filed(**UNCLEAR)
    desk.route_all()
    waiting = desk.case_of(late)
    waiting = handling.accept(waiting.case_id, waiting.version, desk.clerk, desk.now)
    waiting = handling.dispatch(waiting.case_id, waiting.version, desk.clerk, desk.now, desk.some_unit)
    desk.answered(waiting)
    window = desk.case_of(late).window_ends_at
    assert window is not None
    assert case.window_ends_at == window
    desk.now = window + timedelta(seconds=1)
    before = everything()
    with pytest.raises(TooLate):
        desk.rated(late)
    assert everything() == before
    assert Action.RATE not in track(late.number, desk.now).may


def test_the_only_citizen_content_concludes_the_matter_and_one_unhappy_keeps_it_open(desk: Desk) -> None:
    content, unhappy = desk.filed(), desk.filed(text="人行道上的井盖松动，走上去咣当响，请城管来修。", title="井盖松动")
    desk.route_all()
    for receipt in (content, unhappy):
        desk.answered(desk.case_of(receipt))
    desk.rated(content)
    desk.rated(unhappy, "not")
    assert desk.case_of(content).state is State.CONCLUDED
    assert desk.case_of(unhappy).state is State.REPLIED


def test_one_of_two_withdraws_and_the_matter_goes_on_for_the_other(desk: Desk) -> None:
    first, second = joined_pair(desk)
    desk.withdrawn(first)
    status = track(first.number, desk.now)
    assert status.voice.withdrawn
    assert status.may == ()
    case = desk.case_of(second)
    assert case.receipts == (second.number,)
    assert case.state is State.DISPATCHED
    desk.answered(case)
    assert desk.case_of(second).state is State.REPLIED
    assert not any(event.kind == "Replied" for event in track(first.number, desk.now).events)
    desk_before = everything()
    for act in (desk.withdrawn, desk.rated, desk.supplemented):
        with pytest.raises((NotAllowed, WrongState)):
            act(first)
    assert everything() == desk_before


def test_the_last_one_who_withdraws_ends_the_matter(desk: Desk) -> None:
    first, second = joined_pair(desk)
    desk.withdrawn(second)
    desk.withdrawn(first)
    assert desk.case_of(first).state is State.WITHDRAWN
    assert desk.case_of(first).next_due_at(desk.now) is None


def test_who_withdrew_before_her_matter_was_joined_elsewhere_still_sees_her_own(desk: Desk) -> None:
    words = {**UNCLEAR, "text": UNCLEAR["text"] + "事情说来话长，一两句话讲不明白，还请当面听我从头说起。"}
    first = desk.filed(**words)
    desk.route_all()
    second = desk.filed(**words)
    desk.route_all()
    assert desk.case_of(first).case_id == desk.case_of(second).case_id
    desk.withdrawn(first)
    other = desk.routed()
    case = desk.case_of(second)
    handling.join(case.case_id, case.version, desk.clerk, desk.now, other.case_id)
    assert track(second.number, desk.now).case.case_id == other.case_id
    assert track(first.number, desk.now).voice.withdrawn


def test_a_submission_withdrawn_before_it_was_routed_is_not_routed(desk: Desk) -> None:
    receipt = desk.filed()
    desk.withdrawn(receipt)
    desk.route_all()
    assert desk.case_of(receipt).state is State.WITHDRAWN


def test_the_same_addition_sent_twice_is_added_once(desk: Desk) -> None:
    receipt = desk.filed()
    desk.route_all()
    raw = {"key": "0123456789abcdef", "text": "补充：昨天又发生了一次。", "uploads": []}
    tracking.supplement(receipt.number, raw, desk.now)
    before = everything()
    tracking.supplement(receipt.number, raw, desk.now)
    assert everything() == before
    assert [added.text for added in load_folder(receipt.number).supplements] == ["补充：昨天又发生了一次。"]
    desk.supplemented(receipt, "再补充一次。")
    assert [added.number for added in load_folder(receipt.number).supplements] == [1, 2]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "长" * 5_001),
        ("text", 1),
        ("key", ""),
        ("key", "x"),
        ("uploads", "x"),
        ("uploads", ["x"] * 6),
        ("uploads", ["\ud800"]),
    ],
)
def test_an_addition_that_cannot_be_taken_is_refused_by_field(desk: Desk, field: str, value: object) -> None:
    receipt = desk.filed()
    before = everything()
    with pytest.raises(Invalid) as refused:
        desk.supplemented(receipt, **{field: value})  # type: ignore[arg-type]
    assert [error.field for error in refused.value.errors] == [field]
    assert everything() == before


def test_an_addition_to_an_ended_matter_is_refused(desk: Desk) -> None:
    receipt = desk.filed()
    desk.withdrawn(receipt)
    with pytest.raises(WrongState):
        desk.supplemented(receipt)


def test_an_addition_by_a_joined_citizen_reaches_the_unit_that_handles_the_matter(desk: Desk) -> None:
    _, second = joined_pair(desk)
    desk.supplemented(second)
    case = desk.case_of(second)
    assert case.supplements == 1
    assert cases.record_of(case.case_id)[-1].payload.receipt == second.number  # type: ignore[union-attr]


def test_an_accuser_sees_her_own_words_and_steps(desk: Desk) -> None:
    receipt = desk.filed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), title="举报", text="他收了钱。")
    desk.route_all()
    desk.supplemented(receipt, "还有一个证人。")
    status = track(receipt.number, desk.now)
    assert (status.title, status.text) == ("举报", "他收了钱。")
    assert status.case.unit == "discipline"


def test_routing_the_same_submission_again_shows_the_citizen_nothing_twice(desk: Desk) -> None:
    receipt = desk.filed()
    desk.route_all()
    before = track(receipt.number, desk.now).events
    routing.route(Message(Topic.ROUTING, desk.case_of(receipt).case_id, 1), desk.now)
    assert track(receipt.number, desk.now).events == before
