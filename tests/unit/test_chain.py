"""The record that nobody can rewrite."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.chain import GENESIS, first_break, line_of, link, misfits
from chalicelib.domain.events import CITIZEN, DESK, PAYLOADS, Noted
from chalicelib.domain.words import State
from chalicelib.storage.records import pack_event, read_event, unpack_event
from tests.unit.matter import MONDAY, Matter, salt

RECORD = tuple(Matter().at(State.CONCLUDED).events)
LINES = [pack_event(event).encode() for event in RECORD]


def test_the_first_line_follows_nothing_and_each_other_the_one_before() -> None:
    assert RECORD[0].previous == GENESIS
    assert [event.previous for event in RECORD[1:]] == [event.hash for event in RECORD[:-1]]
    assert first_break(RECORD) is None


def test_a_line_holds_whose_what_when_and_after_which_and_a_salt_only_where_it_has_a_text() -> None:
    line = link("123456789012", 7, MONDAY, CITIZEN, Noted("已到现场", True), "f" * 64, lambda: "salted")
    assert (line.case_id, line.number, line.at, line.by) == ("123456789012", 7, MONDAY, CITIZEN)
    assert (line.payload, line.previous, line.salt) == (Noted("已到现场", True), "f" * 64, "salted")
    assert link("123456789012", 8, MONDAY, DESK, Noted("", True), line.hash, lambda: "salted").salt == ""


def test_a_record_read_back_is_the_record_that_was_written() -> None:
    assert tuple(unpack_event(line.decode()) for line in LINES) == RECORD


@given(st.data())
def test_a_single_altered_byte_of_a_line_is_found(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(LINES) - 1))
    place = data.draw(st.integers(0, len(LINES[number]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != LINES[number][place]))
    altered = LINES[number][:place] + bytes([byte]) + LINES[number][place + 1 :]
    try:
        line = unpack_event(altered.decode())
    except (UnicodeDecodeError, msgspec.MsgspecError, KeyError):
        return  # it cannot even be read
    record = [line if at == number else event for at, event in enumerate(RECORD)]
    assert record == list(RECORD) or first_break(record) in (number + 1, number + 2)


@given(st.integers(0, len(RECORD) - 2))
def test_a_line_taken_out_is_found(number: int) -> None:
    assert first_break([*RECORD[:number], *RECORD[number + 1 :]]) == number + 1


@given(st.permutations(range(len(RECORD))).filter(lambda order: order != sorted(order)))
def test_lines_in_another_order_are_found(order: list[int]) -> None:
    assert first_break([RECORD[number] for number in order]) is not None


def test_lines_of_another_case_are_found() -> None:
    moved = [replace(event, case_id="999999999999") for event in RECORD]
    assert first_break(moved) == 1


def test_a_line_rewritten_with_its_own_new_hash_breaks_the_next() -> None:
    old = RECORD[3]
    forged = link(old.case_id, old.number, old.at, old.by, Noted("从未发生", True), old.previous, salt)
    assert first_break([*RECORD[:3], forged, *RECORD[4:]]) == 5


@given(st.data())
def test_whatever_byte_of_a_stored_line_is_altered_the_line_itself_is_named(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(LINES) - 1))
    place = data.draw(st.integers(0, len(LINES[number]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != LINES[number][place]))
    altered = LINES[number][:place] + bytes([byte]) + LINES[number][place + 1 :]
    lines = [read_event(line.decode(errors="replace")) for line in (*LINES[:number], altered, *LINES[number + 1 :])]
    assert number + 1 in misfits(RECORD[0].case_id, lines)


def test_what_is_wrong_with_a_record_is_told_where_it_is_and_nowhere_else() -> None:
    case_id = RECORD[0].case_id
    assert misfits(case_id, RECORD) == misfits(case_id, []) == []
    assert misfits(case_id, [*RECORD[:2], None, *RECORD[3:]]) == [3]
    assert misfits(case_id, [*RECORD[:2], replace(RECORD[2], hash="ab" * 32), *RECORD[3:]]) == [3, 4]
    assert misfits("999999999999", RECORD) == list(range(1, len(RECORD) + 1))


def test_a_hash_is_taken_over_a_line_that_anyone_can_hash_again() -> None:
    for event in RECORD:
        assert hashlib.sha256(line_of(event).encode()).hexdigest() == event.hash


@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_kind_of_event_has_a_name_of_its_own(kind: str) -> None:
    assert PAYLOADS[kind].__name__ == kind


def test_a_record_whose_beginning_was_cut_off_is_at_fault_though_its_first_line_is_hashed_anew() -> None:
    first = RECORD[0]
    begun = link(first.case_id, 1, first.at, first.by, first.payload, "f" * 64, salt)
    assert misfits(first.case_id, [begun]) == [1]
    assert misfits(first.case_id, RECORD) == []
