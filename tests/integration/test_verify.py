"""The auditor's command: finds nothing on an honest desk, and a single altered byte wherever it lies."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.config import config
from chalicelib.desk import closing_days
from chalicelib.desk.closing_days import close_days
from chalicelib.domain.case import Case
from chalicelib.storage import cases
from chalicelib.storage.records import read_event
from infra import verify as command
from infra.office import NotSet
from infra.verify import Fault, Findings, verify
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything, own

MIDNIGHT = datetime(2026, 3, 2, 16, 10, tzinfo=UTC)
Item = dict[str, Any]


@pytest.fixture
def told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A desk with three matters, one of them answered; two days are closed, and the third is running."""
    monkeypatch.setattr(closing_days, "BEGINS_WITHIN", 3)
    case = desk.replied()
    desk.filed(**UNCLEAR)
    close_days(MIDNIGHT)
    desk.later(days=1).registered(text=f"{UNCLEAR['text']}又一件。", title="又一件")
    close_days(MIDNIGHT + timedelta(days=1))
    desk.later(days=1).rated(desk.receipts[0])
    return cases.load(case.case_id)


def put(item: Item) -> None:
    """Write an item as somebody with all rights can."""
    own("dynamodb").put_item(TableName=config().table, Item=item)


def remove(key: str) -> None:
    """Delete an item."""
    pk, sk = key.split(" ")
    own("dynamodb").delete_item(TableName=config().table, Key={"pk": {"S": pk}, "sk": {"S": sk}})


def with_body(item: Item, body: str) -> Item:
    """The same item with another body."""
    return {**item, "body": {"S": body}}


def places(findings: Findings) -> set[tuple[str, str | None, int | None]]:
    """What is wrong, and at which case and event."""
    return {(fault.what, fault.case, fault.event) for fault in findings.faults}


def test_on_an_honest_desk_nothing_is_wrong(told: Case) -> None:
    findings = verify()
    assert findings.faults == []
    stored = [key.split(" ") for key in everything()]
    assert findings.cases == len({pk for pk, _ in stored if pk.startswith("case#")})
    assert findings.events == len([sk for _, sk in stored if sk.startswith("event#")])
    assert findings.days == 2


def test_a_desk_on_which_nothing_happened_is_in_order(table: str) -> None:
    assert verify() == Findings()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_single_altered_byte_of_any_stored_event_is_found_with_its_case_and_number(
    told: Case, data: st.DataObject
) -> None:
    events = sorted(key for key in everything() if " event#" in key)
    key = data.draw(st.sampled_from(events))
    item = everything()[key]
    whole = item["body"]["S"].encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    altered = whole[:place] + bytes([byte]) + whole[place + 1 :]
    try:
        put(with_body(item, altered.decode()))
    except UnicodeDecodeError:
        return  # DynamoDB keeps no such text
    try:
        pk, sk = key.split(" ")
        findings = verify()
        assert ("chain", pk.removeprefix("case#"), int(sk[-6:])) in places(findings), altered
    finally:
        put(item)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_single_altered_byte_of_a_stored_case_or_a_root_is_found(told: Case, data: st.DataObject) -> None:
    held = {key: item for key, item in everything().items() if key.endswith(" case") or key.startswith("roots")}
    held |= {key: item for key, item in everything().items() if key.startswith("leaves#")}
    key = data.draw(st.sampled_from(sorted(held)))
    whole = held[key]["body"]["S"].encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(32, 126).filter(lambda byte: byte != whole[place]))
    altered = whole[:place] + bytes([byte]) + whole[place + 1 :]
    try:
        put(with_body(held[key], altered.decode()))
    except UnicodeDecodeError:
        return
    try:
        findings = verify()
        expected = findings.fold_mismatches if key.endswith(" case") else findings.root_mismatches
        assert expected, (key, altered)
    finally:
        put(held[key])


def test_an_event_taken_away_is_missed(told: Case) -> None:
    remove(f"case#{told.case_id} event#000003")
    findings = verify()
    assert ("chain", told.case_id, 3) in places(findings)
    assert findings.root_mismatches == 1


def test_a_record_whose_end_was_cut_off_does_not_reach_its_case(told: Case) -> None:
    remove(f"case#{told.case_id} event#{told.version:06}")
    findings = verify()
    assert (findings.chain_breaks, findings.fold_mismatches) == (0, 1)


def test_a_whole_case_taken_away_is_missed_by_its_day(told: Case) -> None:
    for key in [key for key in everything() if key.startswith(f"case#{told.case_id} ")]:
        remove(key)
    assert [(fault.what, fault.day) for fault in verify().faults] == [("root", "2026-03-02")]


def test_an_event_that_somebody_added_is_found(told: Case) -> None:
    last = everything()[f"case#{told.case_id} event#{told.version:06}"]
    put({**last, "sk": {"S": f"event#{told.version + 1:06}"}})
    assert ("chain", told.case_id, told.version + 1) in places(verify())
    remove(f"case#{told.case_id} event#{told.version + 1:06}")
    put({**last, "sk": {"S": "event#one-more"}})
    assert verify().chain_breaks == 1


def test_an_event_hidden_from_its_day_is_found(told: Case) -> None:
    last = everything()[f"case#{told.case_id} event#{told.version:06}"]
    put({name: value for name, value in last.items() if name not in ("day", "day_hash")})
    assert verify().faults == [Fault("chain", "does not stand in its day's index", told.case_id, told.version)]


def test_a_root_taken_away_leaves_a_gap(told: Case) -> None:
    remove("roots 2026-03-02")
    assert {fault.day for fault in verify().faults} == {"2026-03-02", "2026-03-03"}


def test_a_case_that_moves_while_it_is_read_is_no_fault(
    told: Case, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = command._all_rows

    def moving(bar: Any) -> Iterator[command.Row]:
        rows = list(honest(bar))
        desk.registered(text=f"{UNCLEAR['text']}第四件。", title="第四件")
        desk.supplemented(desk.receipts[1])
        yield from rows

    monkeypatch.setattr(command, "_all_rows", moving)
    assert verify().faults == []


def test_the_command_prints_one_object_and_says_by_its_exit_code_whether_all_is_well(
    told: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["verify", "--stack", "sunlight"])
    monkeypatch.setattr(command, "become_part_of", lambda _: None)
    assert command.main() == 0
    figures = json.loads(capsys.readouterr().out)
    names = ("cases", "events", "days", "chain_breaks", "fold_mismatches", "root_mismatches")
    assert [figures[name] for name in names] == [3, figures["events"], 2, 0, 0, 0]
    item = everything()[f"case#{told.case_id} event#000002"]
    put(with_body(item, item["body"]["S"].replace('"at":"2026', '"at":"2025')))
    assert command.main() == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["chain_breaks"] == 1
    assert f"case {told.case_id}, event 2: was altered" in said.err


def test_a_stack_that_cannot_be_asked_is_no_clean_record(
    table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(stack: str) -> None:
        raise NotSet(f"{stack} is no desk")

    monkeypatch.setattr("sys.argv", ["verify", "--stack", "no-such-stack"])
    monkeypatch.setattr(command, "become_part_of", refuse)
    assert command.main() == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "could not be looked at" in said.err


@pytest.mark.parametrize("text", ["", "x", "[]", "null", '{"kind":"Filed"}', '{"kind":1}', "1e999", '"\\ud800"'])
def test_what_is_no_event_is_read_as_none(text: str) -> None:
    assert read_event(text) is None
