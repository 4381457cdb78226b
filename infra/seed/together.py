"""What the clerks arrange in a story once a unit has taken it up: a leader to own it, assistance, a conference."""

from datetime import datetime, time, timedelta

from chalicelib.desk import arranging, cities, handling
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.words import Role, State
from chalicelib.storage import cases
from infra.seed.hours import BREATH, Steps, office
from infra.seed.staff import desk_staff, unit_staff
from infra.seed.stories import Assistance, Conference, Story

CONFERRED_AT = time(14, 30)


def arranged(story: Story, case_id: str, at: datetime) -> Steps:
    """All of it, in this order, as far as the story has it. ``at``: when the unit signed."""
    if story.owner is not None:
        at = office(at + BREATH)
        yield at
        owner, version = story.owner, cases.load(case_id).version
        arranging.name_owner(case_id, version, desk_staff(Role.CLERK, cities.known()), at, owner.login, owner.words)
    for asked in story.assistance:
        at = yield from _assisted(asked, case_id, at)
    if story.conference is not None:
        at = yield from _conferred(story.conference, case_id, at, at + timedelta(days=story.conference.after_days))
    return at


def _assisted(asked: Assistance, case_id: str, at: datetime) -> Steps:
    at = office(at + BREATH)
    yield at
    clerk = desk_staff(Role.CLERK, cities.known())
    arranging.ask_assistance(case_id, cases.load(case_id).version, clerk, at, asked.unit, asked.words)
    if asked.given is None:
        return at
    at = office(at + timedelta(days=1, hours=2))
    yield at
    handler = unit_staff(Role.HANDLER, asked.unit, cities.known())
    arranging.assist(case_id, cases.load(case_id).version, handler, at, asked.given)
    return at


def _conferred(called: Conference, case_id: str, at: datetime, on: datetime) -> Steps:
    """Called for the afternoon of the day of ``on``; held, and taken up by its lead, where the story says who leads."""
    at = office(at + BREATH)
    yield at
    clerk, day = desk_staff(Role.CLERK, cities.known()), office(on).astimezone(SHANGHAI).date()
    begins = datetime.combine(day, CONFERRED_AT, SHANGHAI)
    version = cases.load(case_id).version
    arranging.call_conference(case_id, version, clerk, at, begins, called.place, called.members, called.words)
    if called.lead is None:
        return at
    at = begins + timedelta(hours=2)
    yield at
    version, said = cases.load(case_id).version, (called.present, called.minutes, called.opinion)
    case = arranging.hold_conference(case_id, version, clerk, at, *said, called.lead)
    if case.state is State.DISPATCHED:
        at = office(at + BREATH)
        yield at
        handler = unit_staff(Role.HANDLER, called.lead, cities.known())
        handling.sign(case_id, cases.load(case_id).version, handler, at)
    return at
