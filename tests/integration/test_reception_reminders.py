"""Who booked on a reception is reminded the day before: by the sweep, once, and without looking at what is not due."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.receptions import Reception
from chalicelib.storage import receptions
from tests.integration import providers
from tests.integration.desk import Desk
from tests.integration.receiving import booked, planned
from tests.integration.telling import tell
from tests.integration.watching import everything, outbox, watched

PHONE = "19900001234"


@pytest.fixture
def real(desk: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield desk


def on_the_eve(desk: Desk, reception: Reception) -> None:
    """It is nine in the morning of the day before."""
    eve = reception.plan.starts_at.astimezone(SHANGHAI) - timedelta(days=1)
    desk.now = eve.replace(hour=9, minute=0, second=0, microsecond=0).astimezone(desk.now.tzinfo)


def texts() -> list[str]:
    """The text of every SMS."""
    return [text for _, text in providers.sms()]


def test_the_reminder_goes_out_the_day_before_by_the_sweep_once(real: Desk) -> None:
    reception = planned(real, days=4)
    booked(real, reception, phone=PHONE)
    on_the_eve(real, reception)
    assert real.later(minutes=-1).swept().reminded == 0
    assert real.later(minutes=1).swept().reminded == 1
    assert tell(real) == []
    for _ in range(3):
        assert real.later(minutes=15).swept().reminded == 0
        assert tell(real) == []
    [text] = texts()
    assert "提醒" in text
    assert "身份证" in text


def test_the_sweep_reads_the_receptions_that_are_due_and_no_others(desk: Desk) -> None:
    due = planned(desk, days=2)
    booked(desk, due)
    for days in range(10, 22):
        booked(desk, planned(desk, days=days))
    planned(desk, days=2)
    on_the_eve(desk, due)
    with watched() as calls:
        swept = desk.swept()
    assert (swept.reminded, calls.looked_at) == (1, 1)
    assert "Scan" not in calls
    assert "due_at" not in everything()[f"reception#{due.id} reception"]


def test_a_booking_made_while_the_sweep_reminds_is_not_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.desk import announcing

    reception = planned(desk)
    booked(desk, reception)
    on_the_eve(desk, reception)
    honest = announcing.remind

    def overtaken(stale: Reception, at: datetime) -> None:
        booked(desk, reception)
        honest(stale, at)

    monkeypatch.setattr(announcing, "remind", overtaken)
    assert (desk.swept().moved_meanwhile, len(outbox())) == (1, 0)
    monkeypatch.undo()
    assert desk.swept().reminded == 1
    assert len(receptions.load(reception.id).bookings) == 2


def test_a_sweep_that_comes_after_the_day_reminds_nobody_and_is_done_with_it(real: Desk) -> None:
    reception = planned(real)
    booked(real, reception)
    real.later(days=9).swept()
    assert tell(real) == []
    assert texts() == []
    assert "due_at" not in everything()[f"reception#{reception.id} reception"]
