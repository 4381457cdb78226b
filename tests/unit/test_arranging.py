"""Who handles a matter together: the desk itself, assisting units, a joint conference; and who stays responsible."""

from datetime import date, datetime, timedelta

import pytest

from chalicelib.domain import arranging, handling
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Invalid, NotAllowed, NotYours, RuleBroken
from chalicelib.domain.events import Actor, AssistanceDue, CallBackDue, ConferenceHeld, Dispatched, Drafted
from chalicelib.domain.moves import open_to, permit
from chalicelib.domain.words import Action, ClockName, Kind, Light, Outcome, Role, State
from tests.unit.matter import ACTORS, MONDAY, OTHER_UNIT, TRADE, UNIT, Matter

CLERK, HEAD, HANDLER, LEADER = (ACTORS[role] for role in (Role.CLERK, Role.HEAD, Role.HANDLER, Role.LEADER))
ELSEWHERE = Actor(Role.HANDLER, "elsewhere", OTHER_UNIT)
IN_TWO_DAYS = MONDAY + timedelta(days=2)


def names(case: Case) -> list[ClockName]:
    """The clocks that run."""
    return [clock.name for clock in case.clocks]


# The desk itself ----------------------------------------------------------------------------------------------------


def test_a_simple_matter_is_handled_by_the_desk_itself_in_the_same_term() -> None:
    matter = Matter().at(State.ACCEPTED)
    before = [clock for clock in matter.case.clocks if clock.name is ClockName.HANDLE]
    matter.take(Action.HANDLE_DIRECTLY, CLERK)
    assert matter.case.state is State.IN_HANDLING
    assert list(matter.case.clocks) == before


def test_who_drafted_a_reply_does_not_approve_it() -> None:
    matter = Matter().at(State.ACCEPTED).take(Action.HANDLE_DIRECTLY, CLERK).take(Action.DRAFT, CLERK)
    with pytest.raises(RuleBroken) as refused:
        permit(matter.case, Action.REPLY, CLERK, MONDAY)
    assert refused.value.code == "reply.own_draft"
    matter.take(Action.REPLY, Actor(Role.CLERK, "another"))
    assert matter.case.state is State.REPLIED


def test_a_head_who_drafted_alone_needs_a_second_pair_of_eyes() -> None:
    matter = Matter().at(State.IN_HANDLING).take(Action.DRAFT, HEAD)
    assert Action.REPLY not in open_to(matter.case, HEAD, MONDAY)
    assert Action.REPLY in open_to(matter.case, Actor(Role.HEAD, "deputy", UNIT), MONDAY)


def test_a_clerk_does_not_take_a_units_steps_where_a_unit_handles_it() -> None:
    for action in (Action.SIGN, Action.DRAFT, Action.ASK, Action.NOTE):
        with pytest.raises(NotAllowed):
            permit(Matter().at(State.IN_HANDLING).case, action, CLERK, MONDAY)


def test_a_matter_that_was_not_simple_after_all_is_dispatched() -> None:
    matter = Matter().at(State.ACCEPTED).take(Action.HANDLE_DIRECTLY, CLERK).take(Action.RETURN, CLERK)
    assert matter.case.first_asked is None
    matter.take(Action.DISPATCH, CLERK)
    assert not matter.case.direct


# A leader's instruction ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.REGISTERED, State.ACCEPTED, State.RETURNED])
def test_a_leaders_instruction_accepts_and_dispatches_in_one_step(state: State) -> None:
    matter = Matter().at(state).take(Action.DISPATCH_BY_INSTRUCTION, LEADER)
    dispatched = matter.events[-1].payload
    assert isinstance(dispatched, Dispatched)
    assert dispatched.basis.code == "basis.instruction"
    assert names(matter.case) == [ClockName.SIGN, ClockName.HANDLE]


