"""What the citizen says after the reply: once, in the window; and how she leaves."""

import itertools
from datetime import timedelta

import pytest

from chalicelib.domain import rating
from chalicelib.domain.errors import Invalid, NotAllowed, TooLate, WrongState
from chalicelib.domain.events import CITIZEN, Concluded, Rated, VoiceWithdrawn, Withdrawn
from chalicelib.domain.words import Action, Attitude, Role, Satisfaction, Solved, State
from tests.unit.matter import ACTORS, FIRST, SECOND, THIRD, TRADE, Matter, content, unhappy

FORM: dict[str, object] = {"solved": "yes", "attitude": "good", "satisfaction": "satisfied", "words": ""}


def test_a_rating_says_whether_solved_how_treated_and_how_content() -> None:
    rated = rating.read_rating({**FORM, "words": " 很快就修好了。 "}, FIRST)
    assert rated == Rated(FIRST, Solved.YES, Attitude.GOOD, Satisfaction.SATISFIED, "很快就修好了。")


@pytest.mark.parametrize("field", ["solved", "attitude", "satisfaction"])
@pytest.mark.parametrize("value", ["", None, "maybe", 1, [], {}, True, "YES", "\ud800", "yes\x00"])
def test_each_answer_is_one_of_the_choices(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        rating.read_rating({**FORM, field: value}, FIRST)
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize("words", ["长" * 1_001, "\x00", "\ud83d", 5, ["好"]])
def test_words_that_cannot_be_kept_are_refused(words: object) -> None:
    with pytest.raises(Invalid) as refused:
        rating.read_rating({**FORM, "words": words}, FIRST)
    assert [error.field for error in refused.value.errors] == ["words"]


@pytest.mark.parametrize("state", [State.DISPATCHED, State.RETURNED, State.IN_HANDLING, State.AWAITING_APPROVAL])
def test_nobody_rates_before_she_is_answered(state: State) -> None:
    with pytest.raises(WrongState):
        Matter().at(state).take(Action.RATE, CITIZEN)


def test_one_who_is_answered_rates_though_others_still_wait_wherever_the_case_went() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD], SECOND)
    matter.take(Action.RETURN, ACTORS[Role.HEAD]).take(Action.RATE, CITIZEN, SECOND)
    voice = matter.case.voice(SECOND)
    assert voice is not None
    assert voice.satisfaction is Satisfaction.SATISFIED
    assert matter.case.state is State.RETURNED


def test_a_citizen_rates_once() -> None:
    matter = Matter().at(State.REPLIED).happens(unhappy())
    with pytest.raises(NotAllowed):
        matter.take(Action.RATE, CITIZEN)


def test_a_rating_is_taken_to_the_end_of_the_window_and_not_after() -> None:
    matter = Matter().at(State.REPLIED)
    window = matter.case.window_ends_at
    assert window is not None
    assert rating.rate(matter.case, content(), window, TRADE)
    with pytest.raises(TooLate):
        rating.rate(matter.case, content(), window + timedelta(microseconds=1), TRADE)


def test_a_concluded_matter_is_still_rated_within_the_window() -> None:
    matter = Matter().at(State.CONCLUDED)
    assert [type(payload) for payload in rating.rate(matter.case, content(), matter.now, TRADE)] == [Rated]


@pytest.mark.parametrize(
    ("solved", "satisfaction"), list(itertools.product(Solved, Satisfaction)), ids=lambda word: word.value
)
def test_the_matter_is_concluded_when_its_only_citizen_is_content_and_stays_open_when_not(
    solved: Solved, satisfaction: Satisfaction
) -> None:
    matter = Matter().at(State.REPLIED)
    decided = rating.rate(matter.case, Rated(FIRST, solved, Attitude.POOR, satisfaction, ""), matter.now, TRADE)
    is_content = solved is not Solved.NO and satisfaction is not Satisfaction.NOT
    assert isinstance(decided[-1], Concluded) == is_content


def test_a_matter_of_many_is_concluded_with_the_last_content_citizen() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND).joined_by(THIRD).happens(VoiceWithdrawn(THIRD, ""))
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD])
    matter.take(Action.RATE, CITIZEN, FIRST)
    states = [matter.case.state, matter.take(Action.RATE, CITIZEN, SECOND).case.state]
    assert states == [State.REPLIED, State.CONCLUDED]


def test_one_unhappy_citizen_keeps_a_matter_of_many_open() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD])
    matter.happens(unhappy(SECOND)).take(Action.RATE, CITIZEN, FIRST)
    assert matter.case.state is State.REPLIED


def test_who_has_no_part_in_a_case_neither_rates_nor_withdraws() -> None:
    matter = Matter().at(State.REPLIED)
    with pytest.raises(NotAllowed):
        rating.rate(matter.case, content(SECOND), matter.now, TRADE)
    with pytest.raises(NotAllowed):
        rating.withdraw(Matter().at(State.IN_HANDLING).case, SECOND, "")


def test_the_matter_goes_on_when_one_of_several_withdraws_and_ends_with_the_last() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    assert isinstance(rating.withdraw(matter.case, FIRST, "不等了"), VoiceWithdrawn)
    matter.take(Action.WITHDRAW, CITIZEN, FIRST)
    assert matter.case.state == State.IN_HANDLING
    assert isinstance(rating.withdraw(matter.case, SECOND, ""), Withdrawn)
    gone = matter.take(Action.WITHDRAW, CITIZEN, SECOND).case
    assert gone.state is State.WITHDRAWN
    assert gone.receipts == ()


def test_nobody_withdraws_twice_or_after_she_was_answered() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND).joined_by(THIRD)
    matter.take(Action.WITHDRAW, CITIZEN, THIRD)
    with pytest.raises(NotAllowed):
        matter.take(Action.WITHDRAW, CITIZEN, THIRD)
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD], SECOND)
    with pytest.raises(WrongState):
        matter.take(Action.WITHDRAW, CITIZEN, SECOND)


def test_when_the_only_one_still_waiting_withdraws_the_matter_counts_as_replied() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER]).take(Action.REPLY, ACTORS[Role.HEAD], SECOND)
    matter.take(Action.WITHDRAW, CITIZEN, FIRST)
    assert matter.case.state is State.REPLIED
    assert matter.case.clocks == ()
    assert matter.case.next_due_at(matter.now) == matter.case.ask_rating_at
