"""What is written down for a reception: the clerk's plan, and the citizen's booking. Read field by field."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city import City
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.people import Petitioner, Staff
from chalicelib.domain.receptions import MOST_PEOPLE, Plan, ReceptionKind
from chalicelib.domain.submission import day_in_shanghai, read_key, read_petitioner

LONGEST_HOST = 50
LONGEST_ABOUT = 200
FEWEST_UNITS = 2  # of a joint reception
MOST_PLACES = 40
SHORTEST, LONGEST = 5, 120  # minutes for each
OFF_THE_LIST = -1  # instead of a place
PLANNED_AHEAD = timedelta(days=180)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Visitor(Struct, frozen=True):
    """Who booked, and what it is about, in a few words. Kept apart, encrypted, shown by need."""

    petitioner: Petitioner
    about: str


class BookingForm(Struct, frozen=True):
    """What the citizen wrote, checked."""

    key: str
    visitor: Visitor
    people: int
    language: str


def read_plan(raw: Mapping[str, object], city: City, leaders: Mapping[str, Staff], at: datetime) -> Plan:
    """The plan that ``raw`` holds; ``leaders`` by their logins. Raises Invalid naming every field that is wrong.

    ``raw``: ``kind``, ``host``, ``leader``, ``day`` (YYYY-MM-DD) and ``time`` (HH:MM) in Shanghai, ``place``,
    ``places``, ``minutes``, and ``unit.ID`` = "yes" for each unit of a joint reception.
    """
    reader = FieldReader(raw)
    kind = reader.choice("kind", ReceptionKind)
    login = reader.text("leader", longest=64) if kind is ReceptionKind.LEADER else ""
    host = reader.text("host", longest=LONGEST_HOST) if kind is ReceptionKind.LEADER else ""
    units: tuple[str, ...] = ()
    if login and login not in leaders:
        reader.refuse("leader", "field.unknown_choice")
    if kind is ReceptionKind.LEADER and not host:
        host = leaders[login].name if login in leaders else ""
        if not host:
            reader.refuse("host", "field.empty")
    if kind is ReceptionKind.JOINT:
        units = tuple(unit.id for unit in city.units if raw.get(f"unit.{unit.id}") == "yes")
        if len(units) < FEWEST_UNITS:
            reader.refuse("units", "reception.few_units", fewest=str(FEWEST_UNITS))
    starts_at = _read_start(reader, at)
    place = reader.text("place", required=True)
    places = read_number(reader, "places", 1, MOST_PLACES)
    minutes = read_number(reader, "minutes", SHORTEST, LONGEST)
    reader.raise_errors()
    assert kind is not None
    return Plan(kind, host, login or None, units, starts_at, place, places, minutes)


def _read_start(reader: FieldReader, at: datetime) -> datetime:
    """The start in UTC; it lies ahead, and not too far."""
    day = reader.day("day", latest=date.max)
    hour = reader.matching("time", _TIME)
    if day is None:
        reader.refuse("day", "field.empty")
    elif day < day_in_shanghai(at):
        reader.refuse("day", "reception.past")
    elif day > day_in_shanghai(at + PLANNED_AHEAD):
        reader.refuse("day", "reception.too_far", days=str(PLANNED_AHEAD.days))
    elif _TIME.fullmatch(hour):
        starts_at = datetime.combine(day, time.fromisoformat(hour), SHANGHAI).astimezone(UTC)
        if starts_at <= at:
            reader.refuse("day", "reception.past")
        return starts_at
    return at


def read_number(reader: FieldReader, field: str, least: int, most: int) -> int:
    """A whole number between ``least`` and ``most``, as a form or JSON gives it."""
    value = reader.raw.get(field)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 5:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        reader.refuse(field, "field.not_between", least=str(least), most=str(most))
        return least
    return value


def read_booking(raw: Mapping[str, object], language: str) -> BookingForm:
    """The booking that ``raw`` holds: ``key``, ``name``, ``phone``, ``about``, ``people`` (1 when it is absent).

    Raises Invalid naming every field that cannot be taken.
    """
    reader = FieldReader(raw)
    key = read_key(reader)
    petitioner = read_petitioner(reader, anonymous=False)
    if not petitioner.phone:
        reader.refuse("phone", "field.empty")  # by it they are told when the day is changed
    about = reader.text("about", required=True, longest=LONGEST_ABOUT, many_lines=True)
    people = read_number(reader, "people", 1, MOST_PEOPLE) if "people" in raw else 1
    reader.raise_errors()
    return BookingForm(key, Visitor(petitioner, about), people, language)


def read_turn(raw: Mapping[str, object]) -> int:
    """The place that a booking gets, from 0, as ``turn`` has it; OFF_THE_LIST for "off". Raises Invalid."""
    if raw.get("turn") == "off":
        return OFF_THE_LIST
    reader = FieldReader(raw)
    turn = read_number(reader, "turn", 0, MOST_PLACES - 1)
    reader.raise_errors()
    return turn


def read_reason(raw: Mapping[str, object]) -> str:
    """Why a reception is changed or called off: booked citizens read it. Raises Invalid."""
    reader = FieldReader(raw)
    reason = reader.text("reason", required=True, longest=LONGEST_ABOUT, many_lines=True)
    reader.raise_errors()
    return reason
