"""Looks at sealed matters and at names: each is on record, and none stands in anybody's way."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import handling, working
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.events import Looked
from chalicelib.domain.folding import fold
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Kind, Light, Role, State
from chalicelib.storage import cases
from tests.integration.desk import Desk
from tests.integration.test_races import between
from tests.integration.test_uploading import PNG, uploaded
from tests.integration.visitor import Visitor


def accusation(desk: Desk, **changes: object) -> Case:
    """A sealed case that its unit has been given."""
    case = desk.routed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), **changes)
    assert case.unit is not None
    return case


def looks(case: Case) -> list[tuple[str, int | None]]:
    """Who looked into the case, at all of it or at which file."""
    record = cases.record_of(case.case_id)
    return [(event.by.id, event.payload.number) for event in record if isinstance(event.payload, Looked)]


def place(case: Case) -> str:
    """The case's page."""
    return f"/console/cases/{case.case_id}"


def test_who_opens_a_sealed_case_is_on_record_before_it_is_shown(now: Desk) -> None:
    case = accusation(now)
    person = Visitor(now.handler(case)).sign_in().get(place(case))
    assert looks(case) == [("handler", None)]
    assert "查看记录 1 次" in person.page
    assert re.search(r"孙立</b>.*?查看密封件", person.page, re.DOTALL)


def test_who_may_not_read_it_is_not_shown_who_did_and_leaves_no_look(now: Desk) -> None:
    case = accusation(now)
    working.dossier(now.handler(case), case.case_id, now.now)
    clerk = Visitor(now.clerk).sign_in().get(place(case))
    assert clerk.status == 200
    assert "查看密封件" not in clerk.page
    assert "查看记录" not in clerk.page
    assert "孙立" not in clerk.page
    assert looks(case) == [("handler", None)]


def test_a_case_that_is_not_sealed_is_opened_without_a_trace(now: Desk) -> None:
    case = now.dispatched()
    working.dossier(now.handler(case), case.case_id, now.now)
    assert cases.load(case.case_id).version == case.version


def test_a_file_of_a_sealed_case_is_fetched_on_record(now: Desk) -> None:
    leave = now.leave(size=len(PNG))
    uploaded(leave, PNG)
    case = accusation(now, uploads=[leave.ticket])
    working.file_of(now.handler(case), case.case_id, case.receipts[0], 0, now.now)
    assert looks(case) == [("handler", 0)]
    with pytest.raises(NotFound):
        working.file_of(now.handler(case), case.case_id, case.receipts[0], 1, now.now)
    assert len(looks(case)) == 1


def test_of_two_with_the_same_sealed_case_open_one_looks_again_and_the_other_s_step_goes_through(now: Desk) -> None:
    case = accusation(now)
    first = Visitor(now.handler(case)).sign_in().get(place(case))
    Visitor(now.head(case)).sign_in().get(place(case)).get(place(case))
    assert first.send(f"{place(case)}/signature").status == 303
    assert cases.load(case.case_id).state is State.IN_HANDLING
    assert fold(cases.record_of(case.case_id)) == cases.load(case.case_id)


def test_a_look_at_a_name_makes_nobody_s_form_stale_either(now: Desk) -> None:
    case = now.dispatched()
    working.petitioner_of(now.clerk, case.case_id, case.receipts[0], now.now)
    assert handling.sign(case.case_id, case.version, now.handler(case), now.now).state is State.IN_HANDLING


def test_a_real_change_between_the_looks_is_told_with_what_it_was_and_without_them(now: Desk) -> None:
    case = accusation(now)
    first = Visitor(now.handler(case)).sign_in().get(place(case))
    second = Visitor(now.head(case)).sign_in().get(place(case))
    assert second.send(f"{place(case)}/signature").status == 303
    first.send(f"{place(case)}/signature")
    assert first.status == 409
    news = first.page.partition('role="alert"')[2].partition("</div>")[0]
    assert "签收" in news
    assert "查看" not in news


@pytest.mark.parametrize("version", [0, -1, 99])
def test_a_version_that_never_was_is_not_taken_for_a_look(now: Desk, version: int) -> None:
    case = accusation(now)
    working.dossier(now.handler(case), case.case_id, now.now)
    with pytest.raises(Changed):
        handling.sign(case.case_id, version, now.handler(case), now.now)


def look(desk: Desk, case: Case) -> Callable[[], object]:
    """The head opens the case."""
    return lambda: working.dossier(desk.head(case), case.case_id, desk.now)


def test_a_step_that_meets_a_look_between_reading_and_writing_goes_through(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = accusation(now)
    between(monkeypatch, look(now, case))
    assert handling.sign(case.case_id, case.version, now.handler(case), now.now).state is State.IN_HANDLING
    assert looks(case) == [("head", None)]


def test_a_look_that_loses_a_race_is_tried_again(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = accusation(now)
    between(monkeypatch, look(now, case), times=2)
    dossier = working.dossier(now.handler(case), case.case_id, now.now)
    assert looks(case) == [("head", None), ("head", None), ("handler", None)]
    assert dossier.version == cases.load(case.case_id).version
    assert len(dossier.looks) == 3


def test_a_look_that_always_loses_shows_nothing(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = accusation(now)
    noted = Staff("other", "另一人", Role.HANDLER, case.unit)
    between(monkeypatch, lambda: working.dossier(noted, case.case_id, now.now), times=100)
    with pytest.raises(Changed):
        working.dossier(now.handler(case), case.case_id, now.now)
    assert ("handler", None) not in looks(case)


def test_a_look_moves_nothing_so_that_what_falls_due_is_not_swallowed(desk: Desk) -> None:
    case = accusation(desk)
    clock = case.deadline
    assert clock is not None
    desk.now = clock.yellow_at + timedelta(minutes=1)
    working.dossier(desk.handler(case), case.case_id, desk.now)
    looked_at = cases.load(case.case_id)
    assert replace(looked_at, version=case.version, last_hash=case.last_hash) == case
    assert desk.swept().moved == 1
    assert cases.load(case.case_id).light is Light.YELLOW
    assert [event.kind for event in cases.record_of(case.case_id)].count("LightChanged") == 1


def test_of_looks_the_citizen_sees_no_step(now: Desk) -> None:
    from chalicelib.desk.tracking import track
    from chalicelib.entrypoints.views import status_view

    case = accusation(now)
    working.dossier(now.handler(case), case.case_id, now.now)
    steps = status_view(track(case.receipts[0], now.now), now.city, "zh").steps
    assert "查看" not in repr(steps)
