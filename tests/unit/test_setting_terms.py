"""期限设置: an office may be faster than the law and never slower, and nothing is set that it cannot read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from chalicelib.domain.errors import Invalid
from chalicelib.domain.setting_terms import (
    AT_LEAST,
    AT_MOST,
    HANDLE,
    NUMBERS,
    Set,
    TermsChange,
    changes_of,
    names,
    put_back,
    read_terms,
    shown,
    value_of,
)
from chalicelib.domain.terms import Term, Terms, TermUnit, calendar_days, hours, working_days
from chalicelib.web.messages import LANGUAGES, catalogue
from tests.unit.matter import MONDAY

AS_THEY_ARE = Terms()


def form(**changes: str) -> dict[str, str]:
    """The form as the page shows it, but for ``changes``."""
    raw: dict[str, str] = {}
    for name in names():
        value = value_of(AS_THEY_ARE, name)
        raw[name] = str(value.amount if isinstance(value, Term) else value)
        if isinstance(value, Term):
            raw[f"{name}_unit"] = value.unit
    return {**raw, **changes}


def wrong(**changes: str) -> list[tuple[str, str]]:
    """The fields that are refused, and why."""
    with pytest.raises(Invalid) as refused:
        read_terms(form(**changes), AS_THEY_ARE)
    return [(error.field, error.code) for error in refused.value.errors]


def test_every_term_of_a_city_can_be_set() -> None:
    """All but the one measure by which old letters are replayed."""
    own = {name.partition(".")[0] for name in names()}
    assert own == {field.name for field in fields(Terms)} - {"single_days"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_its_name(language: str) -> None:
    assert {f"term.{name}" for name in names()} <= set(catalogue(language))
    assert {f"term_number.{name}" for name in NUMBERS} <= set(catalogue(language))


def test_the_form_as_it_is_shown_changes_nothing() -> None:
    assert read_terms(form(), AS_THEY_ARE) == AS_THEY_ARE


def test_a_promise_can_be_made_shorter() -> None:
    terms = read_terms(form(**{f"{HANDLE}appeal": "3"}), AS_THEY_ARE)
    assert changes_of(AS_THEY_ARE, terms) == (Set(f"{HANDLE}appeal", "5w", "3w"),)


@pytest.mark.parametrize("name", AT_MOST)
def test_no_office_is_slower_than_the_law(name: str) -> None:
    most = AT_MOST[name]
    expected = "terms.between" if name in NUMBERS else "terms.law_at_most"
    assert (name, expected) in wrong(**{name: str(most + 1)})
    assert read_terms(form(**{name: str(most)}), AS_THEY_ARE) is not None


@pytest.mark.parametrize("name", AT_LEAST)
def test_what_a_citizen_is_given_is_not_shortened(name: str) -> None:
    assert wrong(**{name: "29"}) == [(name, "terms.law_at_least")]
    assert wrong(**{f"{name}_unit": TermUnit.HOURS}) == [(name, "terms.law_at_least")]


def test_the_laws_terms_are_counted_in_calendar_days() -> None:
    assert ("handle_law", "terms.law_at_most") in wrong(handle_law="20", handle_law_unit=TermUnit.WORKING_DAYS)


def test_a_promise_beyond_the_law_is_no_promise() -> None:
    assert wrong(accept="16") == [("accept", "terms.beyond_law")]
    assert wrong(**{f"{HANDLE}advice": "61"}) == [(f"{HANDLE}advice", "terms.beyond_law")]


@pytest.mark.parametrize("text", ["", "0", "-3", "3.5", "五", "５", "1e3", "9999999", "<b>", "5 "])
def test_what_is_no_term_is_refused_by_its_field(text: str) -> None:
    if text.strip() == "5":
        assert read_terms(form(sign=text), AS_THEY_ARE).sign == working_days(5)
    else:
        assert [field for field, _ in wrong(sign=text)] == ["sign"]


def test_each_field_that_is_wrong_is_named() -> None:
    assert {field for field, _ in wrong(sign="", minutes="x", called_back_of_100="101")} == {
        "sign",
        "minutes",
        "called_back_of_100",
    }


amounts = st.one_of(
    st.integers(1, 720).map(hours), st.integers(1, 1000).map(working_days), st.integers(1, 3653).map(calendar_days)
)


@given(st.sampled_from(["sign", "minutes", "answer", "supervision_step", "retention"]), amounts)
def test_whatever_was_set_is_put_back_as_it_was(name: str, term: Term) -> None:
    after = read_terms(form(**{name: str(term.amount), f"{name}_unit": term.unit}), AS_THEY_ARE)
    assert value_of(after, name) == term
    change = TermsChange(2, MONDAY, "admin", "管理员", changes_of(AS_THEY_ARE, after))
    assert put_back(after, change) == AS_THEY_ARE


def test_putting_back_leaves_what_others_changed_since() -> None:
    first = replace(AS_THEY_ARE, sign=working_days(1))
    change = TermsChange(2, MONDAY, "admin", "管理员", changes_of(AS_THEY_ARE, first))
    later = replace(first, minutes=working_days(3))
    assert put_back(later, change) == replace(AS_THEY_ARE, minutes=working_days(3))


def test_what_the_law_is_against_is_not_put_back() -> None:
    change = TermsChange(2, MONDAY, "admin", "管理员", (Set("handle_law", "90d", "60d"),))
    with pytest.raises(Invalid):
        put_back(AS_THEY_ARE, change)


def test_a_number_is_shown_as_itself_and_a_term_in_few_letters() -> None:
    assert (shown(10), shown(hours(24)), shown(calendar_days(60))) == ("10", "24h", "60d")
