"""Several who recount after one amendment of the calendar: who knows the older one learns of it, who is beaten tries
again.
"""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, recounting
from chalicelib.domain.errors import Changed
from chalicelib.storage import recounts
from tests.integration.desk import Desk
from tests.integration.test_recounting import TYPHOON, always, recounted, settled, some, typhoon
from tests.integration.watching import overtaken


def begun_by_another(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Right after each of the next readings of the recount another begins it."""
    honest, left = recounts.load, iter([True] * times)

    def load() -> recounts.Recount | None:
        kept = honest()
        if kept is not None and next(left, False):
            recounts.save(replace(kept, version=kept.version + 1))
        return kept

    monkeypatch.setattr(recounts, "load", load)


def amended_elsewhere(desk: Desk) -> None:
    """Another process has amended the calendar; this one still knows the older city."""
    known = cities.known()
    typhoon(desk)
    cities.use(known)


def test_of_two_who_begin_at_once_the_later_begins_anew_and_gives_up_only_if_it_never_is_its_turn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_cases = some(desk, 1)
    typhoon(desk)
    with monkeypatch.context() as patched:
        begun_by_another(patched, times=100)
        with pytest.raises(Changed):
            recounting.begin(desk.now)
    before = recounts.load()
    with monkeypatch.context() as patched:
        begun_by_another(patched, times=1)
        begun = recounting.begin(desk.now)
    assert before is not None
    assert begun.version == before.version + 2
    settled(desk)
    assert [recounted(case) for case in open_cases] == [1] * len(open_cases)


@pytest.mark.parametrize("does", [recounting.begin, recounting.under_way])
def test_who_knows_an_older_city_asks_for_the_one_that_is_counted_by_and_does_not_begin_anew(
    desk: Desk, does: Callable[..., recounts.Recount | None]
) -> None:
    some(desk, 1)
    amended_elsewhere(desk)
    kept = recounts.load()
    assert kept is not None
    assert cities.known().version < kept.city
    assert does(desk.now) == kept == recounts.load()
    assert cities.known().version == kept.city
    assert [day.note for day in cities.known().days] == [TYPHOON["note"]]


def test_a_case_that_others_move_time_after_time_stops_no_other_and_is_counted_in_the_next_round(
    desk: Desk,
) -> None:
    open_cases = some(desk, 3)
    typhoon(desk)
    with overtaken(times=recounting.TRIES):
        first = recounting.work(desk.now, always)
    assert first is not None
    assert sorted(recounted(case) for case in open_cases) == [0, 1, 1, 1]
    done = recounting.work(desk.now + recounting.KNOWN_EVERYWHERE, always)
    assert done is not None
    assert (done.failed, done.finished_at is None) == (0, False)
    assert [recounted(case) for case in open_cases] == [1] * len(open_cases)
