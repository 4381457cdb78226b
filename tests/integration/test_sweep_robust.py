"""The sweep run twice, late, beside another, or killed half-way: every case ends as one punctual sweep leaves it.

Where the clock says the same, "as" means to the byte, all that lies in the table. Where a sweep comes later than it
might have, only the moments of its events differ, and what is written of them: ``mixed.Standing`` says what may not.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct

from chalicelib.desk import committing, supervising
from chalicelib.desk.committing import Step
from chalicelib.desk.supervising import Swept, sweep
from chalicelib.domain.messages import Topic
from chalicelib.storage import unit_of_work
from chalicelib.storage.unit_of_work import RESEND_AFTER
from tests.integration.desk import Desk
from tests.integration.mixed import Table, bring_back, forget, mixed, next_due, standings
from tests.integration.telling import tell
from tests.integration.watching import everything, outbox, sent

QUARTER = timedelta(minutes=15)
AT_ONCE = 18  # cases that are due, at least


@pytest.fixture
def due(desk: Desk) -> Desk:
    """A desk on which many things have just fallen due."""
    mixed(desk)
    return desk.later(days=4, hours=10)


class Killed(BaseException):
    """The function's time was up, or its machine gone."""


class Once(Struct, frozen=True):
    """What one sweep does: how many cases it moves, and the table after it."""

    moved: int
    table: Table


def swept_once(desk: Desk) -> Once:
    """What one sweep does; then everything is as it was before."""
    before = everything()
    swept = desk.swept()
    assert swept.moved >= AT_ONCE
    assert (swept.failed, swept.moved_meanwhile, swept.resent) == (0, 0, 0)
    once = Once(swept.moved, everything())
    bring_back(before)
    return once


def told_twice(desk: Desk) -> Table:
    """The table after the notices' queue was worked off, twice, and what was left unsent was sent."""
    at = desk.now
    desk.now += RESEND_AFTER
    desk.swept()
    desk.now = at
    for _ in range(2):
        assert tell(desk) == []
    assert not outbox()
    return everything()


def told_after(once: Once, desk: Desk) -> Table:
    """The same after the one sweep, whose messages were all lost on the way."""
    bring_back(once.table)
    return told_twice(desk)


# Twice.


def test_a_second_sweep_at_the_same_moment_changes_not_a_byte(due: Desk) -> None:
    due.swept()
    once = everything()
    again = due.swept()
    assert (again.moved, again.resent, again.moved_meanwhile, again.failed) == (0, 0, 0, 0)
    assert everything() == once


def test_each_event_has_one_message_and_whoever_is_told_twice_hears_it_once(due: Desk) -> None:
    due.swept()
    due.swept()
    messages = sent(Topic.NOTICES)
    assert len({message.id for message in messages}) == len(messages)
    assert {message.id for message in messages} == outbox()
    once = told_twice(due)
    assert tell(due) == []
    assert everything() == once


# Beside another.


