"""Which earlier letter a new one is taken to speak of, and which of its answers the same person is told again."""

import pytest

from chalicelib.desk import after_reply, handling, kinship, known, routing
from chalicelib.domain.case import Case
from chalicelib.domain.events import Replied
from chalicelib.domain.messages import Topic
from chalicelib.domain.words import DeclineGround, Outcome, ReworkGround, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.test_joining import ALIKE, BRIDGE, two_cases
from tests.integration.test_known_results import CLEARLY, HERS, again, answered, reply_of
from tests.integration.test_races import sound
from tests.integration.watching import sent


def test_what_was_answered_anew_since_it_was_told_is_not_told_in_its_old_words(desk: Desk) -> None:
    first = answered(desk)
    assert reply_of(again(desk)).known_from == first.case_id
    redone = after_reply.rework(
        first.case_id, first.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "请到现场再看。"
    )
    desk.answered(redone)
    third = again(desk)
    assert (third.state, third.left_to_clerk) == (State.REGISTERED, True)
    result = known.result_of(third.case_id)
    assert result is None, "it has none of its own"


def test_of_two_who_were_answered_apart_each_is_told_her_own_answer_again(desk: Desk) -> None:
    first, second = desk.filed(phone=HERS, **CLEARLY), desk.filed(name="李建国", **CLEARLY)
    desk.route_all()
    case = desk.case_of(first)
    assert set(case.receipts) == {first.number, second.number}
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
    case = handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit)
    case = handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    for receipt, words in ((first, "王女士：已补划标线。"), (second, "李先生：减速带另行论证。")):
        case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, words, Outcome.SOLVED)
        case = handling.reply(case.case_id, case.version, desk.head(case), desk.now, (receipt.number,))
    told = reply_of(again(desk))
    assert (told.text, told.known_from) == ("王女士：已补划标线。", case.case_id)


def test_a_joined_case_has_the_result_of_the_one_that_took_it_in_and_an_open_one_has_none(desk: Desk) -> None:
    first, second = two_cases(desk)
    handling.join(second.case_id, second.version, desk.clerk, desk.now, first.case_id)
    assert known.result_of(second.case_id) is None
    into = desk.answered(cases.load(first.case_id))
    result = known.result_of(second.case_id)
    assert result is not None
    assert (result.case, result.text) == (into, reply_of_the_last(into))


def reply_of_the_last(case: Case) -> str:
    """What a case was answered last."""
    said = [event.payload.text for event in cases.record_of(case.case_id) if isinstance(event.payload, Replied)]
    return said[-1]


def test_what_was_declined_takes_no_letter_in_and_answers_none(desk: Desk) -> None:
    case = desk.registered(phone=HERS)
    handling.decline(case.case_id, case.version, desk.clerk, desk.now, DeclineGround.COURT, "请向人民法院起诉。")
    later = desk.later(days=2).routed(phone=HERS, **UNCLEAR)
    assert (later.state, later.joined_to, later.known_from) == (State.REGISTERED, None, "")


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_letters_of_one_moment_one_takes_the_other_in_whichever_is_read_first(
    desk: Desk, backwards: bool
) -> None:
    receipts = [desk.filed(phone=HERS, **CLEARLY) for _ in range(2)]
    ordered = [load_submission(receipt.number).case_id for receipt in receipts]
    for case_id in sorted(ordered, key=ordered.index, reverse=backwards):
        for message in sent(Topic.ROUTING):
            if message.case_id == case_id:
                routing.route(message, desk.now)
    found = [cases.load(case_id) for case_id in ordered]
    assert sorted(case.joined_to is None for case in found) == [False, True]
    [into] = [case for case in found if case.joined_to is None]
    assert set(into.receipts) == {receipt.number for receipt in receipts}
    assert all(sound(case_id) for case_id in ordered)


def test_two_joined_letters_are_one_case_beside_a_third_and_none_beside_their_own(desk: Desk) -> None:
    first, second = two_cases(desk)
    handling.join(second.case_id, second.version, desk.clerk, desk.now, first.case_id)
    into = cases.load(first.case_id)
    receipts = [load_submission(receipt.number) for receipt in desk.receipts]
    assert [kinship.likely(into, one, desk.clerk.actor, desk.now) for one in receipts] == [[], []]
    third = desk.later(days=1).dispatched(
        title=f"再说{BRIDGE['title']}", text=f"{ALIKE['text']}昨天有个孩子差点从缺口掉下去，家长都很着急，盼尽快答复。"
    )
    assert third.case_id not in (first.case_id, second.case_id)
    letter = load_submission(desk.receipts[-1].number)
    [found] = kinship.likely(third, letter, desk.clerk.actor, desk.now)
    assert found.case.case_id == first.case_id
    assert found.into == into
