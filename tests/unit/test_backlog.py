"""积案: when a matter becomes one, when it is settled, when people hear that nobody owns it; and the figures."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.backlog import NOBODY, Backlogged, campaign, percent
from chalicelib.domain.errors import Refused
from chalicelib.domain.events import BacklogEntered, Joined, OwnerMissing, OwnerNamed, Referred
from chalicelib.domain.terms import Terms, calendar_days
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import LEFT, SETTLED, Action, Kind, Role, State
from chalicelib.storage.placing import BACKLOG, BACKLOG_SETTLED, list_of, owned_by, pointers
from tests.unit.matter import BASIS, TRADE, Matter, acting

QUICK = Trade(Terms(backlog_age=calendar_days(10), backlog_reworks=1), TRADE.calendar)


def old() -> Matter:
    """A matter in handling at the very moment at which it becomes backlog."""
    matter = Matter().at(State.IN_HANDLING)
    assert matter.case.backlog_at is not None
    matter.now = matter.case.backlog_at
    matter.swept()
    return matter


def step(matter: Matter, *steps: tuple[Action, Role]) -> Matter:
    """People take ``steps``, a minute between."""
    for action, role in steps:
        matter.later(minutes=1).take(action, acting(role, matter.case))
    return matter


ANSWERED = ((Action.DRAFT, Role.HANDLER), (Action.REPLY, Role.HEAD))
DONE_AGAIN = ((Action.REWORK, Role.CLERK), *ANSWERED)


def in_campaign(matter: Matter) -> set[str]:
    """The campaign's lists in which it stands."""
    return {list_of(name) for name in pointers(matter.case)} & {BACKLOG, BACKLOG_SETTLED}


def test_a_matter_becomes_backlog_at_the_moment_and_not_before() -> None:
    matter = Matter().at(State.IN_HANDLING)
    assert matter.case.backlog_at is not None
    matter.now = matter.case.backlog_at - timedelta(microseconds=1)
    assert not [one for one in matter.swept() if isinstance(one, BacklogEntered)]
    assert in_campaign(matter) == set()
    matter.later(microseconds=1).swept()
    assert matter.case.backlog_since == matter.now
    assert in_campaign(matter) == {BACKLOG}


@pytest.mark.parametrize("state", [State.REPLIED, State.IN_REVIEW, State.CONCLUDED, State.DECLINED, State.WITHDRAWN])
def test_what_is_answered_or_ended_does_not_become_backlog_by_age(state: State) -> None:
    matter = Matter().at(state).later(days=400)
    matter.swept()
    assert not matter.case.backlog


def test_done_again_too_often_it_is_backlog_at_once() -> None:
    matter = step(Matter().at(State.REPLIED), *DONE_AGAIN)
    assert not matter.case.backlog
    step(matter, DONE_AGAIN[0])
    assert matter.case.backlog
    assert in_campaign(matter) == {BACKLOG}


def test_it_is_settled_when_answered_and_open_again_after_rework_but_entered_once() -> None:
    matter = step(old(), *ANSWERED)
    assert in_campaign(matter) == {BACKLOG_SETTLED}
    settled_at = matter.case.settled_at
    assert settled_at == matter.now
    step(matter, (Action.CONCLUDE, Role.CLERK))
    assert matter.case.settled_at == settled_at, "concluding does not settle it once more"
    step(matter, DONE_AGAIN[0])
    assert in_campaign(matter) == {BACKLOG}
    assert matter.case.settled_at is None
    step(matter, *ANSWERED)
    assert in_campaign(matter) == {BACKLOG_SETTLED}
    assert sum(isinstance(event.payload, BacklogEntered) for event in matter.events) == 1


def test_under_review_it_is_open_and_terminated_it_is_settled() -> None:
    matter = step(old(), *ANSWERED, (Action.ASK_REVIEW, Role.CITIZEN))
    assert in_campaign(matter) == {BACKLOG}
    step(
        matter, (Action.DECIDE_REVIEW, Role.HEAD), (Action.ASK_REVIEW, Role.CITIZEN), (Action.DECIDE_REVIEW, Role.HEAD)
    )
    assert matter.case.state is State.TERMINATED
    assert matter.case.settled_at == matter.now


@pytest.mark.parametrize("leaves", [Joined("320000000002", BASIS), Referred("邻市信访局", "在邻市。", "")])
def test_what_goes_on_elsewhere_leaves_the_campaign(leaves: Joined | Referred) -> None:
    matter = old().happens(leaves)
    assert in_campaign(matter) == set()


def test_a_sealed_accusation_is_never_backlog() -> None:
    matter = Matter().filed(kind=Kind.ACCUSATION).at(State.IN_HANDLING).later(days=500)
    matter.swept()
    assert not matter.case.backlog
    assert pointers(matter.case) == frozenset()


