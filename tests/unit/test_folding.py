"""A case is what its events tell, and nothing else."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply
from chalicelib.domain.chain import first_break, link, misfits
from chalicelib.domain.errors import Refused
from chalicelib.domain.events import CITIZEN, DESK, PAYLOADS
from chalicelib.domain.folding import fold, fold_one
from chalicelib.domain.moves import MOVES
from chalicelib.domain.supervision import due_now
from chalicelib.domain.words import Action, Kind, Role, State
from tests.unit.matter import ACTORS, FIRST, MONDAY, SECOND, TRADE, Matter, salt

STEPS = st.tuples(
    st.sampled_from(Action),
    st.sampled_from(Role),
    st.sampled_from((FIRST, SECOND)),
    st.integers(0, 40 * 24 * 60),  # minutes since the step before
)
KINDS = st.sampled_from(Kind)


def walked(kind: Kind, steps: list[tuple[Action, Role, str, int]], *, join_after: int | None = None) -> Matter:
    """A matter whose people try all of ``steps``; what is refused leaves no trace."""
    matter = Matter().filed(kind=kind)
    for number, (action, role, receipt, minutes) in enumerate(steps):
        matter.later(minutes=minutes)
        if number == join_after and not matter.case.ended and matter.case.state is not State.REPLIED:
            matter.swept()
            matter.joined_by(SECOND)
        before = (matter.case, len(matter.events))
        try:
            matter.take(action, ACTORS[role], receipt)
        except Refused:
            assert (matter.case, len(matter.events)) == before
    return matter


@settings(max_examples=150, deadline=None)
@given(KINDS, st.lists(STEPS, max_size=25), st.one_of(st.none(), st.integers(0, 5)))
def test_folding_the_record_gives_the_case_whatever_people_try(
    kind: Kind, steps: list[tuple[Action, Role, str, int]], join_after: int | None
) -> None:
    matter = walked(kind, steps, join_after=join_after)
    assert fold(matter.events) == matter.case
    assert first_break(matter.events) is None
    assert [event.number for event in matter.events] == list(range(1, matter.case.version + 1))


@st.composite
def likely_steps(draw: st.DrawFn) -> list[tuple[Action, Role, str, int]]:
    """Steps that are mostly permitted, so that a walk gets far."""
    matter = Matter().filed()
    steps: list[tuple[Action, Role, str, int]] = []
    for _ in range(draw(st.integers(1, 14))):
        open_now = [
            (action, role)
            for action, move in MOVES.items()
            for role in sorted(move.roles)
            if matter.case.state in move.states and action not in (Action.WITHDRAW, Action.JOIN, Action.DECLINE)
        ]
        if not open_now:
            break
        action, role = draw(st.sampled_from(open_now))
        minutes = draw(st.sampled_from((0, 1, 60, 24 * 60, 3 * 24 * 60, 9 * 24 * 60, 35 * 24 * 60)))
        matter.later(minutes=minutes)
        steps.append((action, role, draw(st.sampled_from((FIRST, FIRST, SECOND))), minutes))
        try:
            matter.take(action, ACTORS[role])
        except Refused:
            continue
    return steps


@settings(max_examples=150, deadline=None)
@given(KINDS, likely_steps(), st.one_of(st.none(), st.integers(0, 8)))
def test_an_open_case_always_has_a_next_moment_unless_its_ladder_is_climbed(
    kind: Kind, steps: list[tuple[Action, Role, str, int]], join_after: int | None
) -> None:
    case = walked(kind, steps, join_after=join_after).case
    assert due_now(case, case.moved_at, TRADE) == [], "what fell due by the last step was recorded with it"
    moment = case.next_due_at(case.moved_at)
    if case.ended:
        pressed = case.inspection is not None or case.order is not None  # about what was answered
        assert moment is None or (case.state is State.CONCLUDED and pressed)
    elif moment is None:
        assert case.order is not None
        assert case.order.next_level_at is None
        assert all(clock.red_at <= case.moved_at for clock in case.clocks)


@settings(max_examples=150, deadline=None)
@given(KINDS, likely_steps())
def test_at_its_next_moment_something_about_a_case_changes_and_not_before(
    kind: Kind, steps: list[tuple[Action, Role, str, int]]
) -> None:
    matter = walked(kind, steps)
    matter.swept()
    for _ in range(12):
        moment = matter.case.next_due_at(matter.now)
        if moment is None:
            break
        just_before = max(matter.now, moment - timedelta(microseconds=1))
        if just_before < moment:
            assert due_now(matter.case, just_before, TRADE) == []
        matter.now = max(moment, matter.now)
        assert matter.swept(), f"due at {moment}, and nothing changes"


def test_a_case_begins_with_filed_and_with_nothing_else() -> None:
    event = link("1", 1, MONDAY, DESK, happened.Concluded(happened.Reason("basis.person", {})), "0" * 64, salt)
    with pytest.raises(ValueError, match="begins with Filed"):
        fold_one(None, event)
    with pytest.raises(ValueError, match="begins with an event"):
        fold([])


def test_every_kind_of_event_has_its_fold() -> None:
    without = {payload for payload in PAYLOADS.values() if apply.dispatch(payload) is apply.dispatch(object)}
    assert without == {happened.Filed}


def test_a_case_folded_from_a_part_of_its_record_is_the_case_of_that_day() -> None:
    matter = Matter()
    seen = []
    for state in (State.RECEIVED, State.REGISTERED):
        seen.append(Matter().at(state).case)
    matter.at(State.AWAITING_APPROVAL)
    assert fold(matter.events[:1]) == seen[0]
    assert fold(matter.events[:2]) == seen[1]


def test_who_is_answered_is_not_among_those_who_wait() -> None:
    matter = Matter().at(State.REPLIED)
    assert matter.case.unrated == (FIRST,)
    assert all(voice.answered_at for voice in matter.case.voices)
    assert matter.case.clocks == ()


def test_a_new_dispatch_starts_the_reminders_of_signing_anew_but_not_those_of_the_answer() -> None:
    matter = Matter().at(State.DISPATCHED).later(days=7)
    matter.swept()
    assert {name.value for name in matter.case.reminded} == {"sign", "handle"}
    matter.take(Action.RETURN, ACTORS[Role.HEAD]).take(Action.DISPATCH, ACTORS[Role.CLERK])
    assert [name.value for name in matter.case.reminded] == ["handle"]


def test_the_citizens_own_words_change_nothing_but_her_own_part() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    before = matter.case
    matter.take(Action.WITHDRAW, CITIZEN, receipt=SECOND)
    assert matter.case.receipts == (FIRST,)
    assert matter.case.state is before.state
    assert matter.case.clocks == before.clocks


def test_behind_a_line_that_cannot_be_read_the_others_are_still_checked() -> None:
    matter = Matter().at(State.REPLIED)
    record = [None if number in (2, 4) else event for number, event in enumerate(matter.events, start=1)]
    assert misfits(matter.case_id, record) == [2, 4]
