"""晒网: whom a span's facts propose, what may be told of at all, and which step follows which."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import honours as rules
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, NotFound, RuleBroken
from chalicelib.domain.honours import Candidate, Ground, Honours, HonourStep, Rules, Side
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import Signature
from chalicelib.domain.words import Action, Kind, Role, Satisfaction, Solved, State
from tests.unit.matter import ACTORS, FIRST, MONDAY, UNIT, Matter

RULES = Rules()
CASE = Matter().at(State.CONCLUDED).case
SHOWN = replace(CASE, voices=tuple(replace(voice, may_publish=True) for voice in CASE.voices))
SIGNED = Signature(MONDAY, "yan", "严督")
EMPTY = Honours("2026-03", 0)


def fact(kind: FactKind, hours: float = 0, receipt: str = FIRST, **said: object) -> Fact:
    """Something that happened so long after Monday nine o'clock."""
    return Fact(kind, "310000000001", receipt, MONDAY + timedelta(hours=hours), **said)  # type: ignore[arg-type]


RECEIVED = fact(FactKind.RECEIVED)
IN_TIME = fact(FactKind.REPLIED, 5, in_time=True)
CONTENT = fact(FactKind.RATED, 6, solved=Solved.YES, satisfaction=Satisfaction.SATISFIED)
UNCONTENT = fact(FactKind.RATED, 6, solved=Solved.NO, satisfaction=Satisfaction.NOT)
REWORKED = fact(FactKind.REWORKED, 7)


def proposed(*facts: Fact, by: Rules = RULES) -> list[Ground]:
    """On what grounds the facts of one case propose it."""
    return [one.ground for one in rules.candidates([(UNIT, "310000000001", facts)], by)]


@pytest.mark.parametrize(
    ("facts", "ground"),
    [
        ([RECEIVED, IN_TIME, CONTENT], Ground.SWIFT),
        ([RECEIVED, IN_TIME, CONTENT, fact(FactKind.ADOPTED)], Ground.ADOPTED),
        ([fact(FactKind.ADOPTED), CONTENT], Ground.ADOPTED),
        ([fact(FactKind.SUPERVISED, level=2), RECEIVED, IN_TIME, CONTENT], Ground.SUPERVISED),
        ([fact(FactKind.FALSE_REPLY), fact(FactKind.SUPERVISED, level=3)], Ground.FALSE_REPLY),
        ([REWORKED, fact(FactKind.REWORKED, 8)], Ground.REWORKED),
        ([UNCONTENT, replace(UNCONTENT, receipt="200000000002")], Ground.UNSATISFIED),
        ([fact(FactKind.SUPERVISED, level=1), fact(FactKind.SUPERVISED)], None),
        ([UNCONTENT], None),
        ([REWORKED, REWORKED], None),  # one fact, told twice
        ([RECEIVED, IN_TIME], None),
        ([fact(FactKind.ADOPTED)], None),
        ([IN_TIME, CONTENT], None),
        ([RECEIVED, CONTENT], None),
        ([RECEIVED, IN_TIME, CONTENT, REWORKED], None),
        ([RECEIVED, IN_TIME, fact(FactKind.REPLIED, 6, in_time=False), CONTENT], None),
        ([RECEIVED, IN_TIME, CONTENT, replace(UNCONTENT, solved=Solved.YES, receipt="200000000002")], None),
        ([RECEIVED, IN_TIME, CONTENT, UNCONTENT], None),
        ([], None),
    ],
)
def test_a_case_is_proposed_on_its_gravest_ground_or_else_on_its_best(facts: list[Fact], ground: Ground | None) -> None:
    assert proposed(*facts) == ([] if ground is None else [ground])


def test_the_swiftest_stand_first_and_the_order_in_which_it_is_told_is_nothing() -> None:
    slow = replace(IN_TIME, at=MONDAY + timedelta(hours=20))
    told = [
        (UNIT, "310000000001", [RECEIVED, slow, CONTENT]),
        ("health", "320000000002", [RECEIVED, IN_TIME, CONTENT]),
        (UNIT, "330000000003", [fact(FactKind.FALSE_REPLY)]),
        ("health", "320000000002", [IN_TIME]),
    ]
    found = rules.candidates(told, RULES)
    assert found == rules.candidates(reversed(told), RULES)
    assert [(one.case_id[0:2], one.took) for one in found if one.side is Side.PRAISED] == [
        ("32", timedelta(hours=5)),
        ("31", timedelta(hours=20)),
    ]
    assert [one.side for one in found if one.ground is Ground.FALSE_REPLY] == [Side.BLAMED]


@given(st.lists(st.sampled_from([RECEIVED, IN_TIME, CONTENT, UNCONTENT, REWORKED]), max_size=8), st.integers(1, 3))
def test_a_case_is_praised_or_blamed_and_never_both(facts: list[Fact], bar: int) -> None:
    found = rules.candidates([(UNIT, "310000000001", facts)], Rules(reworks=bar, unsatisfied=bar))
    assert len(found) <= 1
    assert all(Side.PRAISED is not one.side or UNCONTENT not in facts for one in found)


