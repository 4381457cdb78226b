"""待告知: whoever has no way by which a notice comes is told by a person, and nobody falls out of the list untold."""

import uuid

import pytest

from chalicelib.desk import by_hand, clearing, copying, erasing, handling
from chalicelib.domain.errors import Changed, Invalid, NotFound
from chalicelib.domain.people import Staff
from chalicelib.domain.words import AnswerBy, DeclineGround, Role
from chalicelib.storage import cases, notices
from chalicelib.storage.notices import Sending
from tests.integration.counter import LANDLINE, case_of, letter, registered, typed
from tests.integration.desk import Desk
from tests.integration.telling import STEPS, tell, whole_road

TOLD_BY_A_PERSON = [step for step in STEPS if step != "Registered"]  # its number was on the slip
WISHES = {
    "landline": ({"phone": LANDLINE}, "call"),
    "address": ({"channel": "letter", "phone": "", "address": "云汀市学士弄17号"}, "post"),
    "wish": ({"answer_by": "call"}, "call"),
    "comes": ({"channel": "visit", "phone": "", "answer_by": "hand"}, "hand"),
}


def waiting(desk: Desk) -> list[str]:
    """The receipts in the clerks' list, in order."""
    return [one.receipt for one in by_hand.waiting(desk.clerk)]


def kinds(owing: by_hand.Owing) -> list[str]:
    return [cases.event(step.case_id, step.event).kind for step in owing.steps]


def done(desk: Desk, owing: by_hand.Owing, way: str = "call", **fields: str) -> None:
    seen = " ".join(by_hand.name_of(step) for step in owing.steps)
    raw = {"way": way, "seen": seen, "tries": str(owing.tries), **fields}
    by_hand.tell(desk.clerk, owing.receipt, raw, desk.now)


def test_every_step_that_others_get_a_notice_of_waits_to_be_told(desk: Desk) -> None:
    for left, (changes, way) in WISHES.items():
        title, text = f"{left}：{uuid.uuid4()}", " ".join(str(uuid.uuid4()) for _ in range(9))
        slip = registered(desk, typed(title=title, text=text, **changes))
        case = case_of(slip)
        if case.unit is None:
            handling.accept(case.case_id, case.version, desk.clerk, desk.now)
            handling.dispatch(case.case_id, case.version + 1, desk.clerk, desk.now, desk.some_unit)
        case = whole_road(desk, case_of(slip))
        owing = by_hand.owing_to(desk.clerk, slip.receipt.number)
        assert kinds(owing) == TOLD_BY_A_PERSON, left
        assert {step.way for step in owing.steps} == {way}
        assert {one.state for one in notices.of_case(case.case_id)} == {Sending.OWED}
        tell(desk)  # delivered again, nothing is owed twice
        assert kinds(by_hand.owing_to(desk.clerk, slip.receipt.number)) == TOLD_BY_A_PERSON


def test_whoever_has_a_mobile_is_in_no_list_and_whoever_left_nothing_asks_by_number(desk: Desk) -> None:
    whole_road(desk, case_of(registered(desk, typed())))
    registered(desk, typed(anonymous="yes", name="", phone=""))
    tell(desk)
    assert waiting(desk) == []


def test_a_web_letter_with_a_landline_is_told_by_telephone_too(desk: Desk) -> None:
    whole_road(desk, desk.routed(phone=LANDLINE))
    assert [one.way for one in by_hand.waiting(desk.clerk)] == [AnswerBy.CALL]


def test_told_it_leaves_the_list_and_stands_with_who_told_it(desk: Desk) -> None:
    case = whole_road(desk, case_of(registered(desk, letter())))
    [owing] = by_hand.waiting(desk.clerk)
    done(desk, owing, "post", number="XA12345678901", on="2026-03-03")
    assert waiting(desk) == []
    told = notices.of_case(case.case_id)
    assert {(one.state, one.way, one.by, one.provider_id) for one in told} == {
        (Sending.SENT, "post", "赵敏", "XA12345678901")
    }
    assert {one.recipient for one in notices.of_day(told[0].at)} == {owing.receipt}
    assert len(copying.copy_of(owing.receipt, desk.now).notices) == len(TOLD_BY_A_PERSON)


def test_whoever_is_not_reached_stays_in_the_list_in_her_place(desk: Desk) -> None:
    first, second = (registered(desk, typed(phone=LANDLINE[:-1] + last)) for last in "56")
    tell(desk)
    [owing, _] = by_hand.waiting(desk.clerk)
    assert owing.receipt in (first.receipt.number, second.receipt.number)
    done(desk, owing, "not_reached")
    [again, _] = by_hand.waiting(desk.clerk)
    assert (again.receipt, again.tries) == (owing.receipt, 1)
    done(desk, again)
    assert len(waiting(desk)) == 1


def test_of_two_clerks_at_once_the_second_is_told_and_nothing_is_set_down_twice(desk: Desk) -> None:
    registered(desk, letter())
    tell(desk)
    [owing] = by_hand.waiting(desk.clerk)
    done(desk, owing)
    with pytest.raises(NotFound):
        done(desk, owing)


