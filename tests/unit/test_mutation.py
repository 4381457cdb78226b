"""Which changes of the rules are drawn, and what their fate says of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.mutation import drawn, report, wilson

NOTICED, SURVIVED, UNREACHED, ENDLESS, UNTRIED = 1, 0, 33, 36, None
CHANGES = [f"chalicelib.domain.clocks.x_yellow_at__mutmut_{number}" for number in range(1, 200)]


@given(st.integers(0, 250), st.integers(0, 250), st.integers())
def test_a_greater_sample_of_the_same_seed_holds_the_smaller(one: int, other: int, seed: int) -> None:
    less, more = sorted((one, other))
    assert drawn(CHANGES, more, seed)[:less] == drawn(reversed(CHANGES), less, seed)
    assert len(set(drawn(CHANGES, more, seed))) == min(more, len(CHANGES))


def test_another_seed_draws_other_changes_and_no_number_draws_all() -> None:
    assert drawn(CHANGES, 20, 1) != drawn(CHANGES, 20, 2)
    assert sorted(drawn(CHANGES, None, 1)) == sorted(CHANGES)


@pytest.mark.parametrize(
    ("found", "tried", "least", "most"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)],
)
def test_the_interval_of_a_share_is_that_of_the_books(found: int, tried: int, least: float, most: float) -> None:
    """The last two are of Newcombe 1998, table I."""
    assert wilson(found, tried) == pytest.approx((least, most), abs=1e-4)


CODES = {
    "chalicelib.domain.clocks.x_yellow_at__mutmut_1": NOTICED,
    "chalicelib.domain.clocks.xǁClockǁput_off__mutmut_2": SURVIVED,
    "chalicelib.domain.clocks.x__set_by__mutmut_3": ENDLESS,
    "chalicelib.domain.chain.x_link__mutmut_4": UNREACHED,
    "chalicelib.domain.chain.x_link__mutmut_5": UNTRIED,
    "chalicelib.domain.moves.x_permit__mutmut_6": UNTRIED,
}


def test_who_survived_is_named_with_its_module_and_function() -> None:
    found = report(CODES, list(CODES)[:4])
    assert (found["mutants"], found["sampled"], found["tried"], found["noticed"]) == (6, 4, 4, 2)
    assert (found["unreached"], found["noticed_percent"], found["interval_95"]) == (1, 50.0, [15.0, 85.0])
    assert found["survivors"] == [
        {"name": list(CODES)[3], "module": "chain", "function": "link", "why": "no tests"},
        {"name": list(CODES)[1], "module": "clocks", "function": "Clock.put_off", "why": "survived"},
    ]
    assert found["modules"] == {
        "chain": {"mutants": 2, "tried": 1, "survived": 1},
        "clocks": {"mutants": 3, "tried": 3, "survived": 1},
    }


def test_a_sample_that_was_cut_off_and_all_there_is_have_no_interval() -> None:
    cut_off, nothing = report(CODES, list(CODES)[1:5]), report(CODES, list(CODES)[4:])
    assert (cut_off["sampled"], cut_off["tried"], cut_off["interval_95"]) == (4, 3, None)
    assert (nothing["tried"], nothing["noticed_percent"], nothing["interval_95"]) == (0, None, None)
    tried = {name: code for name, code in CODES.items() if code is not UNTRIED}
    assert report(tried, list(tried))["interval_95"] is None
