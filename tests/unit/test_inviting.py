"""信访监督员: who may invite whom, who comes, what they think, and until when they see it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import inviting
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Invalid, NotAllowed, NotYours, RuleBroken, WrongState
from chalicelib.domain.events import Actor, HearingHeld, LayAnswered, LayInvited, LayUninvited, OpinionGiven
from chalicelib.domain.inviting import CHOSEN, Call, may_attend, may_read_opinions
from chalicelib.domain.moves import permit
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action, Kind, Occasion, Role, State, View
from tests.unit.matter import MONDAY, OTHER_UNIT, TRADE, UNIT, Matter

WANG = Staff("wang", "王建国", Role.LAY_SUPERVISOR, area="990102")
LI = Staff("li", "李芳", Role.LAY_SUPERVISOR)
HEARING = Call(Occasion.HEARING, "2026-03-20", "听证室", "请看程序。")
CLERK = Actor(Role.CLERK, "clerk")


def in_review() -> Matter:
    """A case that is reviewed."""
    return Matter().at(State.IN_REVIEW)


def invited(*whom: Staff, call: Call = HEARING) -> Matter:
    """A case under review to which they are invited."""
    matter = in_review()
    return matter.happens(*inviting.invite(matter.case, whom or (WANG,), call, CHOSEN), by=CLERK)


REVIEWER = Matter().at(State.IN_REVIEW).case.in_charge
MAY_INVITE = [
    (Actor(Role.CLERK, "c"), State.IN_REVIEW, None),
    (Actor(Role.SUPERVISOR, "s"), State.IN_REVIEW, None),
    (Actor(Role.HANDLER, "h", REVIEWER), State.IN_REVIEW, None),
    (Actor(Role.HEAD, "h", REVIEWER), State.IN_REVIEW, None),
    (Actor(Role.HANDLER, "h", OTHER_UNIT), State.IN_REVIEW, NotYours),
    (Actor(Role.LEADER, "l"), State.IN_REVIEW, NotAllowed),
    (Actor(Role.ADMINISTRATOR, "a"), State.IN_REVIEW, NotAllowed),
    (Actor(Role.LAY_SUPERVISOR, "wang"), State.IN_REVIEW, NotAllowed),
    (Actor(Role.CITIZEN), State.IN_REVIEW, NotAllowed),
    (Actor(Role.CLERK, "c"), State.IN_CONFERENCE, None),
    (Actor(Role.HANDLER, "h", UNIT), State.IN_CONFERENCE, RuleBroken),
    (Actor(Role.CLERK, "c"), State.IN_HANDLING, WrongState),
    (Actor(Role.CLERK, "c"), State.CONCLUDED, RuleBroken),
]


@pytest.mark.parametrize(("by", "state", "error"), MAY_INVITE)
def test_the_office_and_the_reviewing_unit_invite_and_nobody_else(
    by: Actor, state: State, error: type[Exception] | None
) -> None:
    case = Matter().at(state).case
    if error is None:
        permit(case, Action.INVITE_LAY, by, MONDAY)
    else:
        with pytest.raises(error):
            permit(case, Action.INVITE_LAY, by, MONDAY)


def test_to_a_call_back_that_is_due_the_clerk_invites_and_the_unit_that_answered_does_not() -> None:
    case = replace(Matter().at(State.CONCLUDED).case, call_back_due=True)
    permit(case, Action.INVITE_LAY, CLERK, MONDAY)
    with pytest.raises(RuleBroken):
        permit(case, Action.INVITE_LAY, Actor(Role.HEAD, "h", case.unit), MONDAY)


def test_nobody_is_invited_to_an_accusation() -> None:
    sealed = Matter().filed(kind=Kind.ACCUSATION).at(State.REPLIED).case
    for role in Role:
        with pytest.raises(NotAllowed):
            permit(replace(sealed, call_back_due=True), Action.INVITE_LAY, Actor(role, "x", sealed.unit), MONDAY)
    assert inviting.occasions_of(replace(sealed, call_back_due=True)) == ()


def test_only_who_is_invited_answers_and_gives_an_opinion() -> None:
    case = invited().case
    for action in (Action.ANSWER_INVITATION, Action.GIVE_OPINION):
        permit(case, action, WANG.actor, MONDAY)
        with pytest.raises(RuleBroken):
            permit(case, action, LI.actor, MONDAY)
        for role in set(Role) - {Role.LAY_SUPERVISOR}:
            with pytest.raises(NotAllowed):
                permit(case, action, Actor(role, "wang", case.in_charge), MONDAY)


SEES = [
    (Staff("clerk", "赵敏", Role.CLERK), True),
    (Staff("leader", "江平", Role.LEADER, None, ("hotline",)), True),
    (Staff("leader", "江平", Role.LEADER, None, ("other",)), False),
    (Staff("head", "李方", Role.HEAD, REVIEWER), True),
    (Staff("handler", "孙立", Role.HANDLER, UNIT), False),
    (Staff("admin", "方圆", Role.ADMINISTRATOR), False),
    (WANG, False),
]


@pytest.mark.parametrize(("staff", "reads"), SEES)
def test_opinions_are_read_by_the_office_leaders_and_the_reviewing_unit(staff: Staff, reads: bool) -> None:
    assert may_read_opinions(staff, in_review().case) is reads


def test_who_says_no_gives_no_opinion_until_they_say_yes() -> None:
    matter = invited().happens(LayAnswered("wang", "王建国", False), by=WANG.actor)
    with pytest.raises(RuleBroken):
        inviting.opine(matter.case, "wang", View.AGREE, "程序完整。")
    matter.happens(LayAnswered("wang", "王建国", True), by=WANG.actor)
    assert inviting.opine(matter.case, "wang", View.AGREE, "程序完整。").name == "王建国"


def test_the_same_answer_twice_is_said_once() -> None:
    matter = invited()
    assert len(inviting.answer(matter.case, "wang", True, "")) == 1
    matter.happens(LayAnswered("wang", "王建国", True), by=WANG.actor)
    assert inviting.answer(matter.case, "wang", True, "") == ()


def test_invited_anew_to_what_is_to_come_one_invitation_is_moved() -> None:
    matter = invited()
    later = Call(Occasion.HEARING, "2026-03-25", "二楼")
    matter.happens(*inviting.invite(matter.case, (WANG,), later, CHOSEN), by=CLERK)
    assert [(one.on, one.coming) for one in matter.case.lay] == [("2026-03-25", None)]


def test_after_the_hearing_the_invitation_is_over_and_who_was_ticked_came() -> None:
    matter = invited(WANG, LI).happens(HearingHeld("2026-03-20", "各方", "陈述", ("wang",)))
    assert [(one.login, one.over, one.came) for one in matter.case.lay] == [("wang", True, True), ("li", True, False)]
    with pytest.raises(RuleBroken):
        inviting.answer(matter.case, "li", True, "")
    matter.happens(*inviting.invite(matter.case, (LI,), HEARING, CHOSEN), by=CLERK)
    assert [one.login for one in matter.case.lay] == ["wang", "li", "li"]


def test_who_was_not_invited_is_not_ticked_as_present() -> None:
    with pytest.raises(Invalid):
        inviting.present_of(invited().case, ("li",))


def test_when_the_review_is_decided_its_invitations_are_over() -> None:
    matter = invited(call=Call(Occasion.REVIEW))
    matter.take(Action.DECIDE_REVIEW, Actor(Role.HEAD, "head", matter.case.in_charge))
    assert [one.over for one in matter.case.lay] == [True]
    assert inviting.opine(matter.case, "wang", View.PARTLY, "期限偏长。").view is View.PARTLY


def concluded() -> Case:
    matter = invited()
    matter.take(Action.DECIDE_REVIEW, Actor(Role.HEAD, "head", matter.case.in_charge))
    return matter.case


def test_they_see_it_for_thirty_days_after_its_end_and_no_longer() -> None:
    case = concluded()
    assert case.ended_at == MONDAY
    until = TRADE.ends(TRADE.terms.lay_sees_for, MONDAY)
    assert until - MONDAY > timedelta(days=30)
    assert may_attend(WANG, case, until - timedelta(seconds=1), TRADE)
    assert not may_attend(WANG, case, until, TRADE)


def test_what_is_opened_again_is_seen_again() -> None:
    assert may_attend(WANG, replace(concluded(), ended_at=None), MONDAY + timedelta(days=900), TRADE)


STEPS = st.lists(
    st.sampled_from(
        [
            LayInvited("wang", "王建国", Occasion.HEARING, CHOSEN),
            LayInvited("li", "李芳", Occasion.REVIEW, CHOSEN),
            LayUninvited("wang", "王建国"),
            LayUninvited("li", "李芳"),
            LayAnswered("wang", "王建国", True),
            OpinionGiven("wang", "王建国", View.AGREE, "好"),
            HearingHeld("2026-03-20", "各方", "陈述", ("wang", "li")),
        ]
    ),
    max_size=14,
)


@given(STEPS)
def test_whoever_was_uninvited_last_sees_nothing_whatever_happened(steps: list[LayInvited]) -> None:
    matter = in_review()
    stands: dict[str, bool] = {}
    for payload in steps:
        matter.happens(payload, by=CLERK)
        if isinstance(payload, LayInvited | LayUninvited):
            stands[payload.login] = isinstance(payload, LayInvited)
    for staff in (WANG, LI):
        assert may_attend(staff, matter.case, MONDAY, TRADE) is stands.get(staff.login, False)
    assert not may_attend(replace(WANG, role=Role.CLERK), matter.case, MONDAY, TRADE)


def test_a_hearing_has_a_day_and_a_place() -> None:
    with pytest.raises(Invalid) as refused:
        inviting.read_call({"occasion": "hearing"}, MONDAY)
    assert {one.field for one in refused.value.errors} == {"on", "place"}
    with pytest.raises(Invalid):
        inviting.read_call({"occasion": "review", "on": "2026-03-01"}, MONDAY)
    assert inviting.read_call({"occasion": "review"}, MONDAY) == Call(Occasion.REVIEW)
    assert date.fromisoformat(inviting.read_call({"occasion": "review", "on": "2026-03-02"}, MONDAY).on)


def test_of_the_same_area_first_and_of_these_who_was_invited_least() -> None:
    people = [Staff(login, login, Role.LAY_SUPERVISOR) for login in ("a", "b", "c", "d")]
    found = inviting.proposed(people, {"a": 3, "c": 1, "d": 9}, {"a": True, "c": True}, ())
    assert [one.login for one in found] == ["c", "a", "b", "d"]


def test_lots_are_drawn_among_who_was_not_invited_this_year_as_long_as_there_are_two() -> None:
    people = [Staff(login, login, Role.LAY_SUPERVISOR) for login in ("wang", "b", "c", "d")]
    known = invited().case.lay
    assert [one.login for one in inviting.pool(people, {"b": 1}, known)] == ["c", "d"]
    assert [one.login for one in inviting.pool(people, {"b": 1, "c": 1}, known)] == ["b", "c", "d"]
    with pytest.raises(Invalid):
        inviting.pool(people[:1], {}, known)


def test_a_crowd_is_not_invited() -> None:
    people = [Staff(f"p{number}", "某", Role.LAY_SUPERVISOR) for number in range(inviting.MOST_INVITED + 1)]
    with pytest.raises(Invalid):
        inviting.invite(in_review().case, people, HEARING, CHOSEN)
    with pytest.raises(Invalid):
        inviting.invite(in_review().case, (), HEARING, CHOSEN)
