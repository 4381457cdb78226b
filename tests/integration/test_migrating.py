"""Migrations: what older releases stored becomes what this one writes, while the desk is at work."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.desk import handling, supervising, tracking
from chalicelib.desk.vault import vault
from chalicelib.domain.case import Case
from chalicelib.storage import cases, matters, published
from chalicelib.storage.keys import case_key
from chalicelib.storage.placing import DESK_LIST
from chalicelib.storage.records import unpack
from chalicelib.storage.submissions import load_sealed_petitioner
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import Work, commit
from infra.migrations import running, schema
from infra.migrations.steps import LATEST, MIGRATIONS
from infra.verify import verify
from tests.integration.desk import Desk
from tests.integration.older import SEEDED_AT, take_in

LISTS, FOLDED = MIGRATIONS
AT_ONCE = timedelta(0)


def silent(words: str) -> None:
    """What is said is for a person at the command line."""


def migrated() -> list[running.Done]:
    """All that waits is run."""
    return [running.run(migration, AT_ONCE, silent) for migration in running.waiting()]


def stored_cases() -> list[Case]:
    """Every case of the table."""
    found = DeskItem.scan(DeskItem.sk == "case")
    return [unpack(item.body, Case) for item in found]


def displaced(case: Case) -> None:
    """Leave ``case`` as a release would that had not known its worklist."""
    DeskItem(*case_key(case.case_id)).update(actions=[DeskItem.worklist.remove(), DeskItem.worklist_at.remove()])


def stands_in(worklist: str) -> set[str]:
    """The cases that a list shows."""
    return {case.case_id for case in cases.listed(worklist, limit=200).cases}


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[Work], None]) -> None:
    """``act`` once between what a migration read and what it writes."""
    acted: list[bool] = []

    def late(work: Work) -> None:
        if not acted:
            acted.append(True)
            act(work)
        commit(work)

    monkeypatch.setattr(running, "commit", late)


def test_a_desk_of_an_older_release_is_migrated_while_it_is_at_work(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in()
    public = [case for case in stored_cases() if case.published is not None]
    assert [matters.load(case) for case in public] == [None, None]
    assert running.count(FOLDED).changed == 1
    withdrawn: list[str] = []

    def she_thinks_better_of_it(work: Work) -> None:
        [case] = work.unmoved
        withdrawn.append(case.case_id)
        for voice in case.voices:
            tracking.withdraw_consent(voice.receipt, {}, SEEDED_AT + timedelta(hours=1))

    meanwhile(monkeypatch, she_thinks_better_of_it)
    listed = running.run(LISTS, AT_ONCE, silent)
    assert (listed.changed, listed.faults) == (1, ())
    [one] = matters.filed_between(SEEDED_AT - timedelta(days=60), SEEDED_AT)
    assert {one.decision.case_id} == {case.case_id for case in public} - set(withdrawn)
    assert one in published.latest(one.category, 50)

    monkeypatch.setattr(running, "commit", commit)
    folded = running.run(FOLDED, AT_ONCE, silent)
    assert (folded.changed, folded.faults) == (1, ())
    assert (schema.reached().version, running.waiting()) == (LATEST, [])

    found = list(DeskItem.scan(DeskItem.sk == "case"))
    for worklist in {item.worklist for item in found if item.worklist is not None}:
        assert stands_in(worklist) == {item.pk.removeprefix("case#") for item in found if item.worklist == worklist}
    for receipt in [voice.receipt for item in found for voice in unpack(item.body, Case).voices]:
        assert tracking.track(receipt, SEEDED_AT).folder.submission.title
        sealed = load_sealed_petitioner(receipt)
        assert sealed is None or vault().open_petitioner(sealed, receipt)

    assert supervising.sweep(SEEDED_AT + timedelta(days=45)).moved > 0
    findings = verify()
    assert (findings.cases, findings.faults) == (18, [])


def test_a_case_that_is_moved_meanwhile_is_migrated_as_it_is_then(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = desk.registered()
    displaced(case)

    def the_clerk_accepts(work: Work) -> None:
        now = cases.load(case.case_id)
        handling.accept(case.case_id, now.version, desk.clerk, desk.now, "construction.property_service")

    meanwhile(monkeypatch, the_clerk_accepts)
    assert running.run(FOLDED, AT_ONCE, silent).changed == 0, "the desk itself has written it as it should be"
    now = cases.load(case.case_id)
    assert now.version > case.version
    assert stands_in(DESK_LIST) == {case.case_id}
    assert verify().faults == []


def test_what_was_read_before_and_written_after_is_found_by_one_more_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.registered()
    displaced(case)
    slept: list[float] = []

    def a_slow_request_ends(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 1:
            displaced(case)

    monkeypatch.setattr(time, "sleep", a_slow_request_ends)
    assert running.run(FOLDED, timedelta(minutes=10), silent).changed == 2
    assert len(slept) == 2
    assert 590 < slept[0] <= 600
    assert stands_in(DESK_LIST) == {case.case_id}


def test_a_migration_that_was_cut_off_goes_on_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        displaced(
            desk.registered(title=f"第{number}件", text=f"第{number}个小区门口的路灯坏了，已经{number + 3}天没人修。")
        )
    monkeypatch.setattr(running, "PAGE", 4)
    tried: list[Work] = []

    def cut_off(work: Work) -> None:
        tried.append(work)
        if len(tried) == 2:
            raise KeyboardInterrupt
        commit(work)

    monkeypatch.setattr(running, "commit", cut_off)
    with pytest.raises(KeyboardInterrupt):
        running.run(FOLDED, AT_ONCE, silent)
    stopped = schema.checkpoint(FOLDED.number)
    assert (stopped.changed, stopped.tries) == (1, 1)
    assert stopped.after is not None
    assert schema.reached().version == 0
    assert running.run(FOLDED, AT_ONCE, silent).changed == 3
    assert len(tried) == 4, "the first was not tried again"
    assert len(stands_in(DESK_LIST)) == 3
    assert schema.checkpoint(FOLDED.number).after is None


def test_a_dry_run_counts_and_writes_nothing(desk: Desk) -> None:
    displaced(desk.registered())
    before = sorted(item.pk + item.sk for item in DeskItem.scan())
    done = running.count(FOLDED)
    assert (done.looked_at, done.changed, done.faults) == (1, 1, ())
    assert sorted(item.pk + item.sk for item in DeskItem.scan()) == before
    assert stands_in(DESK_LIST) == set()


def test_a_case_whose_record_is_not_whole_is_named_and_the_others_are_migrated(desk: Desk) -> None:
    torn = desk.registered()
    sound = desk.registered(title="路灯", text="小区门口的路灯坏了，已经五天没有人来修理，夜里看不清路。")
    for case in (torn, sound):
        displaced(case)
    DeskItem(f"case#{torn.case_id}", "event#000001").delete()
    done = running.run(FOLDED, AT_ONCE, silent)
    assert len(done.faults) == 1
    assert torn.case_id in done.faults[0]
    assert stands_in(DESK_LIST) == {sound.case_id}
    assert FOLDED in running.waiting(), "it is not done while something stands in the way"


def test_a_new_desk_has_nothing_to_migrate_and_two_runs_do_no_more_than_one(table: str) -> None:
    assert running.is_empty()
    running.begin()
    assert running.waiting() == []
    schema.reach(1, SEEDED_AT)
    assert schema.reached().version == LATEST, "nobody takes it back"
    assert [running.run(migration, AT_ONCE, silent).changed for migration in MIGRATIONS] == [0, 0]


def test_one_waits_as_long_as_the_slowest_function_may_run() -> None:
    assert running.in_flight() >= timedelta(seconds=300)
