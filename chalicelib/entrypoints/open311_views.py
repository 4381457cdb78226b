"""What programs of others read by Open311 GeoReport v2: the specification's fields."""

from typing import Literal

from msgspec import Struct, field

from chalicelib.desk.open311 import Own
from chalicelib.domain.city import Category, City
from chalicelib.domain.deciding import Matter
from chalicelib.domain.georeport import CLOSED, KINDS, NO, OPEN, YES, jurisdiction_of
from chalicelib.domain.subject_list import every_level
from chalicelib.domain.words import SETTLED, State
from chalicelib.entrypoints.open311_formats import MEDIA
from chalicelib.entrypoints.views import own_state
from chalicelib.entrypoints.wording import Moment, iso, unit_name
from chalicelib.web.messages import say

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-21T00:00:00Z"  # the last change of what is offered here


class Service(Struct, frozen=True, kw_only=True):
    """A subject that something can be handed in on."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: Literal["realtime"]
    keywords: str
    group: str


class AttributeValue(Struct, frozen=True):
    """A choice."""

    key: str
    name: str


class ServiceAttribute(Struct, frozen=True, kw_only=True):
    """Something that may be said besides, as ``attribute[code]``."""

    variable: bool
    code: str
    datatype: Literal["string", "singlevaluelist"]
    required: bool
    datatype_description: str | None
    order: int
    description: str
    values: tuple[AttributeValue, ...]


class ServiceDefinition(Struct, frozen=True):
    """What may be said on a subject."""

    service_code: str
    attributes: tuple[ServiceAttribute, ...]


class RequestHandedIn(Struct, frozen=True):
    """That it was filed. ``service_notice`` has the number and the code by which its writer opens it again."""

    service_request_id: str
    service_notice: str
    account_id: str | None


class ServiceRequest(Struct, frozen=True, kw_only=True):
    """How a request stands. Words of its writer are there only where they were published with consent."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str | None
    service_code: str | None
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: Moment
    updated_datetime: Moment
    expected_datetime: Moment | None
    address: str | None
    address_id: str | None
    zipcode: None
    lat: None
    long: None
    media_url: None


class Fault(Struct, frozen=True):
    """Why a request is refused; ``code`` is the HTTP status."""

    code: int
    description: str


class Endpoint311(Struct, frozen=True, kw_only=True):
    """Where the API is."""

    specification: str
    url: str
    changeset: Moment
    type: Literal["production", "test"]
    formats: tuple[str, ...]


class Discovery(Struct, frozen=True, kw_only=True):
    """Service discovery."""

    changeset: Moment
    contact: str
    key_service: str
    endpoints: tuple[Endpoint311, ...]


class HandedIn(Struct, frozen=True, kw_only=True):
    """A request as it is posted. A place is needed: ``address_string``, ``address_id`` (an area's code), or both
    ``lat`` and ``long``. ``media_url`` is taken and not fetched.
    """

    service_code: str
    description: str
    api_key: str | None = None
    jurisdiction_id: str | None = None
    lat: float | None = None
    long: float | None = None
    address_string: str | None = None
    address_id: str | None = None
    email: str | None = None
    device_id: str | None = None
    account_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    media_url: str | None = None
    kind: Literal["appeal", "advice", "consultation", "thanks"] | None = field(name="attribute[kind]", default=None)
    area: str | None = field(name="attribute[area]", default=None)
    happened_on: str | None = field(name="attribute[happened_on]", default=None)
    may_publish: Literal["yes", "no"] | None = field(name="attribute[may_publish]", default=None)
    keep_name: Literal["yes", "no"] | None = field(name="attribute[keep_name_from_unit]", default=None)


