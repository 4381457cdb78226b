"""Citizens leave a case, units give it back, clocks run again: what is left is always somebody's, and always due."""

from datetime import timedelta

import pytest

from chalicelib.domain.clocks import exact_clock
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.events import CITIZEN, Joined, Reminded, Resumed, Supervised, VoicesSplit
from chalicelib.domain.splitting import split
from chalicelib.domain.supervision import due_now
from chalicelib.domain.words import Action, ClockName, Role, State
from tests.unit.matter import ACTORS, BASIS, FIRST, SECOND, THIRD, TRADE, UNIT, Matter, acting


def answered_in_part() -> Matter:
    """The second of two citizens was answered."""
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER])
    return matter.take(Action.REPLY, ACTORS[Role.HEAD], SECOND)


def test_when_nobody_is_left_to_be_answered_the_unit_that_answered_has_it_again() -> None:
    matter = answered_in_part().take(Action.RETURN, ACTORS[Role.HEAD])
    assert (matter.case.state, matter.case.unit) == (State.RETURNED, None)
    matter.take(Action.WITHDRAW, CITIZEN, FIRST)
    assert (matter.case.state, matter.case.unit) == (State.REPLIED, UNIT)
    matter.take(Action.REWORK, ACTORS[Role.CLERK])
    assert (matter.case.state, matter.case.in_charge) == (State.IN_HANDLING, UNIT)


def test_a_case_is_replied_to_when_the_last_who_waits_is_split_off() -> None:
    matter = answered_in_part().happens(VoicesSplit((FIRST,), "another", "说的是另一件事。"))
    assert (matter.case.state, matter.case.clocks) == (State.REPLIED, ())
    assert matter.case.receipts == (SECOND,)


def joined() -> tuple[Matter, Matter]:
    """A case, and one of two citizens that was joined to it."""
    into = Matter().at(State.IN_HANDLING)
    origin = Matter(now=into.now).filed(SECOND).joined_by(THIRD)
    origin.happens(Joined(into.case.case_id, BASIS))
    return into.joined_by(SECOND).joined_by(THIRD), origin


def test_who_withdrew_while_joined_has_withdrawn_from_the_case_that_is_split_off() -> None:
    into, origin = joined()
    into.take(Action.WITHDRAW, CITIZEN, THIRD)
    leaving, off = split(into.case, origin.case, "说的是另一件事。", into.now, TRADE)
    assert into.happens(leaving).case.receipts == (FIRST,)
    assert origin.happens(off).case.receipts == (SECOND,)


def test_a_case_whose_citizens_have_all_withdrawn_is_not_split_off() -> None:
    into, origin = joined()
    into.take(Action.WITHDRAW, CITIZEN, SECOND).take(Action.WITHDRAW, CITIZEN, THIRD)
    with pytest.raises(RuleBroken) as refused:
        split(into.case, origin.case, "说的是另一件事。", into.now, TRADE)
    assert refused.value.code == "split.nobody_left"


def test_an_extension_is_given_up_with_the_case() -> None:
    matter = Matter().at(State.IN_HANDLING).take(Action.ASK_EXTENSION, ACTORS[Role.HANDLER])
    matter.take(Action.RETURN, ACTORS[Role.HEAD])
    assert matter.case.extension is None


def test_a_clock_that_is_over_when_it_runs_again_is_due_at_once() -> None:
    matter = Matter().at(State.WAITING)
    over = exact_clock(ClockName.HANDLE, matter.now - timedelta(days=9), days=8)
    matter.happens(Resumed(BASIS, (over,)))
    moment = matter.case.next_due_at(matter.now)
    assert moment is not None
    assert moment <= matter.now
    assert [type(payload) for payload in matter.swept()] == [Reminded, Supervised]
    assert due_now(matter.case, matter.now, TRADE) == []


def test_an_extension_that_brings_a_case_no_further_than_yellow_reminds_nobody_again() -> None:
    matter = Matter().at(State.IN_HANDLING).take(Action.ASK_EXTENSION, ACTORS[Role.HANDLER])
    matter.later(days=12)
    matter.take(Action.ENDORSE_EXTENSION, acting(Role.HEAD, matter.case))
    before = matter.case.reminded
    matter.later(days=4).take(Action.GRANT_EXTENSION, ACTORS[Role.CLERK])
    assert ClockName.HANDLE in before
    assert ClockName.HANDLE in matter.case.reminded
    assert due_now(matter.case, matter.now, TRADE) == []
