"""By which ways a citizen is told: what she left, what she chose, and nothing that she did not leave."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.fields import FieldReader
from chalicelib.domain.people import Petitioner
from chalicelib.domain.ways import Way, left_by, read_ways, told_by

ANY = st.one_of(
    st.none(),
    st.text(max_size=4),
    st.integers(),
    st.lists(st.sampled_from(["sms", "mail", "fax", "SMS", "", 7, None]), max_size=4),
    st.dictionaries(st.text(max_size=3), st.booleans(), max_size=2),
)


@pytest.mark.parametrize(
    ("phone", "email", "left"),
    [("138", "", (Way.SMS,)), ("", "a@b", (Way.MAIL,)), ("138", "a@b", (Way.SMS, Way.MAIL)), ("", "", ())],
)
def test_she_can_be_told_by_what_she_left(phone: str, email: str, left: tuple[Way, ...]) -> None:
    assert left_by(Petitioner(phone=phone, email=email)) == left


@pytest.mark.parametrize(
    ("raw", "required", "ways", "fault"),
    [
        ({}, False, None, None),
        ({"ways": None}, False, None, None),
        ({}, True, None, "field.empty"),
        ({"ways": []}, True, (), None),
        ({"ways": ["mail"]}, False, ("mail",), None),
        ({"ways": ["mail", "mail"]}, False, ("mail",), None),
        ({"ways": ["sms"]}, False, ("sms",), "ways.no_phone"),
        ({"ways": ["fax", "mail"]}, False, ("mail",), "field.unknown_choice"),
        ({"ways": "mail"}, False, (), "field.not_list"),
        ({"ways": ["mail", "mail", "mail"]}, False, ("mail",), "field.too_many"),
    ],
)
def test_a_choice_is_among_what_she_left(
    raw: dict[str, object], required: bool, ways: tuple[str, ...] | None, fault: str | None
) -> None:
    reader = FieldReader(raw)
    assert read_ways(reader, (Way.MAIL,), required=required) == ways
    assert [error.code for error in reader.errors] == ([fault] if fault else [])


@given(ANY, st.sets(st.sampled_from(Way)))
def test_what_is_taken_is_a_choice_among_what_was_left_in_one_order(said: Any, left: set[Way]) -> None:
    reader = FieldReader({"ways": said})
    ways = read_ways(reader, left)
    if not reader.errors:
        assert ways is None or ways == tuple(way for way in Way if way in said)
        assert ways is None or set(ways) <= left
        assert [told_by(way, ways) for way in Way] == [ways is None or way in ways for way in Way]
    else:
        assert {error.field for error in reader.errors} == {"ways"}