def test_what_was_tried_meanwhile_is_looked_at_first(desk: Desk) -> None:
    registered(desk, letter())
    tell(desk)
    [owing] = by_hand.waiting(desk.clerk)
    done(desk, owing, "not_reached")
    with pytest.raises(Changed):
        done(desk, owing)


def test_what_came_after_the_page_was_opened_is_still_to_be_told(desk: Desk) -> None:
    slip = registered(desk, letter())
    tell(desk)
    [owing] = by_hand.waiting(desk.clerk)
    desk.later(hours=1).answered(case_of(slip))
    tell(desk)
    done(desk, owing)
    [left] = by_hand.waiting(desk.clerk)
    assert kinds(left) == ["Replied"]


def test_what_cannot_be_set_down_is_refused(desk: Desk) -> None:
    registered(desk, letter())
    tell(desk)
    [owing] = by_hand.waiting(desk.clerk)
    for fields in ({"way": "pigeon"}, {"way": ""}, {"on": "2026-03-09"}, {"number": "9" * 41}):
        with pytest.raises(Invalid):
            by_hand.tell(desk.clerk, owing.receipt, {"way": "call", **fields}, desk.now)
    assert waiting(desk) == [owing.receipt]


def test_an_accuser_is_told_by_the_discipline_line_alone_and_in_neutral_words(desk: Desk) -> None:
    raw = letter(kind="accusation", mailbox="discipline", title="举报某站长", text="验收要给红包。")
    case = desk.answered(case_of(registered(desk, raw)))
    tell(desk)
    assert waiting(desk) == []
    own, other = (Staff("own", "清一", Role.HANDLER, unit) for unit in (case.unit, "urban-management"))
    [owing] = by_hand.waiting(own)
    assert owing.title == ""
    assert all(told.event is None and "红包" not in told.attempt.text for told in by_hand.to_say(owing))
    assert by_hand.person_of(own, owing, desk.now).name == "温素琴"
    assert by_hand.waiting(other) == []
    for person in (other, desk.clerk):
        with pytest.raises(NotFound):
            by_hand.owing_to(person, owing.receipt)


def test_an_accuser_who_keeps_her_name_from_the_unit_is_told_by_nobody_who_would_learn_it(desk: Desk) -> None:
    raw = letter(kind="accusation", mailbox="discipline", keep_name_from_unit="yes")
    case = desk.answered(case_of(registered(desk, raw)))
    tell(desk)
    assert by_hand.waiting(Staff("own", "清一", Role.HANDLER, case.unit)) == []


def test_the_look_at_who_is_called_is_on_record(desk: Desk) -> None:
    slip = registered(desk, letter())
    tell(desk)
    [owing] = by_hand.waiting(desk.clerk)
    assert owing.petitioner.name == "温某某"
    by_hand.person_of(desk.clerk, owing, desk.now)
    last = cases.record_of(case_of(slip).case_id)[-1]
    assert (last.kind, last.by.id) == ("PetitionerSeen", "clerk")


def test_whoever_joins_another_s_matter_is_still_told_what_became_of_it(desk: Desk) -> None:
    first = desk.routed()
    joined = registered(desk, letter())
    assert case_of(joined).joined_to == first.case_id
    tell(desk)
    desk.later(hours=1).answered(cases.load(first.case_id))
    tell(desk)
    [owing] = by_hand.waiting(desk.clerk)
    assert owing.receipt == joined.receipt.number
    assert kinds(owing)[-1] == "Replied"
    assert {step.case_id for step in owing.steps} <= {first.case_id, case_of(joined).case_id}


def test_what_was_erased_waits_no_longer(desk: Desk) -> None:
    slip = registered(desk, letter())
    tell(desk)
    desk.withdrawn(slip.receipt)
    tell(desk)
    number = slip.receipt.number
    erasing.erase(number, desk.later(days=2_000).now)
    assert waiting(desk) == []
    desk.route_all()


def test_the_morning_s_list_counts_them(desk: Desk) -> None:
    registered(desk, letter())
    tell(desk)
    assert clearing.make(desk.now).to_tell == by_hand.number_waiting(desk.clerk) == 1


def test_a_declined_letter_is_told_with_its_ground(desk: Desk) -> None:
    slip = registered(
        desk, letter(title="一件说不清的事情", text="我想了很久还是写了这封信，希望有人看到之后能联系。", area="")
    )
    case = case_of(slip)
    handling.decline(case.case_id, case.version, desk.clerk, desk.now, DeclineGround.COURT, "请到荻洲区人民法院。")
    tell(desk)
    assert kinds(by_hand.owing_to(desk.clerk, slip.receipt.number)) == ["Declined"]


def test_who_saw_none_of_what_is_owed_has_told_nothing(desk: Desk) -> None:
    slip = registered(desk, typed(phone=LANDLINE))
    whole_road(desk, case_of(slip))
    owing = by_hand.owing_to(desk.clerk, slip.receipt.number)
    for seen in ("", f"{owing.case.case_id}.99"):
        raw = {"way": "call", "seen": seen, "tries": str(owing.tries)}
        with pytest.raises(Changed):
            by_hand.tell(desk.clerk, owing.receipt, raw, desk.now)
    assert by_hand.owing_to(desk.clerk, slip.receipt.number) == owing
