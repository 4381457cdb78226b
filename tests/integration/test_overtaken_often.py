"""Whoever others are faster than at every try is told so in the end, and nothing of what they began is kept."""

from typing import Any

import pytest

from chalicelib.desk import contesting, second_step, talk_filing, talk_room
from chalicelib.domain.contests import ContestState
from chalicelib.domain.errors import Changed, NotAllowed
from chalicelib.storage import contests, second_steps, talks
from chalicelib.storage.notices import inbox
from tests.integration.chatting import Caller
from tests.integration.desk import Desk
from tests.integration.runs import MARCH
from tests.integration.test_chat_api import CALLED, LETTER, open_desk
from tests.integration.test_contesting import contested, unit
from tests.integration.test_second_step import CLERK, OFFICE, account, enrolled, office
from tests.integration.watching import overtaken
from tests.integration.wire import Page

__all__ = ["office", "open_desk", "unit"]  # fixtures


def test_a_head_who_is_overtaken_contests_at_the_next_try_or_is_told_so(unit: str) -> None:
    with overtaken(times=contesting.TRIES), pytest.raises(Changed):
        contested(unit)
    assert (list(contests.of_month(MARCH)), list(inbox("supervisors"))) == ([], [])
    with overtaken(times=contesting.TRIES - 1):
        contested(unit)
    assert [one.state for one in contests.of_month(MARCH)] == [ContestState.OPEN]


def test_who_hands_in_a_talk_that_never_rests_is_told_so_and_nothing_is_filed(
    page: Page, open_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(page)
    caller.says("路灯坏了")
    talk_room.take(caller.id, open_desk.clerk, open_desk.now)
    with overtaken(times=100), pytest.raises(Changed):
        talk_filing.file(caller.id, LETTER, open_desk.clerk, CALLED, open_desk.now)
    assert not talks.read(caller.id).talk.receipt


def test_recovery_codes_are_not_renewed_by_one_whose_second_step_is_taken_off_meanwhile(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _, _ = enrolled(office)
    proven = second_step.check

    def meanwhile(*arguments: Any) -> None:
        proven(*arguments)
        second_steps.forget(CLERK.login)

    monkeypatch.setattr(second_step, "check", meanwhile)
    with pytest.raises(NotAllowed):
        second_step.renew_codes(account(), phone.code(), OFFICE, "", office.now)
    assert second_steps.load(CLERK.login) is None, "no codes are left that nobody needs"