def test_an_instruction_needs_words() -> None:
    with pytest.raises(Invalid) as refused:
        arranging.dispatch_by_instruction(Matter().at(State.ACCEPTED).case, UNIT, " ", MONDAY, TRADE)
    assert [error.field for error in refused.value.errors] == ["words"]


# Returning, and who was asked first ---------------------------------------------------------------------------------


def test_whoever_was_asked_first_stays_responsible_until_another_has_signed() -> None:
    matter = Matter().at(State.RETURNED)
    assert matter.case.first_asked == UNIT
    matter.happens(handling.dispatch(matter.case, OTHER_UNIT, MONDAY, arranging.BY_INSTRUCTION, "", TRADE), by=CLERK)
    assert matter.case.first_asked == UNIT
    permit(matter.case, Action.NOTE, HANDLER, MONDAY)
    matter.take(Action.SIGN, ELSEWHERE)
    assert matter.case.first_asked is None
    with pytest.raises(NotYours):
        permit(matter.case, Action.NOTE, HANDLER, MONDAY)


def test_the_first_of_two_that_returned_it_stays_the_one_asked_first() -> None:
    matter = Matter().at(State.RETURNED)
    matter.happens(handling.dispatch(matter.case, OTHER_UNIT, MONDAY, arranging.BY_INSTRUCTION, "", TRADE), by=CLERK)
    matter.take(Action.RETURN, Actor(Role.HEAD, "head", OTHER_UNIT))
    assert matter.case.first_asked == UNIT


def test_a_unit_keeps_what_it_did_not_return_in_its_term() -> None:
    matter = Matter().at(State.DISPATCHED)
    until = matter.case.return_until
    assert until is not None
    permit(matter.case, Action.RETURN, HEAD, until)
    with pytest.raises(RuleBroken) as refused:
        permit(matter.case, Action.RETURN, HEAD, until + timedelta(seconds=1))
    assert refused.value.code == "return.too_late"
    assert Action.RETURN not in open_to(matter.case, HEAD, until + timedelta(seconds=1))


# Assistance ---------------------------------------------------------------------------------------------------------


def assisted() -> Matter:
    """A case in handling for which another unit owes its part."""
    return Matter().at(State.IN_HANDLING).take(Action.ASK_ASSISTANCE, CLERK)


def test_an_assisting_unit_has_a_term_of_its_own_beside_the_leads() -> None:
    matter = assisted()
    (assist,) = matter.case.assists
    assert assist.clock.due_at < next(clock.due_at for clock in matter.case.clocks)
    assert matter.case.assisting == (OTHER_UNIT,)


def test_an_assisting_unit_is_told_when_its_term_nears_its_end_and_when_it_is_over_each_once() -> None:
    matter = assisted()
    told: list[AssistanceDue] = []
    while (moment := matter.case.next_due_at(matter.now)) is not None and len(told) < 2:
        matter.now = moment
        told += [payload for payload in matter.swept() if isinstance(payload, AssistanceDue)]
    assert [payload.light for payload in told] == [Light.YELLOW, Light.RED]
    assert not any(isinstance(payload, AssistanceDue) for payload in matter.later(days=40).swept())


def test_an_assisting_unit_gives_its_part_and_does_nothing_else() -> None:
    matter = assisted()
    assert open_to(matter.case, ELSEWHERE, MONDAY) == [Action.ASSIST]
    matter.take(Action.ASSIST, ELSEWHERE)
    assert matter.case.assisting == ()
    assert open_to(matter.case, ELSEWHERE, MONDAY) == []


def test_the_lead_is_not_asked_to_assist_itself_nor_anybody_twice() -> None:
    matter = assisted()
    for unit, rule in ((UNIT, "assistance.lead"), (OTHER_UNIT, "assistance.asked")):
        with pytest.raises(Invalid) as refused:
            arranging.ask_assistance(matter.case, unit, "请提供记录。", MONDAY, TRADE)
        assert [error.code for error in refused.value.errors] == [rule]


