"""The monthly run delivered twice, killed anywhere, or run again a year later: the same numbers.

Only what the use case promises is looked at, ``assess`` and ``table``: how it reads, and what it keeps, is its affair.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import assessing, cities
from chalicelib.domain.figures import Ground
from chalicelib.domain.ranking import Row
from chalicelib.storage.table import raw_client
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.mixed import forget

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
FIRST_OF_APRIL = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
A_YEAR = timedelta(days=365)
OTHERS = 6  # units that had nothing in the month


class Killed(BaseException):
    """The function's time was up, or its machine gone."""


@pytest.fixture
def march(desk: Desk) -> Desk:
    """March is over: two units had cases, answered in time and late, rated and not, some of them under supervision."""
    units = [unit for unit in desk.city.units if unit.id != desk.city.desk_unit]
    own = [desk.signed(**_letter(number)) for number in range(6)]
    others = [desk.dispatched(title=f"占道第{n}处", text=f"第{n}处{'甲乙丙'[n] * 40}占道经营") for n in range(3)]
    for case in [*own[:4], others[0]]:
        desk.answered(case)
    desk.later(hours=3)
    for receipt, worth in zip(desk.receipts[:3], ("satisfied", "fairly", "not"), strict=True):
        desk.rated(receipt, worth)
    desk.later(days=9).swept()
    desk.answered(desk.case_of(desk.receipts[4]))
    forget()
    desk.now = FIRST_OF_APRIL
    desk.swept()
    busy = {case.unit for case in (*own, *others)}
    assert len(busy) == 2
    few = [unit for unit in units if unit.id in busy] + [unit for unit in units if unit.id not in busy][:OTHERS]
    desk_unit = [unit for unit in desk.city.units if unit.id == desk.city.desk_unit]
    desk.city = cities.use(replace(desk.city, version=desk.city.version + 1, units=(*desk_unit, *few)))
    return desk


def _letter(number: int) -> dict[str, object]:
    text = f"{UNCLEAR['text']}这是第{number}件，与别的都不相干。{'甲乙丙丁戊己'[number] * 40}"
    return {**UNCLEAR, "title": f"第{number}件难事", "text": text}


def rows(month: date = MARCH, at: datetime = FIRST_OF_APRIL) -> tuple[Row, ...]:
    """The month's numbers, counted now."""
    return assessing.assess(month, at).rows


def kept(month: date = MARCH) -> tuple[Row, ...] | None:
    """The month's numbers as they can be looked at; None while there are none."""
    table = assessing.table(month)
    return None if table is None else table.rows


@contextmanager
def killed_at(call: int) -> Iterator[list[str]]:
    """The process dies as it makes its ``call``-th call of the table; gives which it was."""
    died: list[str] = []
    made = [0]

    def count(model: object, **_: object) -> None:
        made[0] += 1
        if made[0] == call:
            died.append(model.name)  # type: ignore[attr-defined]
            raise Killed

    client = raw_client()
    client.meta.events.register("before-call", count)
    try:
        yield died
    except Killed:
        pass
    finally:
        client.meta.events.unregister("before-call", count)


def test_the_month_is_worth_the_trouble(march: Desk) -> None:
    counted = rows()
    assert len(counted) == 2
    assert sum(row.received for row in counted) == 9
    assert Ground.LEVEL_1 in {charge.ground for row in counted for charge in row.charges}
    assert any(row.due > row.on_time for row in counted)


def test_delivered_twice_it_gives_the_same_numbers_and_the_same_table(march: Desk) -> None:
    first, table = rows(), kept()
    assert rows(at=FIRST_OF_APRIL + timedelta(minutes=1)) == first == table == kept()
    assert assessing.months().count(MARCH) == 1


def test_delivered_twice_at_once_it_gives_the_same_numbers(march: Desk) -> None:
    """The other delivery runs as a whole in the middle of this one."""
    expected = rows()
    others: list[tuple[Row, ...]] = []

    def other(model: object, **_: object) -> None:
        if not others:
            others.append(())  # begun
            others[0] = rows()

    client = raw_client()
    client.meta.events.register("before-call", other)
    try:
        assert rows() == expected
    finally:
        client.meta.events.unregister("before-call", other)
    assert others == [expected]
    assert kept() == expected


def test_killed_again_and_again_it_leaves_no_half_table_and_comes_to_the_same_numbers(march: Desk) -> None:
    died = 0
    while kept() is None:
        with killed_at(9 + died):  # each goes on where the one before it stopped, and a little further
            rows()
        died += 1
        assert died < 100
    assert died > 5
    table = kept()
    assert rows() == table
    proof = assessing.recount(MARCH, march.supervisor)
    assert proof.over
    assert proof.same
    for call in range(1, 4):
        with killed_at(call):
            rows(at=FIRST_OF_APRIL + A_YEAR)
        assert kept() == table, "a table that stands is not touched by a run that died"


def test_a_year_later_it_gives_the_same_numbers_though_the_cases_have_moved_on(march: Desk) -> None:
    expected = rows()
    for _ in range(12):
        march.later(days=31).swept()
        forget()
    moved = [case for case in march.receipts if march.case_of(case).moved_at > FIRST_OF_APRIL]
    assert moved, "what stood open has climbed, and what was answered has ended"
    assert rows(at=march.now) == expected
    assert kept() == expected


def test_what_never_ran_in_time_gives_a_year_later_what_it_would_have_given(march: Desk) -> None:
    march.later(days=40).swept()
    forget()
    march.now = FIRST_OF_APRIL + A_YEAR
    march.swept()
    late = rows(at=march.now)
    assert sum(row.received for row in late) == 9
    with killed_at(3) as died:
        rows(at=march.now)
    assert died
    assert rows(at=march.now + A_YEAR) == late == kept()