@pytest.mark.parametrize("place", [0, AT_ONCE // 2])
def test_a_whole_other_sweep_between_reading_and_writing_leaves_what_one_sweep_leaves(
    due: Desk, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    once, honest, left = swept_once(due), committing.finish, [place]
    others: list[Swept] = []

    def finish(*steps: Step, **rest: object) -> None:
        left[0] -= 1
        if left[0] == -1:
            others.append(sweep(due.now))
        honest(*steps, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(supervising, "finish", finish)
    own = due.swept()
    monkeypatch.undo()
    assert own.moved == place
    assert own.moved + others[0].moved == once.moved
    assert 0 < own.moved_meanwhile <= others[0].moved
    assert everything() == once.table


def test_two_sweeps_item_by_item_leave_what_one_leaves(due: Desk) -> None:
    once = swept_once(due)
    one, other = alternating(lambda go_on: sweep(due.now, go_on), lambda go_on: sweep(due.now, go_on))
    assert one.moved + other.moved == once.moved
    assert one.moved > 0
    assert one.failed == other.failed == 0
    assert one.moved_meanwhile + other.moved_meanwhile > 0
    assert everything() == once.table
    assert told_twice(due) == told_after(once, due)


def test_two_sweeps_of_which_one_is_a_quarter_of_an_hour_ahead_leave_every_case_as_one_leaves_it(due: Desk) -> None:
    before = everything()
    due.swept()
    due.now += QUARTER
    due.swept()
    once = standings(due)
    bring_back(before)
    later = due.now
    one, other = alternating(lambda go_on: sweep(later - QUARTER, go_on), lambda go_on: sweep(later, go_on))
    assert one.failed == other.failed == 0
    assert standings(due) == once


def alternating(*sweeps: Callable[[Callable[[], bool]], Swept]) -> list[Swept]:
    """Run two sweeps in turn, an item each: while one works, the other waits."""
    turns = [threading.Semaphore(1), threading.Semaphore(0)]
    done: dict[int, Swept] = {}

    def run(number: int) -> None:
        own, others = turns[number], turns[1 - number]

        def go_on() -> bool:
            others.release()
            own.acquire()
            return True

        own.acquire()
        done[number] = sweeps[number](go_on)
        for _ in range(1000):  # the other need not wait any more
            others.release()

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [done[0], done[1]]


# Killed.


def before_the_commit(monkeypatch: pytest.MonkeyPatch, commits: int) -> None:
    """The sweep dies as it is about to write, after so many commits."""
    honest, left = unit_of_work.commit, [commits]

    def commit(work: object) -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        honest(work)  # type: ignore[arg-type]

    monkeypatch.setattr(committing, "commit", commit)


def before_the_messages(monkeypatch: pytest.MonkeyPatch, commits: int) -> None:
    """The sweep dies between a commit and its messages, after so many commits before."""
    honest, left = committing.send, [commits]

    def send(messages: object) -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        honest(messages)  # type: ignore[arg-type]

    monkeypatch.setattr(committing, "send", send)


@pytest.mark.parametrize(("kill", "first", "then"), [(before_the_commit, 0, 1), (before_the_messages, 0, 0)])
def test_sweeps_that_are_killed_at_each_item_in_turn_leave_what_one_whole_sweep_leaves(
    due: Desk,
    monkeypatch: pytest.MonkeyPatch,
    kill: Callable[[pytest.MonkeyPatch, int], None],
    first: int,
    then: int,
) -> None:
    once = swept_once(due)
    commits, kills = first, 0
    while True:
        with dying(monkeypatch, kill, commits) as died:
            due.swept()
        if not died:
            break
        kills, commits = kills + 1, then
    assert kills == once.moved, "each was once the one at which the sweep died"
    assert everything() == once.table
    assert told_twice(due) == told_after(once, due)


@contextmanager
def dying(
    monkeypatch: pytest.MonkeyPatch, kill: Callable[[pytest.MonkeyPatch, int], None], commits: int
) -> Iterator[list[bool]]:
    """What is done inside may be killed; gives whether it was."""
    died: list[bool] = []
    with monkeypatch.context() as patched:
        kill(patched, commits)
        try:
            yield died
        except Killed:
            died.append(True)


# Late.


@pytest.mark.parametrize("days", [0, 24, 169])
def test_a_sweep_that_is_three_days_late_leaves_every_case_as_punctual_sweeps_leave_it(desk: Desk, days: int) -> None:
    mixed(desk)
    while desk.later(days=days).swept().moved:
        days = 0
    forget()
    before, begins = everything(), desk.now
    ends = begins + timedelta(days=3)
    sweeps = 0
    while (due := _quarter_from(next_due())) <= ends:
        desk.now, sweeps = due, sweeps + 1
        desk.swept()
        forget()
    assert sweeps, "or there was nothing to be late for"
    desk.now = ends
    punctual = standings(desk)
    bring_back(before)
    desk.swept()
    assert standings(desk) == punctual
    forget()
    assert desk.swept().moved == 0


def _quarter_from(at: datetime) -> datetime:
    """The first sweep from ``at`` on."""
    return at + (datetime.min.replace(tzinfo=UTC) - at) % QUARTER
