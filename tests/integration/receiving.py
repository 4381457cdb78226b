"""Builders for receptions: planned by the clerk, booked by citizens, through the use cases that people use."""

import itertools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib.desk import booking, receiving
from chalicelib.desk.booking import Booked
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.receptions import Reception
from chalicelib.storage import receptions
from tests.integration.desk import Desk

ADDRESS = "203.0.113.7"
LEADER = "leader"
_phones = itertools.count(13_000_000_000)


def plan_form(starts_at: datetime, **changes: str) -> dict[str, str]:
    """What the clerk fills in for a leader's day with three places, unless ``changes`` says otherwise."""
    local = starts_at.astimezone(SHANGHAI)
    return {
        "key": uuid.uuid4().hex,
        "kind": "leader",
        "host": "高远（市委书记）",
        "leader": "",
        "day": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M}",
        "place": "市人民来访接待中心一楼",
        "places": "3",
        "minutes": "20",
        **changes,
    }


def planned(desk: Desk, days: float = 3, **changes: str) -> Reception:
    """A reception in so many days."""
    return receiving.plan(plan_form(desk.now + timedelta(days=days), **changes), desk.clerk, desk.now)


def joint(desk: Desk, days: float = 3, **changes: str) -> Reception:
    """A joint reception of two units."""
    return planned(desk, days, kind="joint", **{"unit.housing": "yes", "unit.urban-management": "yes"}, **changes)


def booking_form(**changes: object) -> dict[str, object]:
    """What the page sends for one citizen, another each time."""
    return {
        "key": uuid.uuid4().hex,
        "name": "欧阳春华",
        "phone": str(next(_phones)),
        "people": 1,
        "about": "小区二次供水的水压一直很低。",
        **changes,
    }


def booked(desk: Desk, reception: Reception, **changes: object) -> Booked:
    """A citizen books."""
    return booking.book(reception.id, booking_form(**changes), "zh", ADDRESS, desk.now)


def between(monkeypatch: pytest.MonkeyPatch, competing: Callable[[], object], times: int = 1) -> None:
    """Right after the next readings of a reception, ``competing`` happens."""
    honest, left = receptions.load, [times]

    def load(reception_id: str) -> Reception:
        found = honest(reception_id)
        if left[0]:
            number, left[0] = left[0] - 1, 0
            competing()
            left[0] = number
        return found

    monkeypatch.setattr(receptions, "load", load)


MATTER = {
    "kind": "appeal",
    "title": "小区二次供水水压低",
    "text": "顶楼住户反映，早晚高峰时水压太低，热水器打不着火，请有关部门查一查加压泵。",
    "area": "",
}
