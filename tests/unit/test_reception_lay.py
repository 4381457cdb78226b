"""信访监督员 at a reception: who is invited answers before its end, speaks from its beginning, sees it for a while."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.domain import reception_lay as rules
from chalicelib.domain import receptions
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid, RuleBroken
from chalicelib.domain.handling import LONGEST_WORDS
from chalicelib.domain.invitations import standing
from chalicelib.domain.inviting import CHOSEN, MOST_INVITED
from chalicelib.domain.people import Staff
from chalicelib.domain.reception_errors import Begun, CalledOff, NotYet
from chalicelib.domain.receptions import Plan, Reception, ReceptionKind
from chalicelib.domain.words import Role, View
from tests.unit.matter import TRADE

START = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
BEFORE, DURING, AFTER = START - timedelta(days=2), START + timedelta(minutes=30), START + timedelta(hours=2)
CLERK = Actor(Role.CLERK, "clerk")
WANG, LI = (Staff(login, name, Role.LAY_SUPERVISOR) for login, name in (("wang", "王建国"), ("li", "李芳")))


def a_day(*whom: Staff) -> Reception:
    """A reception of an hour, to which ``whom`` are invited."""
    plan = Plan(ReceptionKind.LEADER, "高远（市委书记）", "gao", (), START, "接待中心一楼", 3, 20)
    on = Reception("r", plan, 1, "clerk")
    return rules.invite(on, whom, CHOSEN, CLERK, BEFORE) if whom else on


def off(on: Reception) -> Reception:
    """It does not take place."""
    return receptions.call_off(on, "临时有事", "何静", BEFORE)


def opine(on: Reception, at: datetime = DURING, words: str = "接待耐心。", saw: str = "窗口有序。") -> Reception:
    """王建国 says what he saw."""
    return rules.opine(on, WANG.login, View.AGREE, saw, words, at)


def test_who_is_invited_again_stays_as_they_are() -> None:
    on = rules.answer(a_day(WANG), WANG.login, False, BEFORE)
    more = rules.invite(on, [WANG, LI], CHOSEN, CLERK, BEFORE)
    assert [(one.login, one.coming, one.number) for one in more.lay] == [("wang", False, 1), ("li", None, 2)]
    assert more.version == on.version + 1


def test_an_invitation_taken_back_is_kept_and_may_be_made_anew() -> None:
    gone = rules.uninvite(a_day(WANG), WANG.login)
    assert standing(gone.lay, WANG.login) is None
    again = rules.invite(gone, [WANG], CHOSEN, CLERK, BEFORE)
    assert [(one.number, one.withdrawn) for one in again.lay] == [(1, True), (2, False)]
    assert [one.withdrawn for one in rules.uninvite(again, WANG.login).lay] == [True, True]


@pytest.mark.parametrize(
    ("number", "code"),
    [(0, "lay.nobody"), (MOST_INVITED, None), (MOST_INVITED + 1, "lay.too_many")],
)
def test_nobody_is_no_invitation_and_a_crowd_is_too_many(number: int, code: str | None) -> None:
    whom = [Staff(f"lay{one}", "某", Role.LAY_SUPERVISOR) for one in range(number)]
    if code is None:
        assert len(rules.invite(a_day(), whom, CHOSEN, CLERK, BEFORE).lay) == number
        return
    with pytest.raises(Invalid) as refused:
        rules.invite(a_day(), whom, CHOSEN, CLERK, BEFORE)
    assert [one.code for one in refused.value.errors] == [code]


def test_what_is_over_or_called_off_invites_nobody_and_takes_no_answer() -> None:
    on = a_day(WANG)
    last = on.plan.ends_at - timedelta(seconds=1)
    assert rules.answer(on, WANG.login, True, last).lay[0].coming is True
    for day, at, error in ((on, on.plan.ends_at, Begun), (off(on), BEFORE, CalledOff)):
        with pytest.raises(error):
            rules.invite(day, [LI], CHOSEN, CLERK, at)
        with pytest.raises(error):
            rules.answer(day, WANG.login, True, at)


def test_an_opinion_waits_for_the_day_and_is_given_on_no_day_that_was_called_off() -> None:
    with pytest.raises(NotYet):
        opine(a_day(WANG), START - timedelta(seconds=1))
    with pytest.raises(CalledOff):
        opine(off(a_day(WANG)))
    assert [one.saw for one in opine(a_day(WANG), START).opinions] == ["窗口有序。"]


def test_who_is_not_invited_neither_answers_nor_speaks_nor_can_be_sent_away() -> None:
    for on in (a_day(), a_day(LI), rules.uninvite(a_day(WANG), WANG.login)):
        with pytest.raises(RuleBroken):
            rules.answer(on, WANG.login, True, BEFORE)
        with pytest.raises(RuleBroken):
            opine(on)
        with pytest.raises(Invalid):
            rules.uninvite(on, WANG.login)


def test_who_said_they_would_not_come_has_seen_nothing() -> None:
    with pytest.raises(RuleBroken):
        opine(rules.answer(a_day(WANG), WANG.login, False, BEFORE))


@pytest.mark.parametrize(
    ("saw", "words", "field"), [(" \n", "好", "saw"), ("有序", "", "words"), ("字" * (LONGEST_WORDS + 1), "好", "saw")]
)
def test_an_opinion_has_what_was_seen_and_what_is_thought_of_it(saw: str, words: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        opine(a_day(WANG), saw=saw, words=words)
    assert [one.field for one in refused.value.errors] == [field]


def test_an_opinion_said_again_is_kept_beside_the_first_and_says_who_came() -> None:
    on = opine(opine(a_day(WANG, LI)), AFTER, "等候过久。")
    assert [(one.at, one.words) for one in on.opinions] == [(DURING, "接待耐心。"), (AFTER, "等候过久。")]
    assert [(one.opinions, one.came) for one in on.lay] == [(2, True), (0, False)]


def test_its_page_is_for_lay_supervisors_who_are_invited_and_for_a_while_after_the_day() -> None:
    on = a_day(WANG)
    ends = TRADE.ends(TRADE.terms.lay_sees_for, on.plan.ends_at)
    assert ends > AFTER
    assert rules.may_attend(WANG, on, ends - timedelta(seconds=1), TRADE)
    assert not rules.may_attend(WANG, on, ends, TRADE)
    assert not rules.may_attend(LI, on, BEFORE, TRADE)
    assert not rules.may_attend(replace(WANG, role=Role.CLERK), on, BEFORE, TRADE)
    assert not rules.may_attend(WANG, rules.uninvite(on, WANG.login), BEFORE, TRADE)
