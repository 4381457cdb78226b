"""申诉: who may contest, withdraw and rule, from where, and until when: as a table."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.domain.assessment import FactKey, FactKind
from chalicelib.domain.contests import Contest, ContestState, ContestStep, contest, rule, withdraw
from chalicelib.domain.errors import Invalid, NotAllowed, NotYours, RuleBroken, TooLate
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import Run, Signature
from chalicelib.domain.words import STAFF, Role
from tests.unit.month import MARCH

RUN = Run(MARCH.date().replace(day=1), 1, 1, "0" * 64, Signature(MARCH), MARCH + timedelta(days=10))
FACT = FactKey("100000000001", FactKind.DUE, "100000000001")
HEAD = Staff("head", "刘平", Role.HEAD, "health")
SUPERVISOR = Staff("supervisor", "严督", Role.SUPERVISOR, "petition-office")
WHO = {step: HEAD if step in (ContestStep.CONTEST, ContestStep.WITHDRAW) else SUPERVISOR for step in ContestStep}
LEADS = {
    (ContestStep.CONTEST, None): ContestState.OPEN,
    (ContestStep.CONTEST, ContestState.WITHDRAWN): ContestState.OPEN,
    (ContestStep.WITHDRAW, ContestState.OPEN): ContestState.WITHDRAWN,
    (ContestStep.UPHOLD, ContestState.OPEN): ContestState.UPHELD,
    (ContestStep.DISMISS, ContestState.OPEN): ContestState.DISMISSED,
}
STATES: list[ContestState | None] = [None, *ContestState]


def known(state: ContestState) -> Contest:
    """A contest as it stands."""
    return Contest(RUN.month, "health", FACT, state, 3, "停电。", Signature(MARCH, "head", "刘平"))


def taken(step: ContestStep, state: ContestState | None, by: Staff, run: Run = RUN, words: str = "停电。") -> Contest:
    """What comes of a step."""
    before = known(state) if state is not None else None
    if step is ContestStep.CONTEST:
        return contest(run, "health", FACT, words, by, MARCH, before)
    assert before is not None
    return withdraw(run, before, by) if step is ContestStep.WITHDRAW else rule(run, before, step, words, by, MARCH)


@pytest.mark.parametrize("step", ContestStep)
@pytest.mark.parametrize("state", STATES)
def test_a_step_leads_where_the_table_says_and_from_nowhere_else(step: ContestStep, state: ContestState | None) -> None:
    if state is None and step is not ContestStep.CONTEST:
        return
    if (step, state) in LEADS:
        assert taken(step, state, WHO[step]).state is LEADS[step, state]
    else:
        with pytest.raises(RuleBroken):
            taken(step, state, WHO[step])


@pytest.mark.parametrize("step", ContestStep)
@pytest.mark.parametrize("role", sorted(STAFF))
def test_nobody_else_takes_a_step(step: ContestStep, role: Role) -> None:
    state = next(state for (one, state) in LEADS if one is step)
    if role is WHO[step].role:
        return
    with pytest.raises(NotAllowed):
        taken(step, state, replace(WHO[step], role=role))


@pytest.mark.parametrize("step", [ContestStep.CONTEST, ContestStep.WITHDRAW])
def test_a_head_speaks_for_her_own_unit_only(step: ContestStep) -> None:
    with pytest.raises(NotYours):
        taken(step, ContestState.OPEN if step is ContestStep.WITHDRAW else None, replace(HEAD, unit="education"))


@pytest.mark.parametrize("step", ContestStep)
def test_nothing_changes_after_publication(step: ContestStep) -> None:
    state = next(state for (one, state) in LEADS if one is step)
    with pytest.raises(RuleBroken) as refused:
        taken(step, state, WHO[step], replace(RUN, published=Signature(MARCH)))
    assert refused.value.code == "assessment.published"


def test_after_the_date_nothing_is_contested_but_what_is_can_still_be_ruled_upon() -> None:
    over = replace(RUN, contest_until=MARCH - timedelta(seconds=1))
    with pytest.raises(TooLate):
        taken(ContestStep.CONTEST, None, HEAD, over)
    assert taken(ContestStep.UPHOLD, ContestState.OPEN, SUPERVISOR, over).ruling == "停电。"


@pytest.mark.parametrize("step", [ContestStep.CONTEST, ContestStep.UPHOLD, ContestStep.DISMISS])
def test_a_contest_and_a_ruling_have_words(step: ContestStep) -> None:
    with pytest.raises(Invalid):
        taken(step, None if step is ContestStep.CONTEST else ContestState.OPEN, WHO[step], words="  ")
