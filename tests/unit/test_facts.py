"""What the steps of a matter mean for the unit's month and for the city's, and for what is never counted."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.domain.agency_news import agencies_told, progress_of
from chalicelib.domain.agency_words import Progress
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import TICK
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.facts import CITY, Entry, entries_of, month_of
from chalicelib.domain.folding import fold_one
from chalicelib.domain.retention import check_erasable, ended_at, erasable_from
from chalicelib.domain.words import Action, ClockName, Kind, Role, State
from tests.unit.matter import ACTORS, FIRST, SECOND, TRADE, UNIT, Matter, acting, content


def entries(matter: Matter, drill: str = "") -> list[Entry]:
    """What all steps of the matter mean, each told as it happened."""
    before: Case | None = None
    found: list[Entry] = []
    for event in matter.events:
        after = replace(fold_one(before, event), drill=drill)
        found += entries_of(before, after, [event])
        before = after
    return found


def told(matter: Matter, unit: str = UNIT) -> Counter[FactKind]:
    """Which facts of a unit, or of the city, and how often."""
    return Counter(fact.kind for entry in entries(matter) if entry.unit == unit for fact in entry.facts)


def facts(matter: Matter, kind: FactKind) -> list[Fact]:
    """The facts of one kind."""
    return [fact for entry in entries(matter) for fact in entry.facts if fact.kind is kind]


@pytest.mark.parametrize(
    ("state", "city", "unit"),
    [
        (State.RECEIVED, [], []),
        (State.REGISTERED, ["arrived"], []),
        (State.DISPATCHED, ["arrived"], ["received"]),
        (State.RETURNED, ["arrived"], ["received", "returned"]),
        (State.IN_HANDLING, ["arrived"], ["received", "signed"]),
        (State.REPLIED, ["arrived"], ["received", "signed", "replied"]),
        (State.CONCLUDED, ["arrived"], ["received", "signed", "replied", "concluded"]),
        (State.DECLINED, ["arrived", "declined"], []),
        (State.REFERRED, ["arrived", "referred"], []),
        (State.REFERRAL_RETURNED, ["arrived", "referred"], []),
        (State.JOINED, ["arrived", "joined"], []),
        (State.WITHDRAWN, ["arrived", "withdrawn"], []),
    ],
)
def test_each_step_is_told_once_to_the_city_s_month_and_to_the_unit_s(
    state: State, city: list[str], unit: list[str]
) -> None:
    matter = Matter().at(state)
    assert told(matter, CITY) == Counter(FactKind(one) for one in city)
    assert told(matter) - Counter([FactKind.CHECKED]) == Counter(FactKind(one) for one in unit)


def test_every_voice_of_a_matter_arrives_is_received_and_is_answered() -> None:
    matter = Matter().at(State.REGISTERED).joined_by(SECOND)
    road = {
        Action.ACCEPT: Role.CLERK,
        Action.DISPATCH: Role.CLERK,
        Action.SIGN: Role.HANDLER,
        Action.DRAFT: Role.HANDLER,
        Action.REPLY: Role.HEAD,
    }
    for action, role in road.items():
        matter.take(action, acting(role, matter.case))
    assert {fact.receipt for fact in facts(matter, FactKind.REPLIED)} == {FIRST, SECOND}
    assert {fact.receipt for fact in facts(matter, FactKind.RECEIVED)} >= {FIRST, SECOND}


def test_what_is_late_is_due_for_who_waits_and_not_for_who_withdrew() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    matter.take(Action.WITHDRAW, ACTORS[Role.CITIZEN], SECOND)
    matter.later(days=400).swept()
    assert [(fact.receipt, fact.in_time) for fact in facts(matter, FactKind.DUE)] == [(FIRST, False)]
    assert facts(matter, FactKind.SUPERVISED)


def test_a_signature_after_its_term_is_late() -> None:
    for hours, in_time in ((1, True), (24 * 30, False)):
        matter = Matter().at(State.DISPATCHED).later(hours=hours)
        matter.take(Action.SIGN, acting(Role.HANDLER, matter.case))
        assert [fact.in_time for fact in facts(matter, FactKind.SIGNED)] == [in_time]


def test_a_rating_is_a_fact_of_the_citizen_who_gave_it() -> None:
    matter = Matter().at(State.REPLIED).happens(content())
    assert [(fact.receipt, fact.solved) for fact in facts(matter, FactKind.RATED)] == [(FIRST, content().solved)]


def test_a_test_letter_of_the_keepers_exam_counts_nowhere() -> None:
    assert entries(Matter().at(State.CONCLUDED), drill="exam-1") == []


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 2, 28, 15, 59, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), date(2026, 1, 1)),
    ],
)
def test_a_month_begins_at_midnight_in_shanghai(at: datetime, month: date) -> None:
    assert month_of(at) == month


def test_one_command_is_one_entry_a_unit_and_month() -> None:
    matter = Matter().at(State.DISPATCHED)
    [received] = [entry for entry in entries_of(None, matter.case, matter.events) if entry.unit == UNIT]
    assert received.month == month_of(matter.now)
    assert received.about.kind is Kind.APPEAL


@pytest.mark.parametrize(
    ("state", "news"),
    [
        (State.RECEIVED, None),
        (State.REGISTERED, Progress.REGISTERED),
        (State.ACCEPTED, Progress.ACCEPTED),
        (State.DISPATCHED, Progress.DISPATCHED),
        (State.RETURNED, None),
        (State.IN_HANDLING, Progress.IN_HANDLING),
        (State.WAITING, None),
        (State.REPLIED, Progress.REPLIED),
        (State.CONCLUDED, Progress.CONCLUDED),
        (State.DECLINED, Progress.DECLINED),
        (State.REFERRED, Progress.REFERRED),
        (State.REFERRAL_RETURNED, Progress.RETURNED),
        (State.JOINED, Progress.JOINED),
        (State.WITHDRAWN, Progress.WITHDRAWN),
    ],
)
def test_who_referred_a_matter_is_told_of_its_steps_and_never_of_a_sealed_one(
    state: State, news: Progress | None
) -> None:
    case, last = Matter().at(state).case, Matter().at(state).events[-1]
    own, referred = (
        replace(case, voices=tuple(replace(voice, agency=agency) for voice in case.voices))
        for agency in ("", "province")
    )
    assert progress_of(last) is news
    assert agencies_told(case, referred, last) == ({"province"} if news else set())
    assert agencies_told(case, own, last) == set()
    for hidden in (replace(referred, sealed=True), replace(referred, drill="exam-1")):
        assert agencies_told(case, hidden, last) == set()


def test_the_desk_that_has_a_matter_is_told_what_moves_its_date_and_that_it_was_withdrawn() -> None:
    matter = Matter().at(State.WITH_AGENCY)
    there = matter.case
    assert there.transfer is not None
    below = {there.transfer.agency}
    assert agencies_told(Matter().at(State.ACCEPTED).case, there, matter.events[-1]) == below
    matter.take(Action.WITHDRAW, ACTORS[Role.CITIZEN])
    assert agencies_told(there, matter.case, matter.events[-1]) == below
    assert agencies_told(None, matter.case, matter.events[-1]) == set()


@pytest.mark.parametrize("state", [State.REGISTERED, State.IN_HANDLING, State.REPLIED, State.IN_REVIEW])
def test_nothing_is_erased_while_the_matter_goes_on(state: State) -> None:
    matter = Matter().at(state)
    assert ended_at(matter.events, FIRST) is None
    with pytest.raises(RuleBroken) as refused:
        check_erasable(matter.events, FIRST, matter.now + timedelta(days=36_500), TRADE)
    assert refused.value.code == "erasure.going_on"


@pytest.mark.parametrize("state", [State.DECLINED, State.REFERRED, State.CONCLUDED, State.TERMINATED, State.WITHDRAWN])
def test_it_is_kept_for_its_term_from_its_end_and_not_a_moment_longer(state: State) -> None:
    matter = Matter().at(state)
    possible = erasable_from(matter.events, FIRST, TRADE)
    assert possible == TRADE.ends(TRADE.terms.retention, matter.now)
    assert possible is not None
    check_erasable(matter.events, FIRST, possible, TRADE)
    with pytest.raises(RuleBroken) as refused:
        check_erasable(matter.events, FIRST, possible - timedelta(microseconds=1), TRADE)
    assert refused.value.code == "erasure.too_early"


def test_who_withdrew_from_a_matter_of_many_may_have_hers_erased_before_the_others() -> None:
    matter = Matter().at(State.IN_HANDLING).joined_by(SECOND)
    matter.later(days=1).take(Action.WITHDRAW, ACTORS[Role.CITIZEN], SECOND)
    assert ended_at(matter.events, SECOND) == matter.now
    assert ended_at(matter.events, FIRST) is None


def in_ledgers(matter: Matter) -> dict[str, list[FactKind]]:
    """What the steps are in each ledger."""
    entries = entries_of(matter.case, matter.case, matter.events)
    return {entry.unit: [fact.kind for fact in entry.facts] for entry in entries}


def test_a_matter_arrives_in_the_city_once_and_what_its_unit_does_with_it_stands_in_the_units_ledger() -> None:
    matter = Matter().at(State.REPLIED)
    assert matter.case.unit is not None
    assert in_ledgers(matter) == {
        CITY: [FactKind.ARRIVED],
        matter.case.unit: [FactKind.RECEIVED, FactKind.SIGNED, FactKind.REPLIED],
    }
    (arrived,) = next(one for one in entries_of(None, matter.case, matter.events) if one.unit == CITY).facts
    assert (arrived.case_id, arrived.receipt, month_of(arrived.at)) == (matter.case_id, FIRST, month_of(matter.now))


@pytest.mark.parametrize(("late", "in_time"), [(timedelta(), True), (TICK, False)])
def test_who_signs_at_the_very_end_of_the_term_is_in_time(late: timedelta, in_time: bool) -> None:
    matter = Matter().at(State.DISPATCHED)
    before, known = matter.case, len(matter.events)
    matter.now = next(clock.due_at for clock in before.clocks if clock.name is ClockName.SIGN) + late
    matter.take(Action.SIGN, ACTORS[Role.HANDLER])
    found = [fact for entry in entries_of(before, matter.case, matter.events[known:]) for fact in entry.facts]
    assert [fact.in_time for fact in found if fact.kind is FactKind.SIGNED] == [in_time]
