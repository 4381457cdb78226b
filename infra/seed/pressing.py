"""How a story's matter is pressed: once it is late its order is answered, and an inspector looks into it."""

from datetime import datetime, timedelta

from chalicelib.desk import cities, ordering
from chalicelib.domain.words import Role
from chalicelib.storage import cases
from infra.seed.hours import BREATH, Steps, office
from infra.seed.staff import desk_staff, unit_staff
from infra.seed.stories import Story

LATE_AFTER = timedelta(days=10)  # from when the unit signed


def pressed(story: Story, case_id: str, at: datetime) -> Steps:
    """The answer and the inspection, for a story that has them and a matter that is late by then."""
    if story.pressing is None:
        return at
    at = office(at + LATE_AFTER)
    yield at
    case = cases.load(case_id)
    if case.order is None:
        return at
    handler = unit_staff(Role.HANDLER, case.unit or "", cities.known())
    ordering.answer_order(case_id, case.version, handler, at, story.pressing.answer)
    at = office(at + BREATH)
    yield at
    pressing, version = story.pressing, cases.load(case_id).version
    supervisor = desk_staff(Role.SUPERVISOR, cities.known())
    ordering.inspect(case_id, version, supervisor, at, pressing.way, pressing.found, pressing.finding)
    return at
