"""What comes with a referred petition, and what a desk tells of one: read field by field, and never half."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.agency_words import Progress
from chalicelib.domain.demands import Demands
from chalicelib.domain.errors import Invalid
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.referrals import (
    CLOCKS_DIFFER,
    FARTHEST,
    MOST_FILES,
    read_answer,
    read_deadline,
    read_demands,
    read_told,
)
from chalicelib.domain.words import Outcome, State
from tests.unit.matter import MONDAY, Matter

TOLD = {"number": "310000000001", "state": "accepted", "at": "2026-03-02T09:00:00+08:00"}
ANY = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=50), st.lists(st.text(max_size=5), max_size=60)
)


def said(moment: datetime) -> str:
    """As an agency writes it."""
    return moment.isoformat()


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (said(MONDAY), "field.not_to_come"),
        (said(MONDAY + timedelta(microseconds=1)), None),
        (said(MONDAY + FARTHEST), None),
        (said(MONDAY + FARTHEST + timedelta(microseconds=1)), "field.not_to_come"),
        ("2026-04-01T09:00:00+08:00", None),
        ("2026-04-01T09:00:00", "field.not_instant"),
        ("2026-04-01", "field.not_instant"),
        ("0001-01-01T00:00:00+14:00", "field.not_instant"),
        ("9999-12-31T23:59:59-14:00", "field.not_instant"),
        ("下周一", "field.not_instant"),
        ("2026-04-01T09:00:00+08:00" + " " * 20 + "x", "field.too_long"),
        (20260401, "field.not_text"),
        (None, "field.empty"),
        (" ", "field.empty"),
    ],
)
def test_a_date_for_us_has_its_zone_and_is_to_come(raw: object, fault: str | None) -> None:
    reader = FieldReader({"deadline": raw})
    moment = read_deadline(reader, MONDAY, required=True)
    assert [error.code for error in reader.errors] == ([fault] if fault else [])
    assert moment is None if fault else moment is not None and moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        (["来信.pdf", "照片.jpg"], None),
        ([], None),
        (["来信.pdf", " "], "field.empty"),
        (["名" * 201, ""], "field.too_long"),
        (["a\x00b"], "field.control_characters"),
        (["x"] * (MOST_FILES + 1), "field.too_many"),
        (["x"] * MOST_FILES + [""], "field.too_many"),
        ("来信.pdf", "field.not_list"),
        ([1], "field.not_list"),
    ],
)
def test_the_first_complaint_about_the_names_of_their_files_stands(names: object, fault: str | None) -> None:
    reader = FieldReader({"attachments": names})
    read_demands(reader, MONDAY)
    assert [(error.field, error.code) for error in reader.errors] == ([("attachments", fault)] if fault else [])


def test_where_nothing_is_asked_for_there_is_nothing_to_tell_it_by() -> None:
    assert read_demands(FieldReader({}), MONDAY) == Demands()
    assert Demands().fingerprint == ""
    asked = read_demands(FieldReader({"must_report": True}), MONDAY)
    assert asked.fingerprint != read_demands(FieldReader({"petitioner_told_by_us": True}), MONDAY).fingerprint != ""


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("deadline", "must_report", "words", "attachments", "petitioner_told_by_us"), ANY),
    )
)
def test_whatever_an_agency_asks_for_is_taken_or_refused_once_by_its_name(raw: dict[str, Any]) -> None:
    reader = FieldReader(raw)
    demands = read_demands(reader, MONDAY)
    fields = [error.field for error in reader.errors]
    assert len(fields) == len(set(fields))
    assert set(fields) <= set(raw)
    if not fields:
        assert demands.deadline is None or MONDAY < demands.deadline <= MONDAY + FARTHEST
        assert len(demands.files) <= MOST_FILES


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"number": ""}, {"number": "field.empty"}),
        ({"state": "ajar"}, {"state": "field.unknown_choice"}),
        ({"state": None}, {"state": "field.empty"}),
        ({"at": said(MONDAY + CLOCKS_DIFFER + timedelta(seconds=1))}, {"at": "field.not_yet"}),
        ({"at": "now"}, {"at": "field.not_instant"}),
        ({"at": ""}, {"at": "field.empty"}),
        (
            {"their_number": "9" * 101, "unit_name": "局" * 101},
            {"their_number": "field.too_long", "unit_name": "field.too_long"},
        ),
        ({"words": {"text": "x"}}, {"words": "field.not_text"}),
    ],
)
def test_what_a_desk_tells_is_taken_whole_or_not_at_all(changes: dict[str, object], named: dict[str, str]) -> None:
    reader = FieldReader({**TOLD, **changes})
    assert read_told(reader, MONDAY) is None
    assert {error.field: error.code for error in reader.errors} == named


def test_clocks_of_two_desks_may_differ_by_minutes() -> None:
    told = read_told(FieldReader({**TOLD, "at": said(MONDAY + CLOCKS_DIFFER)}), MONDAY)
    assert told is not None
    assert (told.state, told.at) == (Progress.ACCEPTED, MONDAY + CLOCKS_DIFFER)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({}, {"text", "outcome"}),
        ({"text": "已办。", "outcome": "whatever"}, {"outcome"}),
        ({"text": "已办。", "outcome": "adopted"}, {"outcome"}),
        ({"text": "将办。", "outcome": "by_date"}, {"done_on"}),
        ({"text": "将办。", "outcome": "by_date", "done_on": "2026-02-30"}, {"done_on"}),
        ({"text": "将办。", "outcome": "by_date", "done_on": "2099-01-01"}, {"done_on"}),
        ({"text": "将办。", "outcome": "by_date", "done_on": "2026-03-02"}, {"done_on"}),
    ],
)
def test_a_reply_from_another_desk_that_does_not_fit_the_matter_is_refused_by_name(
    raw: dict[str, object], named: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        read_answer(FieldReader(raw), Matter().at(State.WITH_AGENCY).case, MONDAY)
    assert {error.field for error in refused.value.errors} == named


def test_a_promise_of_another_desk_has_its_day() -> None:
    raw = {"text": "将办。", "outcome": "by_date", "done_on": "2026-03-03"}
    drafted = read_answer(FieldReader(raw), Matter().at(State.WITH_AGENCY).case, MONDAY)
    assert (drafted.outcome, drafted.done_by is not None) == (Outcome.BY_DATE, True)
