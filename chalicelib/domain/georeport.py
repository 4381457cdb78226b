"""Open311 GeoReport v2: what programs of others send, in the trade's words. https://wiki.open311.org/GeoReport_v2

A service is a category of the city, a jurisdiction the city itself, by the code of its division.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct

from chalicelib.domain.city import Category, City
from chalicelib.domain.errors import FieldError, Invalid, Refused
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.words import Kind

LONGEST_SPAN = timedelta(days=90)  # as the specification has it
MOST = 1000  # requests of one list, likewise
MOST_IDS = 50
LONGEST_TITLE = 40
OPEN: Literal["open"] = "open"
CLOSED: Literal["closed"] = "closed"
KINDS = tuple(kind for kind in Kind if kind is not Kind.ACCUSATION)
"""An accusation is not taken by a program of others: who keeps that program would read it."""

YES, NO = "yes", "no"
_SENTENCE_ENDS = re.compile(r"[。！？!?\n]|\. ")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_THEIRS = {
    "text": "description",
    "title": "description",
    "place": "address_string",
    "name": "last_name",
    "area": "address_id",
    "kind": "attribute[kind]",
    "happened_on": "attribute[happened_on]",
}


class BadKey(Refused):
    """No key, or not one that is in force."""

    code = "open311_key"


class NoJurisdiction(Refused):
    """A jurisdiction that is not ours."""

    code = "open311_jurisdiction"


class NoService(Refused):
    """A service that the city has not."""

    code = "open311_service"


class NoRequest(Refused):
    """No such request, or not for you: the two are never told apart."""

    code = "open311_request"


class Filter(Struct, frozen=True):
    """Which requests are asked for. ``ids`` overrides all else; no services, no statuses: all of them."""

    ids: tuple[str, ...]
    services: frozenset[str]
    statuses: frozenset[str]
    start: datetime
    end: datetime


def jurisdiction_of(city: City) -> str:
    """The code of the division that the city is."""
    return next(area.code for area in city.areas if area.parent is None)


def check_jurisdiction(asked: str, city: City) -> None:
    """Raise NoJurisdiction for another's; as there is one, it need not be named."""
    if asked and asked != jurisdiction_of(city):
        raise NoJurisdiction()


def service_of(code: str, city: City) -> Category:
    """The category that a service is. Raises Invalid without a code, NoService for one that is none."""
    if not code:
        raise Invalid([FieldError("service_code", "field.empty")])
    found = city.category(code)
    if found is None:
        raise NoService()
    return found


def read_filter(asked: Mapping[str, str], now: datetime) -> Filter:
    """Which requests ``asked`` means: of the last ninety days, unless it is said otherwise. Raises Invalid."""
    reader = FieldReader(asked)
    start, end = _moment(reader, "start_date"), _moment(reader, "end_date")
    statuses = _listed(asked, "status")
    if statuses - {OPEN, CLOSED}:
        reader.refuse("status", "field.unknown_choice")
    ids = tuple(dict.fromkeys(one.strip() for one in asked.get("service_request_id", "").split(",") if one.strip()))
    if len(ids) > MOST_IDS:
        reader.refuse("service_request_id", "field.too_many", most=str(MOST_IDS))
    start, end = _span(start, end, now)
    if not timedelta() <= end - start <= LONGEST_SPAN:
        reader.refuse("end_date" if end < start else "start_date", "open311.span", days=str(LONGEST_SPAN.days))
    reader.raise_errors()
    return Filter(ids, _listed(asked, "service_code"), statuses, start, end)


def _listed(asked: Mapping[str, str], field: str) -> frozenset[str]:
    return frozenset(one.strip() for one in asked.get(field, "").split(",") if one.strip())


def _moment(reader: FieldReader, field: str) -> datetime | None:
    """A moment as the W3C's note on dates has it: with its zone."""
    written = reader.text(field, longest=40)
    try:
        moment = datetime.fromisoformat(written) if written else None
        if moment is None or (moment.tzinfo is not None and 1970 <= moment.year <= 9000):
            return moment.astimezone(UTC) if moment else None
    except ValueError:
        pass  # what follows says so
    reader.refuse(field, "open311.moment")
    return None


def _span(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    if start is None:
        end = end or now
        return end - LONGEST_SPAN, end
    return start, end or start + LONGEST_SPAN


def as_form(raw: Mapping[str, str], service: Category, mailbox: str) -> dict[str, object]:
    """What a program sent, as a citizen's page would have sent it; the form's key is left to the desk.

    Raises Invalid where no place is given in any of the specification's ways.
    """
    reader = FieldReader(raw)
    place = _place(raw, reader)
    said = raw.get("description", "").strip()
    if not said:
        reader.refuse("description", "field.empty")
    if raw.get("attribute[kind]") == Kind.ACCUSATION:
        reader.refuse("attribute[kind]", "open311.accusation")
    flags = {name: _flag(reader, f"attribute[{name}]") for name in ("may_publish", "keep_name_from_unit")}
    reader.raise_errors()
    name = _name(raw.get("first_name", "").strip(), raw.get("last_name", "").strip())
    return {
        **flags,
        "mailbox": mailbox,
        "kind": raw.get("attribute[kind]") or Kind.APPEAL.value,
        "title": title_of(said) or service.name.zh,
        "text": said,
        "area": raw.get("attribute[area]") or raw.get("address_id", ""),
        "place": place,
        "happened_on": raw.get("attribute[happened_on]", ""),
        "anonymous": not name,
        "name": name,
        "phone": raw.get("phone", ""),
        "email": raw.get("email", ""),
    }


def _place(raw: Mapping[str, str], reader: FieldReader) -> str:
    """Where it is, in words. There is no gazetteer here: a point stays the two figures that it is."""
    given = {name: raw.get(name, "").strip() for name in ("lat", "long", "address_string", "address_id")}
    limits = {"lat": 90.0, "long": 180.0}
    point = [_degrees(reader, name, given[name], limit) for name, limit in limits.items()]
    if bool(given["lat"]) != bool(given["long"]):
        reader.refuse("long" if given["lat"] else "lat", "field.empty")
    if not any(given.values()):
        reader.refuse("address_string", "open311.place")
    figures = f"({point[0]}, {point[1]})" if all(point) else ""
    return " ".join(part for part in (given["address_string"], figures) if part)


def _degrees(reader: FieldReader, field: str, written: str, limit: float) -> str:
    if not written:
        return ""
    try:
        inside = -limit <= float(written) <= limit and len(written) <= 30
    except ValueError:
        inside = False
    if not inside:
        reader.refuse(field, "open311.degrees")
    return written


def _flag(reader: FieldReader, field: str) -> bool:
    answer = reader.raw.get(field) or NO
    if answer not in (YES, NO):
        reader.refuse(field, "field.unknown_choice")
    return answer == YES


def _name(first: str, last: str) -> str:
    """The family name first where it is written so."""
    if _CHINESE.search(first + last):
        return f"{last}{first}"
    return f"{first} {last}".strip()


def title_of(description: str) -> str:
    """The first sentence, as far as a title goes."""
    first = _SENTENCE_ENDS.split(description.strip(), maxsplit=1)[0].strip()
    return first if len(first) <= LONGEST_TITLE else f"{first[: LONGEST_TITLE - 1]}…"


def as_theirs(error: FieldError) -> FieldError:
    """The field by the name that it has in the specification."""
    return FieldError(_THEIRS.get(error.field, error.field), error.code, error.params)