def test_nobody_owes_a_part_once_the_citizen_is_answered() -> None:
    matter = assisted().take(Action.DRAFT, HANDLER).take(Action.REPLY, HEAD)
    assert matter.case.assisting == ()


def test_an_assisting_unit_that_becomes_the_lead_assists_no_more() -> None:
    matter = assisted().take(Action.RETURN, HEAD)
    matter.happens(handling.dispatch(matter.case, OTHER_UNIT, MONDAY, arranging.BY_INSTRUCTION, "", TRADE), by=CLERK)
    assert matter.case.assisting == ()


# Joint conference ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "members", "fields"),
    [
        (MONDAY, (UNIT, OTHER_UNIT), ["on"]),
        (IN_TWO_DAYS, (UNIT, UNIT), ["members"]),
        (MONDAY - timedelta(days=1), (), ["on", "members"]),
    ],
)
def test_a_conference_has_a_day_to_come_and_two_units_at_least(
    on: datetime, members: tuple[str, ...], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        arranging.call_conference(
            Matter().at(State.ACCEPTED).case, on, "会议室", members, "涉及多个单位。", MONDAY, TRADE
        )
    assert [error.field for error in refused.value.errors] == fields


def test_the_term_to_answer_runs_on_while_a_conference_is_to_come() -> None:
    matter = Matter().at(State.IN_HANDLING)
    before = matter.case.clocks
    matter.take(Action.CALL_CONFERENCE, CLERK)
    assert matter.case.clocks[1:] == before
    assert names(matter.case)[0] is ClockName.CONFERENCE


def test_no_opinion_is_recorded_before_the_conference_was_held() -> None:
    matter = Matter().at(State.IN_CONFERENCE)
    with pytest.raises(RuleBroken) as refused:
        matter.take(Action.HOLD_CONFERENCE, CLERK)
    assert refused.value.code == "conference.to_come"


def test_a_conference_that_nobody_held_turns_red_like_any_other_term() -> None:
    matter = Matter().at(State.IN_CONFERENCE).later(days=4)
    matter.swept()
    assert matter.case.light is Light.RED


def held(matter: Matter, lead: str) -> list[object]:
    """The opinion names ``lead``; gives what is recorded."""
    matter.later(days=2, hours=1)
    decided = arranging.hold_conference(matter.case, "各单位", "各方说明。", "由其主办。", lead, matter.now, TRADE)
    matter.happens(*decided, by=CLERK)
    return list(decided)


def test_a_lead_that_has_signed_goes_on_by_the_opinion() -> None:
    matter = Matter().at(State.IN_CONFERENCE)
    assert [type(payload) for payload in held(matter, UNIT)] == [ConferenceHeld]
    assert (matter.case.state, matter.case.unit) == (State.IN_HANDLING, UNIT)


def test_another_lead_is_dispatched_to_by_the_opinion_and_the_one_before_has_it_no_more() -> None:
    matter = Matter().at(State.IN_CONFERENCE)
    assert [type(payload) for payload in held(matter, OTHER_UNIT)] == [ConferenceHeld, Dispatched]
    assert (matter.case.state, matter.case.in_charge) == (State.DISPATCHED, OTHER_UNIT)


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (State.ACCEPTED, State.ACCEPTED),
        (State.RETURNED, State.ACCEPTED),
        (State.DISPATCHED, State.DISPATCHED),
        (State.IN_HANDLING, State.IN_HANDLING),
    ],
)
def test_a_matter_whose_conference_is_called_off_goes_on_where_it_stood(state: State, after: State) -> None:
    matter = Matter().at(state).take(Action.CALL_CONFERENCE, CLERK).take(Action.CALL_OFF_CONFERENCE, CLERK)
    assert matter.case.state is after
    assert ClockName.CONFERENCE not in names(matter.case)


# What a reply promises ----------------------------------------------------------------------------------------------