def discovery_view(city: City, origin: str, language: str, local: bool) -> Discovery:
    """Where the API is, and whom to ask for a key."""
    name = city.name.within(language)
    endpoint = Endpoint311(
        specification=SPECIFICATION,
        url=f"{origin}/api/open311",
        changeset=CHANGED,
        type="test" if local else "production",
        formats=(MEDIA["xml"], MEDIA["json"]),
    )
    return Discovery(
        changeset=CHANGED,
        contact=say("open311.contact", language, city=name, jurisdiction=jurisdiction_of(city)),
        key_service=say("open311.key_service", language, city=name),
        endpoints=(endpoint,),
    )


def services_view(city: City, language: str) -> tuple[Service, ...]:
    """The city's subjects, each followed by its matters."""
    return tuple(_service(one, language) for one in every_level(city.categories))


def _service(one: Category, language: str) -> Service:
    group = one.group.within(language) if one.group else ""
    return Service(
        service_code=one.id,
        service_name=one.name.within(language),
        description=say("open311.service", language, name=one.name.within(language)),
        metadata=True,
        type="realtime",
        keywords=",".join(one.words),
        group=group,
    )


def definition_view(one: Category, city: City, language: str) -> ServiceDefinition:
    """What may be said besides: the same on every subject."""
    kinds = tuple(AttributeValue(kind.value, say(f"kind.{kind}", language)) for kind in KINDS)
    areas = tuple(AttributeValue(area.code, area.name.within(language)) for area in city.areas)
    answers = tuple(AttributeValue(answer, say(f"open311.{answer}", language)) for answer in (NO, YES))
    asked = {"kind": kinds, "area": areas, "happened_on": (), "may_publish": answers, "keep_name_from_unit": answers}
    attributes = (
        ServiceAttribute(
            variable=True,
            code=code,
            datatype="singlevaluelist" if values else "string",
            required=False,
            datatype_description=None if values else say("open311.day", language),
            order=order,
            description=say(f"open311.attribute.{code}", language),
            values=values,
        )
        for order, (code, values) in enumerate(asked.items(), start=1)
    )
    return ServiceDefinition(one.id, tuple(attributes))


def request_view(one: Matter | Own, city: City, language: str) -> ServiceRequest:
    """How a request stands."""
    return _published(one, city, language) if isinstance(one, Matter) else _own(one, city, language)


def _published(matter: Matter, city: City, language: str) -> ServiceRequest:
    """In the words of the clerk who published it. Its number is the case's: receipts are their writers'."""
    decision, category, area = matter.decision, city.category(matter.category), city.area(matter.area)
    return ServiceRequest(
        service_request_id=decision.case_id,
        status=CLOSED,
        status_notes=decision.text,
        service_name=category.name.within(language) if category else None,
        service_code=matter.category,
        description=decision.title,
        agency_responsible=unit_name(decision.unit, city, language),
        service_notice=say(f"outcome.{decision.outcome}", language),
        requested_datetime=iso(matter.filed_at),
        updated_datetime=iso(decision.published_at),
        expected_datetime=None,
        address=area.name.within(language) if area else None,
        address_id=matter.area,
        zipcode=None,
        lat=None,
        long=None,
        media_url=None,
    )


def _own(own: Own, city: City, language: str) -> ServiceRequest:
    """For the program that handed it in: where it stands, and none of its words."""
    case, state = own.case, own_state(own.case, own.voice)
    closed = state in SETTLED or state is State.REFERRED
    category, deadline, sealed = city.category(case.category or own.submission.service), case.deadline, case.sealed
    return ServiceRequest(
        service_request_id=own.submission.receipt,
        status=CLOSED if closed else OPEN,
        status_notes="" if sealed else say(f"state.{state}", language),
        service_name=category.name.within(language) if category else None,
        service_code=category.id if category else None,
        description=None,
        agency_responsible=None if sealed else unit_name(case.unit, city, language),
        service_notice=None,
        requested_datetime=iso(own.submission.filed_at),
        updated_datetime=iso(own.updated_at),
        expected_datetime=iso(deadline.due_at) if deadline and not closed else None,
        address=None,
        address_id=own.submission.area,
        zipcode=None,
        lat=None,
        long=None,
        media_url=None,
    )