def test_after_five_working_days_without_an_owner_people_are_reminded_once() -> None:
    matter = old()
    owner_by = matter.case.owner_by
    assert owner_by == TRADE.ends(TRADE.terms.backlog_owner, matter.now)
    matter.now = owner_by - timedelta(microseconds=1)
    assert not [one for one in matter.swept() if isinstance(one, OwnerMissing)]
    assert matter.case.next_due_at(matter.now) == owner_by
    matter.now = owner_by
    assert OwnerMissing() in matter.swept()
    assert OwnerMissing() not in matter.later(days=30).swept()


def test_nobody_is_reminded_of_what_is_owned_or_settled_in_time() -> None:
    owned = step(old(), (Action.NAME_OWNER, Role.CLERK)).later(days=30)
    assert OwnerMissing() not in owned.swept()
    settled = step(old(), *ANSWERED).later(days=10)
    assert OwnerMissing() not in settled.swept()
    reopened = step(settled, DONE_AGAIN[0])
    assert OwnerMissing() in reopened.later(minutes=1).swept(), "open again, it still has nobody"


def test_the_citizen_owing_an_answer_does_not_put_off_the_reminder() -> None:
    matter = step(old(), (Action.ASK, Role.HANDLER)).later(days=9)
    assert OwnerMissing() in matter.swept()
    assert matter.case.state is State.WAITING


def test_the_pointer_follows_the_owner_and_so_do_the_figures() -> None:
    matter = old()
    (unowned,) = pointers(matter.case)
    assert unowned.endswith("#")
    matter.happens(OwnerNamed("shuji", "高远", ""))
    assert {list_of(name) for name in pointers(matter.case)} == {BACKLOG, owned_by("shuji")}
    assert unowned not in pointers(matter.case)


STEPS = st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(Role), st.integers(0, 20 * 24 * 60)), max_size=30)


@settings(max_examples=120, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_settled_and_open_are_what_entered_without_what_left(walks: list[list[tuple[Action, Role, int]]]) -> None:
    matters = [walked(number, steps) for number, steps in enumerate(walks)]
    entered = [one for one in matters if any(isinstance(event.payload, BacklogEntered) for event in one.events)]
    left = [one for one in entered if one.case.state in LEFT]
    lists = [name for one in matters for name in in_campaign(one)]
    assert len(lists) == len(entered) - len(left)
    settled = [one for one in entered if one.case.state in SETTLED]
    assert lists.count(BACKLOG_SETTLED) == len(settled)
    assert all((one.case.settled_at is not None) == (one in settled) for one in entered)


def walked(number: int, steps: Iterable[tuple[Action, Role, int]]) -> Matter:
    """A matter that soon becomes backlog, whose people try all of ``steps``."""
    matter = Matter(case_id=f"31000000000{number}", trade=QUICK).at(State.IN_HANDLING)
    for action, role, minutes in steps:
        try:
            matter.later(minutes=minutes).take(action, acting(role, matter.case))
        except Refused:
            matter.swept()
    return matter


def of(owner: str, settled: bool, day: int = 1) -> Backlogged:
    """One matter of the campaign."""
    return Backlogged(f"{owner}{settled}{day}", owner, date(2026, 3, day), settled)


def test_the_mission_figures_come_out_as_reported() -> None:
    assert percent(42, 50) == 84.0
    assert percent(94, 117) == 80.3
    assert percent(172, 228) == 75.4
    assert percent(0, 0) is None
    assert percent(4999, 5000) == 99.9, "100 is said only when all are settled"


def test_figures_are_by_leader_the_largest_first_and_nobody_last() -> None:
    told = campaign(
        [of(NOBODY, False), of("a", True, 3), of("b", True), of("b", False), of(NOBODY, True), of("b", True)]
    )
    assert [(share.owner, share.open, share.settled) for share in told.shares] == [("b", 1, 2), ("a", 0, 1), ("", 1, 1)]
    assert (told.total, told.open, told.settled, told.unowned, told.since) == (6, 2, 4, 1, date(2026, 3, 1))


@given(st.lists(st.builds(of, st.sampled_from(["", "a", "b"]), st.booleans(), st.integers(1, 28))))
def test_shares_add_up_to_the_whole(matters: list[Backlogged]) -> None:
    told = campaign(matters)
    assert told.total == len(matters) == sum(share.total for share in told.shares)
    assert told.settled == sum(one.settled for one in matters)
    assert (told.percent is None) == (not matters)


def test_an_empty_campaign_has_no_rate_and_no_first_day() -> None:
    told = campaign([])
    assert (told.total, told.percent, told.since, told.shares) == (0, None, None, ())
