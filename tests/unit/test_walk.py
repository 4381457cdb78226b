"""The random walks find nothing wrong with the life of a case, and do find what is wrong when something is."""

import json
from datetime import datetime

import pytest
from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Refused
from chalicelib.domain.events import Event
from chalicelib.domain.folding import fold
from chalicelib.domain.moves import MOVES, permit
from chalicelib.domain.words import Action, State
from chalicelib.storage.records import pack, unpack_event
from infra.walk import judging, walking
from infra.walk.__main__ import Figures, main, walk
from infra.walk.judging import Wrong
from infra.walk.walking import Walk

ENOUGH = 40  # walks, to find a fault that is planted


@pytest.mark.parametrize("seed", [1, 2])
def test_walks_take_every_move_and_find_nothing_wrong(seed: int) -> None:
    figures = walk(400, seed)
    assert not figures.wrong
    assert figures.never == []
    assert figures.moves == sum(figures.taken.values()) > 400
    assert figures.refused > 400


def test_the_same_seed_walks_the_same_way() -> None:
    first, again, other = Walk(7, 3).go(), Walk(7, 3).go(), Walk(8, 3).go()
    assert (first.taken, first.refused) == (again.taken, again.refused)
    assert (first.taken, first.refused) != (other.taken, other.refused)


def test_one_json_object_tells_what_was_walked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("N", "2")
    monkeypatch.setenv("SEED", "5")
    code = main()
    told = json.loads(capsys.readouterr().out)
    assert code == 1, "two walks cannot take every move"
    assert told["walks"] == 2
    assert set(told["taken"]) == {action.value for action in MOVES}
    assert {"moves", "refused", "stuck", "illegal_accepted", "fold_mismatches", "chain_breaks"} <= set(told)


@pytest.mark.parametrize("given", ["-1", "many", "9" * 10])
def test_a_number_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("N", given)
    assert main() == 2


def found() -> Figures:
    """What walks find while a fault is planted."""
    return walk(ENOUGH, 1)


def test_a_fold_that_forgets_something_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "fold", lambda events: replace(fold(events), supplements=0))
    assert found().wrong[Wrong.FOLD]


def test_a_field_that_is_not_written_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(case: Case) -> str:
        return pack(replace(case, signed_at=None))

    monkeypatch.setattr("infra.walk.matter.pack", forgetful)
    assert found().wrong[Wrong.FOLD]


def test_an_altered_event_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def altered(text: str) -> Event:
        event = unpack_event(text)
        noted = isinstance(event.payload, happened.Noted)
        return replace(event, payload=happened.Noted("另写的。", True)) if noted else event

    monkeypatch.setattr("infra.walk.matter.unpack_event", altered)
    assert found().wrong[Wrong.CHAIN]


def test_a_desk_that_permits_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def anything(case: Case, action: Action, by: happened.Actor, at: datetime) -> None:
        """Nobody is ever refused, but for what would make no sense at all."""
        row = MOVES[action]
        if case.state not in row.states or not all(need.holds(case, by, at) for need in row.needs):
            permit(case, action, by, at)

    monkeypatch.setattr(walking, "permit", anything)
    assert found().wrong[Wrong.ILLEGAL_ACCEPTED]


def test_a_desk_that_permits_too_little_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_notes(case: Case, action: Action, by: happened.Actor, at: datetime) -> None:
        if action is Action.NOTE:
            raise Refused
        permit(case, action, by, at)

    monkeypatch.setattr(walking, "permit", no_notes)
    assert found().wrong[Wrong.LEGAL_REFUSED]


def test_a_case_that_nothing_will_ever_move_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    due = Case.next_due_at

    def forgotten(case: Case, after: datetime) -> datetime | None:
        return None if case.state is State.RETURNED else due(case, after)

    monkeypatch.setattr(Case, "next_due_at", forgotten)
    assert found().wrong[Wrong.STUCK]


def test_a_unit_that_keeps_what_it_returned_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fold_returned = apply.dispatch(happened.Returned)
    apply.register(happened.Returned)(
        lambda payload, case, event: replace(fold_returned(payload, case, event), unit=case.unit)
    )
    try:
        assert found().wrong[Wrong.TWO_IN_CHARGE]
    finally:
        apply.register(happened.Returned)(fold_returned)


def test_a_citizen_who_withdrew_and_still_speaks_is_found() -> None:
    fold_gone = apply.dispatch(happened.VoiceWithdrawn)
    apply.register(happened.VoiceWithdrawn)(lambda payload, case, event: case)
    try:
        assert walk(150, 1).wrong[Wrong.VOICES]
    finally:
        apply.register(happened.VoiceWithdrawn)(fold_gone)


def test_what_stays_public_without_consent_is_found() -> None:
    fold_down = apply.dispatch(happened.DecisionTakenDown)
    apply.register(happened.DecisionTakenDown)(lambda payload, case, event: case)
    try:
        assert walk(300, 4).wrong[Wrong.CONSENT]
    finally:
        apply.register(happened.DecisionTakenDown)(fold_down)


def test_what_raises_no_refusal_stops_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(walking, "decide", broken)
    with pytest.raises(ZeroDivisionError) as raised:
        found()
    assert raised.value.__notes__ == ["in walk 0 of seed 1"]
