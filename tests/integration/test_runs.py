"""A month's run: counted once however often and by how many, frozen with its facts, and proved from the ledgers."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from chalice.app import CloudWatchEvent
from msgspec.structs import replace

from chalicelib.desk import assessing, contesting, counting, formulas
from chalicelib.domain.assessment import Fact, FactKey, FactKind
from chalicelib.domain.city import City
from chalicelib.domain.contests import ContestStep
from chalicelib.domain.errors import Changed, NotAllowed, RuleBroken
from chalicelib.domain.evaluating import UnitLines
from chalicelib.domain.facts import About, Entry
from chalicelib.domain.figures import Part
from chalicelib.domain.formula import Formula, three_rates
from chalicelib.domain.ranking import Assessment
from chalicelib.domain.runs import RunState, Signature, digest_of
from chalicelib.domain.words import Channel, Kind, Role
from chalicelib.entrypoints import schedules
from chalicelib.storage import assessments
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit
from tests.integration.runs import (
    APRIL,
    BEGUN,
    CONTEST_OVER,
    COUNTED_AT,
    LEADER,
    MARCH,
    SUPERVISOR,
    big,
    case,
    head_of,
    month_of_all,
    on_record,
    small,
    solved,
    tell,
    tell_many,
)
from tests.integration.watching import everything, watched

NEW = replace(three_rates(), version=2, prior=0)
A_YEAR = timedelta(days=365)


def counted(month: date = MARCH) -> Assessment:
    """The table, counted to its end."""
    return assessing.assess(month, COUNTED_AT)


def published() -> None:
    """March is counted and published."""
    run = assessments.load(MARCH)
    assert run is not None
    assessing.publish(MARCH, run.version, LEADER, CONTEST_OVER)


def of_the_run() -> dict[str, dict[str, Any]]:
    """All that is kept of runs."""
    return {key: item for key, item in everything().items() if key.startswith("run")}


def one_at_a_time(more: int = 1) -> Callable[[], bool]:
    """Time enough for so many units."""
    left = iter(range(more))
    return lambda: next(left, None) is not None


def test_a_month_delivered_twice_is_counted_once(city: City) -> None:
    month_of_all(small(city))
    first = counted()
    kept = of_the_run()
    assert assessing.assess(MARCH, COUNTED_AT + timedelta(minutes=1)) == first
    assert of_the_run() == kept


def test_two_who_count_at_once_end_in_one_run(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    month_of_all(small(city))
    honest, waiting = assessments.freeze, [True]

    def freeze(month: date, place: int, months: Sequence[UnitLines]) -> int:
        if waiting:
            waiting.pop()
            counting.count(MARCH, Signature(COUNTED_AT + timedelta(seconds=1)))
        return honest(month, place, months)

    monkeypatch.setattr(assessments, "freeze", freeze)
    both = counting.count(MARCH, Signature(COUNTED_AT))
    assert both == assessments.load(MARCH)
    assert both is not None
    assert both.counted.at == COUNTED_AT + timedelta(seconds=1), "who was faster is on record"
    assert assessments.under_way() == []
    assert assessing.recount(MARCH, LEADER).same


def test_a_count_cut_off_after_each_unit_shows_nothing_and_is_completed_the_same(city: City) -> None:
    units = month_of_all(small(city))
    for _ in range(len(units) + 1):
        assert counting.count(MARCH, Signature(COUNTED_AT), one_at_a_time()) is None or _ == len(units)
        assert assessments.under_way() == ([MARCH] if assessing.table(MARCH) is None else [])
    pieces = assessing.table(MARCH)
    assert pieces is not None
    for key in of_the_run():
        pk, _, sk = key.partition(" ")
        DeskItem(pk, sk).delete()
    assert counted() == pieces


@pytest.mark.parametrize("step", ["freeze", "keep", "first_head", "finished"])
def test_a_count_killed_in_the_middle_of_a_write_is_completed_by_the_sweep(
    city: City, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    month_of_all(small(city))
    honest: Callable[..., object] = getattr(assessments, step)
    monkeypatch.setattr(counting, "SHEAF", 1)
    left = iter(range(2 if step == "freeze" else 0))

    def killed(*given: object) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return honest(*given)

    monkeypatch.setattr(assessments, step, killed)
    with pytest.raises(KeyboardInterrupt):
        counted()
    monkeypatch.undo()
    assert (assessing.table(MARCH) is None) is (step != "finished")
    assert assessments.under_way() == [MARCH]
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 300_000)
    monkeypatch.setattr(schedules, "datetime", SimpleNamespace(now=lambda _: COUNTED_AT + timedelta(minutes=15)))
    schedules.sweep(cast(CloudWatchEvent, SimpleNamespace(context=context)))
    assert assessments.under_way() == []
    assert assessing.table(MARCH) is not None
    assert assessing.recount(MARCH, SUPERVISOR).same


def test_a_sweep_with_no_time_left_leaves_the_count_to_the_next(city: City) -> None:
    month_of_all(small(city))
    counting.count(MARCH, Signature(COUNTED_AT), one_at_a_time(2))
    assert counting.go_on_with_unfinished(COUNTED_AT, lambda: False) == []
    assert assessing.table(MARCH) is None
    assert counting.go_on_with_unfinished(COUNTED_AT, lambda: True) == [MARCH]


def test_a_run_counted_a_year_later_under_another_formula_is_the_same_by_its_own(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    month_of_all(small(city))
    first = counted()
    published()
    by_version = {1: Formula(), 2: NEW}
    monkeypatch.setattr(formulas, "in_force", lambda month: NEW)
    monkeypatch.setattr(formulas, "of_version", by_version.__getitem__)
    proof = assessing.recount(MARCH, LEADER)
    assert (proof.same, proof.over) == (True, True)
    assert assessing.assess(MARCH, COUNTED_AT + A_YEAR) == first
    tell(city.units[1].id, case(77), solved(case(77)), month=APRIL)
    assert assessing.assess(APRIL, COUNTED_AT + A_YEAR).weights == 2, "and the next month is counted by the new one"


def test_a_run_begun_under_one_formula_is_finished_under_it(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    month_of_all(small(city))
    counting.count(MARCH, Signature(COUNTED_AT), one_at_a_time(2))
    monkeypatch.setattr(formulas, "in_force", lambda month: NEW)
    assert counted().weights == 1


def test_a_month_that_is_not_over_is_not_counted(city: City) -> None:
    with pytest.raises(RuleBroken):
        assessing.assess(MARCH, COUNTED_AT - timedelta(minutes=31))
    assert of_the_run() == {}


# Published.


def test_a_published_run_is_never_written_over(city: City) -> None:
    month_of_all(small(city))
    counted()
    published()
    run = assessments.load(MARCH)
    assert run is not None
    assert (run.state, run.published) == (RunState.PUBLISHED, Signature(CONTEST_OVER, "leader", "高远"))
    kept = of_the_run()
    forged = replace(run, stand="0" * 64)
    with pytest.raises(AlreadyThere):
        commit(Work(CONTEST_OVER, new=[assessments.published_item(forged)]))
    assessments.first_head(replace(forged, version=1))
    with pytest.raises(RuleBroken):
        assessing.publish(MARCH, run.version, LEADER, CONTEST_OVER)
    assessing.assess(MARCH, COUNTED_AT + A_YEAR)
    assert of_the_run() == kept
    commit(Work(CONTEST_OVER, versioned=[assessments.head_item(replace(forged, version=run.version + 1))]))
    assert assessments.load(MARCH) == run, "even a head that is written past every rule is not what is read"


def test_a_run_is_published_by_a_leader_after_the_time_to_contest(city: City) -> None:
    month_of_all(small(city))
    counted()
    for role in Role:
        if role is not Role.LEADER:
            with pytest.raises(NotAllowed):
                assessing.publish(MARCH, 1, replace(LEADER, role=role), CONTEST_OVER)
    with pytest.raises(RuleBroken) as refused:
        assessing.publish(MARCH, 1, LEADER, CONTEST_OVER - timedelta(seconds=1))
    assert refused.value.params == {"day": "2026-04-11"}
    assert assessing.publish(MARCH, 1, LEADER, CONTEST_OVER).state is RunState.PUBLISHED


def test_a_run_that_was_contested_while_the_leader_looked_is_not_published(city: City) -> None:
    units = month_of_all(small(city))
    counted()
    late = FactKey(case(2000), FactKind.DUE, case(2000))
    on_record(late.case_id)
    contesting.contest(MARCH, [late], "停电。", head_of(units[1]), COUNTED_AT)
    with pytest.raises(RuleBroken) as refused:
        assessing.publish(MARCH, 1, LEADER, CONTEST_OVER)
    assert refused.value.params == {"number": "1", "cases": "0000 0000 2000"}
    contesting.rule(MARCH, units[1], late, ContestStep.DISMISS, "没有停电。", SUPERVISOR, CONTEST_OVER)
    with pytest.raises(Changed):
        assessing.publish(MARCH, 1, LEADER, CONTEST_OVER)
    run = assessments.load(MARCH)
    assert run is not None
    assessing.publish(MARCH, run.version, LEADER, CONTEST_OVER)


# Counted again.


def test_what_was_added_to_or_taken_from_a_ledger_is_found_to_the_fact(city: City) -> None:
    units = month_of_all(small(city))
    counted()
    kept = everything()
    added = Fact(FactKind.SUPERVISED, case(1000), "", BEGUN, level=2)
    tell(units[0], case(1000), (*solved(case(1000)), added))
    DeskItem(f"ledger#{units[2]}#2026-03", case(3000)).delete()
    proof = assessing.recount(MARCH, SUPERVISOR)
    assert (proof.same, proof.over, proof.lines) == (False, True, ())
    more, fewer = proof.differing
    assert (more.unit, len(more.added), more.missing) == (units[0], 1, ())
    assert more.added[0][0] == case(1000)
    assert "supervised" in more.added[0][1]
    assert (fewer.unit, fewer.added, len(fewer.missing)) == (units[2], (), len(solved(case(3000), late=True)))
    changed = {key for key in everything() if everything()[key] != kept.get(key)}
    assert {key.partition("#")[0] for key in changed} == {"ledger"}, "and nothing was written"


def test_a_wrong_line_is_found_though_the_facts_are_right(city: City) -> None:
    month_of_all(small(city))
    counted()
    key = next(key for key in of_the_run() if "#unit#" in key)
    pk, _, sk = key.partition(" ")
    item = DeskItem.get(pk, sk)
    item.body = item.body.replace('"received":6', '"received":60')
    item.save()
    run = assessments.load(MARCH)
    assert run is not None
    plan = assessments.plan_of(MARCH)
    assert plan is not None
    wrong = sk.partition("#")[2].rpartition("#")[0]
    assert assessments.otherwise(run, counting.evaluated(plan, ())) == (wrong,)


def test_a_recount_without_time_goes_on_where_it_stopped(city: City) -> None:
    units = month_of_all(small(city))
    counted()
    part = assessing.recount(MARCH, LEADER, 0, lambda: False)
    assert (part.compared, part.of, part.same, part.over) == (1, len(units) + 1, True, False)
    rest = assessing.recount(MARCH, LEADER, part.compared)
    assert (rest.compared, rest.same, rest.over) == (len(units) + 1, True, True)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPERVISOR, Role.LEADER}))
def test_nobody_else_counts_again(city: City, role: Role) -> None:
    month_of_all(small(city))
    counted()
    with pytest.raises(NotAllowed):
        assessing.recount(MARCH, replace(LEADER, role=role))


# Sizes.


def test_a_count_reads_each_ledger_item_once_and_a_long_month_is_kept_in_parts_and_whole(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    units, busy = 40, 300
    monkeypatch.setattr(assessments, "PART", 6_000)  # a fifteenth, for a fifteenth of the matters
    big(city, units)
    about = About(Kind.APPEAL, Channel.WEB, "box-0007")
    tell_many(Entry(f"unit-{n:04}", MARCH, case(n), about, solved(case(n))) for n in range(0, units, 10))
    tell_many(Entry("unit-0001", MARCH, case(n), about, solved(case(n), late=True)) for n in range(5000, 5000 + busy))
    with watched() as calls:
        counting.count(MARCH, Signature(COUNTED_AT))
    ledgers, kept = units // 10 + busy, sum("facts#" in key for key in of_the_run())
    assert calls.looked_at < ledgers + kept + 10, "however many units there are"
    table = counted()
    assert assessments.frozen_up_to(MARCH) == units + 1
    assert max(len(item["body"]["S"].encode()) for item in of_the_run().values()) < 400_000 / 15
    row = table.row("unit-0001")
    assert row is not None
    timeliness = next(one for one in row.components if one.part is Part.TIMELINESS)
    assert len(timeliness.cases) == busy, "none is dropped"
    with watched() as calls:
        assert assessing.run_table(MARCH) is not None
    assert calls.count("Query") == 1


def test_the_digest_of_a_month_is_that_of_its_facts_in_order(city: City) -> None:
    units = month_of_all(small(city))
    counted()
    run = assessments.load(MARCH)
    assert run is not None
    line = next(line for line in assessments.lines(run) if line.unit == units[3])
    assert line.digest == digest_of(assessments.frozen_month(MARCH, units[3]))
    tell(units[3], case(4000), reversed(solved(case(4000), late=True)), "petitions")
    assert digest_of(counting.found(units[3], MARCH)) == line.digest, "in whatever order they were written"
