"""Dead letters are moved back so many at a time, and none is lost on the way."""

import pytest

from chalicelib.desk import administering
from chalicelib.domain.messages import Topic
from chalicelib.gateways import queues
from tests.integration.desk import Desk
from tests.integration.watching import peeked


def test_more_dead_letters_than_one_request_moves_wait_for_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administering, "MOST_AT_ONCE", 1)
    bodies = [f"letter {number}" for number in range(3)]
    for body in bodies:
        queues.put_back(queues.dead_letters_of(Topic.MAIL), body)
    moved = 0
    while left := administering.dead_letters(Topic.MAIL):
        moved += administering.redrive(Topic.MAIL)
        assert administering.dead_letters(Topic.MAIL) < left
    assert moved == len(bodies)
    assert sorted(body for body, _ in peeked(Topic.MAIL)) == bodies
