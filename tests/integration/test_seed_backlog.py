"""The demo city's backlog is played through the desk's own use cases."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.desk import backlog, signing_in
from chalicelib.desk.backlog import Starts
from chalicelib.domain.city import City
from chalicelib.domain.words import Role
from infra.seed import DEMO_ACCOUNTS
from infra.seed.backlog import MATTERS, fall_behind
from infra.seed.staff import demo_staff, desk_staff
from infra.seed.stories import stories
from infra.seed.working_off import work_off
from tests.integration.watching import outbox


@pytest.mark.parametrize("weekday", [0, 5])
def test_four_of_six_hard_matters_are_settled_and_one_waits_for_an_owner(city: City, weekday: int) -> None:
    now = datetime(2026, 3, 16, 4, 0, tzinfo=UTC) + timedelta(days=weekday)
    for account in DEMO_ACCOUNTS:
        if account.role is Role.LEADER:
            signing_in.open_account(demo_staff(account, city), account.password)
    fall_behind(now, work_off)
    room = backlog.room(desk_staff(Role.CLERK, city), now, Starts())
    shares = [(share.owner, share.total, share.settled) for share in room.campaign.shares]
    assert shares == [("shuji", 3, 2), ("shizhang", 2, 2), ("", 1, 0)]
    assert (room.campaign.total, room.campaign.settled, room.campaign.percent) == (6, 4, 66.7)
    assert room.people["shizhang"].titled == "江平（市长）"
    assert all(case.unit and case.reworks == 2 for case in (*room.open.cases, *room.settled.cases))
    assert [case.reworks for case in room.unowned.cases] == [2]
    assert not [message for message in outbox() if message.startswith("notices")]


def test_whoever_wrote_of_a_hard_matter_wrote_nothing_else() -> None:
    assert not {matter.phone for matter in MATTERS} & {story.phone for story in stories()}
