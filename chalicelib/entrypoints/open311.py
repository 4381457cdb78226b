"""Open311 GeoReport v2 for programs of others. See ``docs/open311.md``; https://wiki.open311.org/GeoReport_v2.

The format is the end of the address, ``.json`` or ``.xml``, and every address is there in both.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs, unquote

from chalice.app import Blueprint, Request, Response
from msgspec import Meta, Struct

from chalicelib.config import config
from chalicelib.desk import applications, cities
from chalicelib.desk import open311 as desk
from chalicelib.domain.city import Application
from chalicelib.domain.errors import FieldError, Invalid, Refused, SlowDown
from chalicelib.domain.georeport import BadKey, NoRequest, NoService, check_jurisdiction, read_filter, service_of
from chalicelib.domain.receipts import spoken
from chalicelib.entrypoints.answers import (
    LARGEST_BODY,
    TooLarge,
    field_words,
    language_of,
    raw_body,
    refusal_words,
    status_of,
)
from chalicelib.entrypoints.contract import FORM_MEDIA, Body, Guard, View, promise
from chalicelib.entrypoints.open311_formats import MEDIA, told
from chalicelib.entrypoints.open311_views import (
    Discovery,
    Fault,
    HandedIn,
    RequestHandedIn,
    Service,
    ServiceDefinition,
    ServiceRequest,
    definition_view,
    discovery_view,
    request_view,
    services_view,
)
from chalicelib.entrypoints.wording import Moment
from chalicelib.web.messages import say

open311 = Blueprint(__name__)
PLACE = "/api/open311"
MOST_FIELDS = 100
A_WHILE = 300  # seconds
ASKED = ("invalid", "open311_jurisdiction")
JurisdictionId = Annotated[str, Meta(description="of discovery; there is one, so it may be left out")]
ApiKey = Annotated[str, Meta(description="shows also how what this program handed in stands")]


class NotForm(Refused):
    """A post that is no form."""

    code = "open311_form"


class Jurisdiction(Struct, frozen=True):
    """Whose services."""

    jurisdiction_id: JurisdictionId | None = None


class RequestAsked(Struct, frozen=True):
    """For whom one request is."""

    jurisdiction_id: JurisdictionId | None = None
    api_key: ApiKey | None = None


class RequestsAsked(Struct, frozen=True, kw_only=True):
    """Which requests. Several values of one field are parted by commas."""

    jurisdiction_id: JurisdictionId | None = None
    api_key: ApiKey | None = None
    service_request_id: Annotated[str, Meta(description="overrides what follows; at most 50")] | None = None
    service_code: str | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None
    status: Annotated[str, Meta(description="open, closed")] | None = None


class Call(Struct, frozen=True):
    """One request, read. ``said``: the form's fields over the query's."""

    said: Mapping[str, str]
    form: str
    language: str
    now: datetime

    @property
    def application(self) -> Application | None:
        """Whose key came with it, if one did. Raises BadKey."""
        key = self.said.get("api_key", "")
        return applications.owner_of(key) if key else None


Work = Callable[[Call], Response]


def _answered(form: str, work: Work) -> Response:
    """What ``work`` makes of the request; what is refused is told as the specification has it."""
    request: Request = open311.current_request
    language = language_of(request)
    try:
        said = {**dict((request.query_params or {}).items()), **_form_of(request)}
        check_jurisdiction(said.get("jurisdiction_id", ""), cities.current())
        return work(Call(said, form, language, datetime.now(UTC)))
    except Refused as refused:
        answer = told(_faults(refused, language), "errors", form, status_of(refused))
        if isinstance(refused, SlowDown):
            answer.headers["Retry-After"] = str(refused.seconds)
        return answer


def _form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form, the first value of each. Raises NotForm, TooLarge, Invalid."""
    if request.method != "POST":
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in FORM_MEDIA:
        raise NotForm()
    raw = raw_body(request)
    if len(raw) > LARGEST_BODY:
        raise TooLarge()
    try:
        fields = parse_qs(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Invalid([FieldError("", "body.not_form")]) from None
    return {name: values[0] for name, values in fields.items()}


def _faults(refused: Refused, language: str) -> tuple[Fault, ...]:
    status = status_of(refused)
    if isinstance(refused, Invalid):
        return tuple(Fault(status, f"{one.field} {field_words(one, language)}".strip()) for one in refused.errors)
    return (Fault(status, refusal_words(refused, language)),)


def _named(file: str, missing: type[Refused], work: Callable[[str, Call], Response]) -> Response:
    """Of an address that ends in a number or a code and the format. Raises nothing: what is neither is ``missing``."""
    name, _, form = unquote(file).rpartition(".")

    def found(call: Call) -> Response:
        if form not in MEDIA:
            raise missing()
        return work(name, call)

    return _answered(form if form in MEDIA else "json", found)


def _in_both(
    method: str,
    place: str,
    words: str,
    work: Work,
    *,
    answers: Mapping[int, Body],
    refuses: tuple[str, ...],
    asks: type[Struct] | None = None,
    takes: type[Struct] | None = None,
) -> None:
    """Promise ``work`` at an address in each of the formats."""
    for form, media in MEDIA.items():
        promise(
            open311,
            method,
            f"{PLACE}/{place}.{form}",
            f"{words}_{form}",
            words=words,
            answers=answers,
            refuses=refuses,
            asks=asks,
            takes=takes,
            guard=Guard.API_KEY if takes is not None else Guard.NONE,
            taken_as=FORM_MEDIA,
            told_as=(media,),
            refusal=tuple[Fault, ...],
        )(_view(form, work))


def _view(form: str, work: Work) -> View:
    def view() -> Response:
        return _answered(form, work)

    return view


def discovery(call: Call) -> Response:
    """Where the API is, and whom to ask for a key."""
    body = discovery_view(cities.current(), config().public_origin, call.language, config().local)
    return told(body, "discovery", call.form, keep_for=A_WHILE)


def services(call: Call) -> Response:
    """What can be handed in on."""
    return told(services_view(cities.current(), call.language), "services", call.form, keep_for=A_WHILE)


def requests(call: Call) -> Response:
    """What is public, and by number also what this program handed in."""
    found = desk.found(read_filter(call.said, call.now), call.application, call.now)
    city = cities.current()
    return told(tuple(request_view(one, city, call.language) for one in found), "service_requests", call.form)


def hand_in(call: Call) -> Response:
    """File a submission: 201 with its number."""
    application = call.application
    if application is None:
        raise BadKey()
    receipt = desk.hand_in(call.said, application, call.language, call.now)
    notice = say("open311.notice", call.language, receipt=spoken(receipt.number), code=spoken(receipt.code))
    body = RequestHandedIn(receipt.number, notice, call.said.get("account_id") or None)
    return told((body,), "service_requests", call.form, 201)


_in_both("GET", "discovery", "open311_discovery", discovery, answers={200: Discovery}, asks=Jurisdiction, refuses=ASKED)
_in_both(
    "GET",
    "services",
    "open311_services",
    services,
    answers={200: tuple[Service, ...]},
    asks=Jurisdiction,
    refuses=ASKED,
)
_in_both(
    "GET",
    "requests",
    "open311_requests",
    requests,
    answers={200: tuple[ServiceRequest, ...]},
    asks=RequestsAsked,
    refuses=(*ASKED, "open311_key"),
)
_in_both(
    "POST",
    "requests",
    "open311_hand_in",
    hand_in,
    answers={201: tuple[RequestHandedIn, ...]},
    takes=HandedIn,
    refuses=(*ASKED, "open311_key", "open311_service", "open311_form", "too_large", "slow_down", "changed"),
)


@promise(
    open311,
    "GET",
    f"{PLACE}/services/{{file}}",
    "open311_service",
    asks=Jurisdiction,
    answers={200: ServiceDefinition},
    refuses=(*ASKED, "open311_service"),
    told_as=tuple(MEDIA.values()),
    refusal=tuple[Fault, ...],
)
def service(file: str) -> Response:
    """What may be said on a subject."""

    def work(code: str, call: Call) -> Response:
        city = cities.current()
        body = definition_view(service_of(code, city), city, call.language)
        return told(body, "service_definition", call.form, keep_for=A_WHILE)

    return _named(file, NoService, work)


@promise(
    open311,
    "GET",
    f"{PLACE}/requests/{{file}}",
    "open311_request",
    asks=RequestAsked,
    answers={200: tuple[ServiceRequest, ...]},
    refuses=(*ASKED, "open311_key", "open311_request"),
    told_as=tuple(MEDIA.values()),
    refusal=tuple[Fault, ...],
)
def request(file: str) -> Response:
    """How one request stands."""

    def work(number: str, call: Call) -> Response:
        found = desk.one_of(number, call.application, call.now)
        return told((request_view(found, cities.current(), call.language),), "service_requests", call.form)

    return _named(file, NoRequest, work)
