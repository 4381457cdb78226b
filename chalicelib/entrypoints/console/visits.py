"""What every room of the console has in common: who sits here, the form that came, the page that goes out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote

from chalice.app import Blueprint, Request, Response
from msgspec import Struct

from chalicelib.config import config
from chalicelib.desk import cities, signing_in
from chalicelib.desk.signing_in import Seat
from chalicelib.domain.city import LEVELS
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, Refused
from chalicelib.domain.people import Staff
from chalicelib.domain.words import STAFF, UNIT_ROLES, Role
from chalicelib.entrypoints.answers import HEADERS, field_words, raw_body, refusal_words, status_of
from chalicelib.entrypoints.console import multipart
from chalicelib.web.messages import LANGUAGES, preferred, say
from chalicelib.web.templating import render

FORM = ["application/x-www-form-urlencoded"]
SESSION, LANGUAGE = "sunlight_session", "sunlight_lang"
DEVICE, FLOW = "sunlight_device", "sunlight_oidc"
LARGEST_FORM = 512 * 1024  # bytes
MOST_FIELDS = 2_500  # a form may have a box to tick for each unit or mailbox of a city
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
ROOMS: tuple[tuple[str, frozenset[Role]], ...] = (
    ("queue", frozenset({Role.CLERK, Role.HANDLER, Role.HEAD, Role.SUPERVISOR, Role.LEADER})),
    ("chat", frozenset({Role.CLERK, Role.SUPERVISOR})),
    ("counter", frozenset({Role.CLERK})),
    ("answers", frozenset({Role.CLERK})),
    ("supervision", frozenset({Role.CLERK, Role.SUPERVISOR, Role.LEADER})),
    ("backlog", frozenset({Role.CLERK, Role.SUPERVISOR, Role.LEADER})),
    ("receptions", frozenset({Role.CLERK, Role.HANDLER, Role.HEAD, Role.SUPERVISOR, Role.LEADER})),
    ("reports", frozenset({Role.CLERK, Role.HEAD, Role.SUPERVISOR, Role.LEADER})),
    ("topics", frozenset({Role.CLERK, Role.SUPERVISOR, Role.LEADER})),
    ("learning", frozenset({Role.CLERK, Role.LEADER, Role.ADMINISTRATOR})),
    ("exams", frozenset({Role.SUPERVISOR, Role.LEADER})),
    ("invited", frozenset({Role.LAY_SUPERVISOR})),
    ("lay", frozenset({Role.CLERK, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR})),
    ("assessment", STAFF - {Role.LAY_SUPERVISOR}),
    ("formula", STAFF - {Role.LAY_SUPERVISOR}),
    ("inbox", STAFF - {Role.ADMINISTRATOR}),
    ("messages", frozenset({Role.CLERK, Role.ADMINISTRATOR})),
    ("calendar", frozenset({Role.ADMINISTRATOR})),
    ("terms", frozenset({Role.ADMINISTRATOR})),
    ("hooks", frozenset({Role.ADMINISTRATOR})),
    ("places", frozenset({Role.CLERK, Role.ADMINISTRATOR})),
    ("signing", frozenset({Role.ADMINISTRATOR})),
    ("wording", frozenset({Role.ADMINISTRATOR})),
    ("chat_hours", frozenset({Role.ADMINISTRATOR})),
    ("admin", frozenset({Role.ADMINISTRATOR})),
    ("standing", frozenset({Role.ADMINISTRATOR})),
)
"""The rooms and who may enter: the menu is drawn from it, and the doors are kept by it."""

WINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("queue", ("queue", "chat")),
    ("counter", ("counter", "answers")),
    ("invited", ("invited",)),
    ("supervision", ("supervision", "backlog", "lay")),
    ("receptions", ("receptions",)),
    ("reports", ("reports", "topics", "learning")),
    ("assessment", ("assessment", "formula", "exams")),
    ("inbox", ("inbox", "messages")),
    ("settings", ("admin", "signing", "standing", "hooks", "terms", "wording", "calendar", "chat_hours", "places")),
)
"""Rooms that belong together: the menu names the wing, and in it its rooms."""

OWN = "account"  # everybody's own room, behind their name: in no wing
OFFICES = frozenset({"supervision"})  # which the units' people enter too where their unit is one that supervises
ACCUSATIONS = frozenset({"answers"})  # which the discipline line's enter too, for what nobody else may read


class Visit(Struct, frozen=True):
    """One request of somebody who is signed in."""

    seat: Seat
    request: Request
    form: dict[str, str]
    query: dict[str, str]
    language: str
    now: datetime

    @property
    def role(self) -> Role:
        """The visitor's role."""
        return self.seat.staff.role


def seated(blueprint: Blueprint, room: str, work: Callable[[Visit], Response]) -> Response:
    """Answer by ``work`` for whoever is signed in and may enter ``room``; what is refused becomes a page."""
    request = blueprint.current_request
    query = dict((request.query_params or {}).items())
    language = language_of(request, query)
    now = datetime.now(UTC)
    seat = signing_in.seat_of(token_of(request), now)
    if seat is None:
        return redirect("/console/session")
    visit = Visit(seat, request, {}, query, language, now)
    try:
        if not may_enter(seat.staff, room):
            raise NotAllowed(action=room)
        if request.method == "POST":
            visit = Visit(seat, request, form_of(request), query, language, now)
            if not signing_in.same(visit.form.get("csrf", ""), seat.csrf):
                raise NotAllowed(action="csrf")
        return _with_language(work(visit), query, language)
    except Refused as refused:
        return refused_page(visit, refused)


