"""The steps of a case, and what each asks for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import handling
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.errors import Invalid
from chalicelib.domain.events import Drafted, Replied, VoiceAdded, VoiceWithdrawn
from chalicelib.domain.terms import Terms, hours
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import ENDED, Action, ClockName, DeclineGround, Kind, Light, Outcome, Role, State
from tests.unit.matter import ACTORS, BASIS, FIRST, MONDAY, SECOND, THIRD, TRADE, Matter, another_case

DRAFTED = Drafted("您好。", Outcome.SOLVED)
BLANK = ("", " ", "\n\t ", "　")


@pytest.mark.parametrize("words", BLANK)
def test_a_matter_is_not_declined_without_saying_where_to_go(words: str) -> None:
    with pytest.raises(Invalid) as refused:
        handling.decline(DeclineGround.COURT, words)
    assert [error.field for error in refused.value.errors] == ["where_to"]


@pytest.mark.parametrize("words", BLANK)
def test_a_case_is_not_returned_without_a_ground(words: str) -> None:
    with pytest.raises(Invalid) as refused:
        handling.return_to_desk(Matter().at(State.DISPATCHED).case, MONDAY, words, TRADE)
    assert [error.field for error in refused.value.errors] == ["ground"]


def test_a_returned_case_goes_back_to_the_desk_with_the_ground() -> None:
    matter = Matter().at(State.RETURNED)
    assert matter.case.unit is None
    assert matter.case.left_to_clerk
    assert matter.case.returns == 1
    assert matter.events[-1].payload.ground == "不属于本单位职责。"  # type: ignore[union-attr]


def test_a_return_does_not_stop_the_term_to_answer() -> None:
    dispatched, returned = Matter().at(State.DISPATCHED).case, Matter().at(State.RETURNED).case
    assert handling_clock(dispatched) == handling_clock(returned)


def handling_clock(case: Case) -> Clock:
    """The term to answer."""
    return next(clock for clock in case.clocks if clock.name is ClockName.HANDLE)


@pytest.mark.parametrize("text", BLANK)
def test_an_empty_reply_is_no_reply(text: str) -> None:
    with pytest.raises(Invalid):
        handling.draft(another_case(), text, Outcome.SOLVED, None, MONDAY)


def test_words_too_long_or_with_a_nul_are_refused_by_name() -> None:
    for words in ("长" * (handling.LONGEST_WORDS + 1), "a\x00b"):
        with pytest.raises(Invalid) as refused:
            handling.note(words, public=False)
        assert [error.field for error in refused.value.errors] == ["text"]
    with pytest.raises(Invalid):
        handling.draft(another_case(), "长" * (handling.LONGEST_REPLY + 1), Outcome.SOLVED, None, MONDAY)
    assert handling.draft(another_case(), "长" * handling.LONGEST_REPLY, Outcome.SOLVED, None, MONDAY)


@pytest.mark.parametrize(
    ("kind", "working_days"), [(Kind.CONSULTATION, 1), (Kind.ADVICE, 5), (Kind.APPEAL, 5), (Kind.THANKS, 5)]
)
def test_the_promise_depends_on_what_the_citizen_wants(kind: Kind, working_days: int) -> None:
    clock = handling_clock(Matter().filed(kind=kind).at(State.ACCEPTED).case)
    midnight_after = MONDAY.replace(hour=16) + timedelta(days=working_days if working_days < 5 else 7)
    assert clock.promised_by == midnight_after
    assert clock.due_at == clock.promised_by


def test_an_urgent_matter_is_to_be_answered_within_a_day_and_night() -> None:
    case = Matter().at(State.REGISTERED).case
    accepted = handling.accept(replace(case, urgent=True), MONDAY, BASIS, TRADE)
    assert min(clock.due_at for clock in accepted.clocks) == TRADE.ends(hours(24), MONDAY)


def test_every_citizen_of_a_joined_case_is_answered_by_one_reply() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND).joined_by(THIRD)
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD])
    replied = matter.events[-1].payload
    assert isinstance(replied, Replied)
    assert [answer.receipt for answer in replied.answers] == [FIRST, SECOND, THIRD]
    assert matter.case.state is State.REPLIED
    assert matter.case.clocks == ()


def test_who_withdrew_is_not_answered() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND).happens(VoiceWithdrawn(SECOND, ""))
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD])
    assert [answer.receipt for answer in matter.events[-1].payload.answers] == [FIRST]  # type: ignore[union-attr]
    assert matter.case.state is State.REPLIED


def partly_answered(matter: Matter) -> Matter:
    """Only the second citizen is answered."""
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER])
    return matter.take(Action.REPLY, ACTORS[Role.HEAD], receipt=SECOND)


def test_for_those_still_waiting_after_a_partial_reply_the_clock_runs_on() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    before = handling_clock(matter.case)
    partly_answered(matter)
    assert matter.case.state is State.IN_HANDLING
    assert handling_clock(matter.case) == before
    assert matter.case.light is Light.GREEN
    assert matter.case.next_due_at(matter.now) is not None


def test_a_partial_reply_does_not_lift_the_supervision_that_the_others_still_need() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND).later(days=12)
    matter.swept()
    partly_answered(matter)
    assert matter.case.order is not None
    assert matter.case.order.level == 1
    assert matter.case.next_due_at(matter.now) == matter.case.order.late_at
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD])
    assert matter.case.order is None
    assert matter.case.highest_level == 1


def test_a_reply_to_nobody_is_refused() -> None:
    case = Matter().at(State.AWAITING_APPROVAL).case
    for receipts in ((), (SECOND,)):
        with pytest.raises(Invalid):
            handling.reply(case, DRAFTED, MONDAY, TRADE, receipts)


@given(st.integers(0, 60 * 24 * 30))
def test_a_reply_is_in_time_up_to_the_end_of_the_term_and_not_a_moment_longer(minutes: int) -> None:
    matter = Matter().at(State.AWAITING_APPROVAL)
    due_at = handling_clock(matter.case).due_at
    at = MONDAY + timedelta(minutes=minutes)
    replied = handling.reply(matter.case, DRAFTED, at, TRADE)
    assert replied.answers[0].in_time == (at <= due_at)


def test_with_one_term_for_all_each_citizen_has_her_own_term_from_her_own_filing() -> None:
    trade = Trade(Terms(single_days=60), TRADE.calendar)
    matter = Matter(trade=trade).at(State.IN_HANDLING)
    second_filed = MONDAY + timedelta(days=50)
    case = matter.happens(VoiceAdded(SECOND, "c", second_filed, second_filed + timedelta(days=60), BASIS)).case
    replied = handling.reply(case, DRAFTED, MONDAY + timedelta(days=70), trade)
    assert [(answer.receipt, answer.in_time) for answer in replied.answers] == [(FIRST, False), (SECOND, True)]
    first_only = handling.reply(case, DRAFTED, MONDAY + timedelta(days=70), trade, (FIRST,))
    assert [clock.due_at for clock in first_only.clocks] == [second_filed + timedelta(days=60)]


def test_only_a_matter_with_somebody_waiting_takes_another_voice() -> None:
    for state in State:
        case = Matter().at(state).case
        waiting = state not in ENDED | {State.REPLIED, State.IN_REVIEW}
        assert handling.can_be_joined(case) == waiting, state


def test_a_matter_where_one_withdrew_and_the_other_is_answered_takes_no_more_voices() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    partly_answered(matter).happens(VoiceWithdrawn(FIRST, ""))
    assert matter.case.state is State.REPLIED
    assert not handling.can_be_joined(matter.case)


def test_an_accusation_takes_no_other_voice() -> None:
    assert not handling.can_be_joined(Matter().filed(kind=Kind.ACCUSATION).case)


def test_a_case_is_not_joined_to_itself_nor_to_one_that_has_ended() -> None:
    case = Matter().filed().case
    for into in (case, Matter().at(State.CONCLUDED).case):
        with pytest.raises(Invalid) as refused:
            handling.join(case, into, BASIS)
        assert [error.field for error in refused.value.errors] == ["into"]


def test_a_case_takes_so_many_voices_and_not_one_more() -> None:
    two, into = Matter().filed().joined_by(SECOND).case, another_case()
    most = (into.voices * handling.MOST_VOICES)[: handling.MOST_VOICES - 2]
    assert handling.join(two, replace(into, voices=most), BASIS)
    with pytest.raises(Invalid) as refused:
        handling.join(two, replace(into, voices=(*most, into.voices[0])), BASIS)
    assert [(error.field, error.code) for error in refused.value.errors] == [("into", "join.too_many")]


def test_joining_takes_along_everybody_who_did_not_withdraw() -> None:
    case = Matter().filed().joined_by(SECOND).happens(VoiceWithdrawn(FIRST, "")).case
    joined, added = handling.join(case, another_case(), BASIS)
    assert joined.into == another_case().case_id
    assert [(voice.receipt, voice.from_case) for voice in added] == [(SECOND, case.case_id)]