def promised(days: int) -> date:
    """So many days after Monday."""
    return MONDAY.date() + timedelta(days=days)


@pytest.mark.parametrize("done_on", [None, promised(0), promised(-1), promised(400)])
def test_a_promise_has_a_day_to_come(done_on: date | None) -> None:
    with pytest.raises(Invalid) as refused:
        handling.draft(Matter().at(State.IN_HANDLING).case, "将修好。", Outcome.BY_DATE, done_on, MONDAY)
    assert [(error.field, error.code) for error in refused.value.errors] == [("done_on", "reply.done_on")]


def test_when_the_promised_day_is_over_the_citizen_is_called_even_long_after_the_case_was_concluded() -> None:
    matter = Matter().at(State.IN_HANDLING)
    matter.happens(handling.draft(matter.case, "将修好。", Outcome.BY_DATE, promised(60), MONDAY), by=HANDLER)
    drafted = matter.events[-1].payload
    assert isinstance(drafted, Drafted)
    matter.happens(handling.reply(matter.case, drafted, MONDAY, TRADE), by=HEAD)
    due: list[tuple[datetime, object]] = []
    while (moment := matter.case.next_due_at(matter.now)) is not None:
        matter.now = moment
        due += [(moment, payload) for payload in matter.swept() if isinstance(payload, CallBackDue)]
    assert matter.case.state is State.CONCLUDED
    assert [payload.ground.code for _, payload in due if isinstance(payload, CallBackDue)][-1] == "callback.promised"
    assert due[-1][0] == drafted.done_by
    assert matter.case.call_back_due


@pytest.mark.parametrize("kind", Kind)
def test_only_advice_is_adopted_or_not(kind: Kind) -> None:
    adopted = {Outcome.ADOPTED, Outcome.NOT_ADOPTED} & set(handling.outcomes_of(kind))
    assert bool(adopted) is (kind is Kind.ADVICE)


# Joining later ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DISPATCHED, State.IN_HANDLING, State.AWAITING_APPROVAL])
def test_two_cases_that_turn_out_to_be_one_are_joined_even_at_their_units(state: State) -> None:
    matter = Matter().at(state).take(Action.JOIN, CLERK)
    assert matter.case.state is State.JOINED
    assert matter.case.next_due_at(matter.now) is None


def test_nobody_is_joined_to_a_matter_that_is_answered_later_than_her_own() -> None:
    own = Matter().at(State.IN_HANDLING).case
    later = Matter(now=MONDAY + timedelta(days=3), case_id="320000000002").filed("200000000002").at(State.IN_HANDLING)
    with pytest.raises(RuleBroken) as refused:
        handling.join(own, later.case, arranging.BY_CONFERENCE)
    assert refused.value.code == "join.later"
    assert handling.join(later.case, own, arranging.BY_CONFERENCE)


def test_who_was_answered_is_not_joined_to_anything() -> None:
    matter = Matter().at(State.REPLIED)
    matter.take(Action.REWORK, CLERK)
    with pytest.raises(RuleBroken) as refused:
        permit(matter.case, Action.JOIN, CLERK, MONDAY)
    assert refused.value.code == "join.answered"


# Backlog ------------------------------------------------------------------------------------------------------------


def test_a_matter_becomes_backlog_at_its_age_unless_it_is_answered() -> None:
    open_, answered = Matter().at(State.IN_HANDLING), Matter().at(State.REPLIED)
    for matter in (open_, answered):
        matter.later(days=184)
        matter.swept()
    assert open_.case.backlog
    assert not answered.case.backlog


def test_a_matter_done_again_twice_is_backlog_whatever_its_age() -> None:
    matter = Matter().at(State.REPLIED)
    for _ in range(2):
        matter.take(Action.REWORK, CLERK).take(Action.DRAFT, HANDLER)
        assert matter.case.backlog is (matter.case.reworks == 2)
        matter.take(Action.REPLY, HEAD)
