"""The picture of a case's life is the code's, and walks go every way that it shows."""

import pytest

from chalicelib.domain.moves import MOVES
from chalicelib.domain.words import Action
from infra.life import PAGE, _both, page
from infra.walk.ways import BESIDE, BY_TIME, OPEN_WAYS, RECORDS, ways_of


def test_the_page_is_what_the_code_gives() -> None:
    assert PAGE.read_text("utf-8") == page(), "`make life` draws it anew"


def test_every_move_has_its_events() -> None:
    assert set(RECORDS) == set(MOVES) == set(Action)
    assert set(OPEN_WAYS) <= {action for action, move in MOVES.items() if move.to is None}


@pytest.mark.parametrize("action", Action)
def test_a_way_begins_where_the_move_may_be_taken(action: Action) -> None:
    assert {before for before, _ in ways_of(action)} <= MOVES[action].states


def test_every_change_of_state_is_told() -> None:
    told = page()
    changes = {way for action in MOVES for way in ways_of(action)} | set(BY_TIME) | {way for way, _ in BESIDE.values()}
    for before, after in changes:
        if before is after:
            continue  # called anew, a conference is put off
        drawn = f"    {before.value} --> {after.value} : "
        listed = [
            line for line in told.splitlines() if line.startswith("- ") and f"→ **{_both('state', after)}**" in line
        ]
        assert drawn in told or any(_both("state", before) in line for line in listed)