def may_enter(staff: Staff, room: str) -> bool:
    """Whether ``room`` is open to ``staff``."""
    supervises = room in OFFICES and staff.role in UNIT_ROLES and staff.supervises > 0
    accused = room in ACCUSATIONS and staff.role in UNIT_ROLES and staff.supervises == LEVELS[-1]
    return room == OWN or staff.role in dict(ROOMS)[room] or supervises or accused


def _with_language(response: Response, query: Mapping[str, str], language: str) -> Response:
    if query.get("lang") == language and "Set-Cookie" not in response.headers:
        response.headers["Set-Cookie"] = cookie(LANGUAGE, language, 31_536_000)
    return response


def refused_page(visit: Visit, refused: Refused) -> Response:
    """Why not, and what to do next."""
    return page(visit, "refused", refused)


def page(visit: Visit, name: str, refused: Refused | None = None, changed: str = "", **values: object) -> Response:
    """The page ``name`` of the console, with what every page shows.

    ``refused``: what was not taken of a form, which is shown again as it was filled in: ``message`` says why (by the
    key ``changed`` where somebody else was faster), ``wrong`` has the words for each field, ``typed`` what stood in it.
    """
    faults = refused.errors if isinstance(refused, Invalid) else []
    shown: dict[str, object] = {
        "message": _why(visit, refused, changed) if refused else "",
        "wrong": {one.field: field_words(one, visit.language) for one in faults},
        "typed": visit.form if refused else {},
    }
    body = render(
        f"console/{name}.html",
        language=visit.language,
        staff=visit.seat.staff,
        csrf=visit.seat.csrf,
        menu=menu_of(visit.seat.staff),
        city=cities.current(),
        now=visit.now,
        done=visit.query.get("done", ""),
        **(shown | values),
    )
    return html(body, status_of(refused) if refused else 200)


def _why(visit: Visit, refused: Refused, changed: str) -> str:
    if changed and isinstance(refused, Changed):
        return words(visit, changed)
    return refusal_words(refused, visit.language)


def menu_of(staff: Staff) -> list[tuple[str, list[str]]]:
    """The wings with their rooms, as far as ``staff`` may enter them. A wing of one room goes by that room's name."""
    open_to = {room for room, _ in ROOMS if may_enter(staff, room)}
    wings = ((wing, [room for room in rooms if room in open_to]) for wing, rooms in WINGS)
    return [(f"wing.{wing}" if len(rooms) > 1 else f"room.{rooms[0]}", rooms) for wing, rooms in wings if rooms]


def html(body: str, status: int = 200, cookie_line: str = "") -> Response:
    """A page that nobody keeps."""
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": CSP,
    }
    if cookie_line:
        headers["Set-Cookie"] = cookie_line
    return Response(body, status_code=status, headers=headers)


def redirect(path: str, cookie_line: str = "") -> Response:
    """After a form: look at ``path``. The path is ours, never the visitor's."""
    headers: dict[str, str | list[str]] = {**HEADERS, "Location": path, "Cache-Control": "no-store"}
    if cookie_line:
        headers["Set-Cookie"] = cookie_line
    return Response("", status_code=303, headers=headers)


def done(path: str, key: str) -> Response:
    """After a step: look at ``path``, and be told that the step was taken."""
    return redirect(f"{path}{'&' if '?' in path else '?'}done={quote(key)}")


def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form, the first value of each; nothing for what is no form."""
    raw = raw_body(request)
    content_type = request.headers.get("content-type", "")
    if multipart.is_multipart(content_type):
        return multipart.fields_of(content_type, raw)
    if len(raw) > LARGEST_FORM:
        return {}
    try:
        fields = parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def cookies_of(request: Request) -> dict[str, str]:
    """The cookies of a request; none where they cannot be read."""
    try:
        jar = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def cookie(name: str, value: str, seconds: int) -> str:
    """A Set-Cookie line for the console alone, unread by scripts, and by plain HTTP only on a developer's machine."""
    secure = "" if config().local else "; Secure"
    return f"{name}={value}; Path=/console; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def secret_cookie(name: str, value: str, seconds: int) -> str:
    """A Set-Cookie line that no other host of the domain, and no page in clear, can write in our place (``__Host-``,
    RFC 6265bis 4.1.3.2, which wants Path=/). Lax, not Strict: who follows a link from a mail, or comes back from the
    city's provider, is signed in; and nothing that a GET does changes anything.
    """
    secure = "" if config().local else "; Secure"
    return f"{_host_only(name)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def secret_of(request: Request, name: str) -> str:
    """What a secret cookie holds; "" where there is none."""
    return cookies_of(request).get(_host_only(name), "")


def token_of(request: Request) -> str:
    """The session's token that the browser brought."""
    return secret_of(request, SESSION)


def _host_only(name: str) -> str:
    """A browser takes the prefix by HTTPS alone, which a developer's machine has not."""
    return name if config().local else f"__Host-{name}"


def language_of(request: Request, query: Mapping[str, str]) -> str:
    """What was chosen, now or before; else what the browser prefers."""
    for chosen in (query.get("lang"), cookies_of(request).get(LANGUAGE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return preferred(request.headers.get("accept-language", ""))


def words(visit: Visit, key: str) -> str:
    """A message in the visitor's language."""
    return say(key, visit.language)