def answered(after: float) -> Matter:
    """Dispatched on Monday and answered so many parts of its term later."""
    matter = Matter().at(State.IN_HANDLING)
    term = next(clock for clock in matter.case.clocks)
    matter.now = term.started_at + (term.due_at - term.started_at) * after
    matter.take(Action.DRAFT, ACTORS[Role.HANDLER])
    return matter.take(Action.REPLY, ACTORS[Role.HEAD])


def test_swift_is_an_answer_in_less_than_half_of_its_term() -> None:
    assert rules.is_swift(answered(0.49).events, RULES)
    assert not rules.is_swift(answered(0.5).events, RULES)
    assert not rules.is_swift(Matter().at(State.IN_HANDLING).events, RULES)
    assert not rules.is_swift(answered(0.1).events[-1:], RULES), "without its term nobody knows"


def listed(case: Case = SHOWN, title: str = "", sentence: str = "当天办好。", on: Honours = EMPTY) -> Honours:
    """A supervisor has put the case on the list."""
    return rules.pick(on, Candidate(UNIT, case.case_id, Ground.SWIFT), case, title, sentence, SIGNED)


def approved() -> Honours:
    """And a leader lets everybody read it."""
    return rules.approve(listed(title="路灯"), SHOWN, SIGNED)


SEALED = [replace(SHOWN, sealed=True), replace(SHOWN, kind=Kind.ACCUSATION)]
ERASED = replace(SHOWN, voices=tuple(replace(voice, erased=True) for voice in SHOWN.voices))


@pytest.mark.parametrize(
    ("step", "code"),
    [
        *((lambda case=case: listed(case), "honour.sealed") for case in SEALED),
        *((lambda case=case: rules.approve(listed(), case, SIGNED), "honour.sealed") for case in SEALED),
        (lambda: listed(CASE, "路灯"), "honour.no_consent"),
        (lambda: listed(ERASED, "路灯"), "honour.no_consent"),
        (lambda: rules.approve(listed(title="路灯"), CASE, SIGNED), "honour.no_consent"),
        (lambda: rules.approve(listed(title="路灯"), ERASED, SIGNED), "honour.no_consent"),
        (lambda: listed(on=approved()), "honour.approved"),
        (lambda: rules.approve(approved(), SHOWN, SIGNED), "honour.approved"),
        (lambda: rules.drop(approved(), CASE.case_id), "honour.approved"),
    ],
)
def test_what_may_not_be_told_of_is_refused_and_what_is_approved_stays(step: Callable[[], Honours], code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        step()
    assert refused.value.code == code


@pytest.mark.parametrize("on", [EMPTY, rules.drop(listed(), CASE.case_id)])
def test_what_is_not_on_the_list_is_neither_dropped_nor_approved_nor_taken_down(on: Honours) -> None:
    with pytest.raises(NotFound):
        rules.drop(on, CASE.case_id)
    with pytest.raises(NotFound):
        rules.approve(on, SHOWN, SIGNED)
    with pytest.raises(NotFound):
        rules.take_down(on, CASE.case_id, "有误", SIGNED)


def test_nothing_is_taken_down_before_it_is_public_or_without_a_reason() -> None:
    with pytest.raises(NotFound):
        rules.take_down(listed(), CASE.case_id, "有误", SIGNED)
    with pytest.raises(Invalid):
        rules.take_down(approved(), CASE.case_id, " ", SIGNED)


def test_a_case_is_on_the_list_once_in_its_latest_words_and_again_after_it_was_taken_down() -> None:
    on = listed(sentence="三天办好。", on=listed())
    assert [one.sentence for one in on.picks] == ["三天办好。"]
    assert on.version == 2
    gone = rules.take_down(approved(), CASE.case_id, "来信人另有说法", SIGNED)
    assert (gone.pick(CASE.case_id), gone.public) == (None, ())
    again = rules.approve(listed(on=gone), SHOWN, SIGNED)
    assert [(one.public, one.why) for one in again.picks] == [(False, "来信人另有说法"), (True, "")]
    assert len(again.public) == 1


def test_a_list_that_was_looked_at_is_the_one_that_is_changed() -> None:
    assert rules.as_seen(EMPTY, 0) is EMPTY
    with pytest.raises(Changed):
        rules.as_seen(listed(), 0)


@pytest.mark.parametrize("step", HonourStep)
def test_each_step_is_of_one_role_alone(step: HonourStep) -> None:
    for role in Role:
        staff = Staff("x", "某", role, UNIT)
        if role is rules.HONOUR_STEPS[step]:
            rules.permit(step, staff)
        else:
            with pytest.raises(NotAllowed):
                rules.permit(step, staff)


def test_praise_is_a_fact_of_the_case_as_a_whole() -> None:
    at: datetime = MONDAY
    assert rules.praised(CASE.case_id, at).key.receipt == ""
