"""The demo city's counter has a call, a visit, and letters whose writers wait to be told."""

from datetime import UTC, datetime

from chalicelib.desk import by_hand, working
from chalicelib.domain.city import City
from chalicelib.domain.words import Role
from chalicelib.storage import cases
from infra.seed.counter import receive_at_the_counter
from infra.seed.staff import desk_staff, leader_of
from infra.seed.working_off import work_off
from tests.integration.watching import outbox


def test_a_newcomer_finds_whom_to_tell_by_telephone_and_by_post(city: City) -> None:
    now = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
    receive_at_the_counter(now, work_off)
    waiting = by_hand.waiting(desk_staff(Role.CLERK, city))
    assert {(str(one.way), one.submission.channel.value) for one in waiting} == {("post", "letter"), ("call", "phone")}
    [answered] = [one for one in waiting if one.title.startswith("柳荫里")]
    assert cases.event(answered.steps[-1].case_id, answered.steps[-1].event).kind == "Replied"
    assert not [message for message in outbox() if message.startswith(("routing", "notices"))]


def test_what_was_passed_down_stands_in_the_leader_s_own_mailbox(city: City) -> None:
    receive_at_the_counter(datetime(2026, 3, 20, 4, 0, tzinfo=UTC), work_off)
    [case] = working.worklist(leader_of("leader-mayor", city), "leader-mayor", 10).cases
    assert case.title.startswith("请在港前路")
