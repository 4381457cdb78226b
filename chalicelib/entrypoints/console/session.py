"""Signing in and out, and the console's own files."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalice.app import Blueprint, Request, Response

from chalicelib.config import config
from chalicelib.desk import cities, known_devices, signing_in
from chalicelib.desk.signing_in import Seat
from chalicelib.domain.devices import Device, device_of
from chalicelib.domain.errors import NotAllowed, NotFound, Refused, RuleBroken
from chalicelib.domain.words import Role
from chalicelib.entrypoints.answers import HEADERS, address_of, refusal_answer, refusal_words, status_of
from chalicelib.entrypoints.console.visits import (
    DEVICE,
    FORM,
    SESSION,
    form_of,
    html,
    language_of,
    redirect,
    secret_cookie,
    secret_of,
    token_of,
)
from chalicelib.web.templating import FOLDER, render

session = Blueprint(__name__)
FIRST_ROOM = {Role.ADMINISTRATOR: "admin", Role.LAY_SUPERVISOR: "invited"}  # everybody else begins with their work
JUST_NOW = timedelta(minutes=1)
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@session.route("/", methods=["GET"])
def front() -> Response:
    """The console's door: to the work, or to the sign-in. A device that got in is known from then on."""
    request, now = session.current_request, datetime.now(UTC)
    seat = signing_in.seat_of(token_of(request), now)
    if seat is None:
        return redirect("/console/session")
    login, note = seat.staff.login, secret_of(request, DEVICE)
    known = known_devices.name_of(note, login, now)
    kept = known_devices.KEPT.total_seconds()
    line = "" if known else secret_cookie(DEVICE, known_devices.note_for(login, now), int(kept))
    return redirect(f"/console/{_first_room(seat, now)}", line)


def _first_room(seat: Seat, now: datetime) -> str:
    """The work; but whoever comes in after others tried to is told so first."""
    if seat.session.wrong and now - seat.session.began_at < JUST_NOW:
        return "account?done=wrong_tries"
    return FIRST_ROOM.get(seat.staff.role, "queue")


@session.route("/session", methods=["GET"])
def sign_in_page() -> Response:
    """The sign-in; for whoever has come halfway, what is still missing."""
    request = session.current_request
    found = signing_in.halfway(token_of(request), datetime.now(UTC))
    if found is not None:
        return redirect(f"/console/session/{found.session.stage}")
    return sign_in_form(language_of(request, dict(request.query_params or {})))


@session.route("/session", methods=["POST"], content_types=FORM)
def sign_in() -> Response:
    """Sign in. A new session each time: one that the browser brought is ended, none is taken over."""
    request, now = session.current_request, datetime.now(UTC)
    language = language_of(request, {})
    form = form_of(request)
    login = form.get("login", "").strip()
    try:
        _check_from_here(request)
        token = signing_in.sign_in(
            login,
            form.get("password", ""),
            address_of(request),
            now,
            device(request),
            secret_of(request, DEVICE),
            token_of(request),
        )
    except Refused as refused:
        return sign_in_form(language, refusal_words(refused, language), login, status_of(refused))
    return signed_in(token)


def _check_from_here(request: Request) -> None:
    """Another site's page must not sign a visitor in as somebody else, whose work she would then take for her own.

    Browsers say where a form stood (Fetch, "Origin"); our sign-in asks them to, whatever other pages ask. Who says
    nothing is no browser of these years. Raises RuleBroken.
    """
    origin = request.headers.get("origin")
    here = origin in (None, config().public_origin)
    if not here and not (config().local and LOOPBACK.fullmatch(str(origin))):
        raise RuleBroken("sign_in.elsewhere", origin=config().public_origin)


@session.route("/session/end", methods=["POST"], content_types=FORM)
def sign_out() -> Response:
    """Sign out, by one's own form alone; whoever is not signed in gets to the sign-in all the same."""
    request, now = session.current_request, datetime.now(UTC)
    token = token_of(request)
    found = signing_in.seat_of(token, now) or signing_in.halfway(token, now)
    if found is not None and not signing_in.same(form_of(request).get("csrf", ""), found.csrf):
        refused = NotAllowed(action="csrf")
        return sign_in_form(language := language_of(request, {}), refusal_words(refused, language), "", 403)
    if found is None:
        return redirect("/console/session")
    signing_in.sign_out(token)
    return redirect("/console/session", secret_cookie(SESSION, "", 0))


@session.route("/assets/{name}", methods=["GET"])
def asset(name: str) -> Response:
    """One of the console's own files."""
    file = FOLDER / "console" / "assets" / Path(name).name
    content_type = TYPES.get(file.suffix)
    if content_type is None or not file.is_file():
        return refusal_answer(NotFound(), language_of(session.current_request, {}))
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        "Content-Type": content_type,
        "Cache-Control": "public, max-age=3600",
    }
    return Response(file.read_text(encoding="utf-8"), status_code=200, headers=headers)


def signed_in(token: str) -> Response:
    """After a step of signing in: on to the work, or to what is still missing."""
    return redirect("/console", session_line(token))


def session_line(token: str) -> str:
    """The Set-Cookie line of a session."""
    return secret_cookie(SESSION, token, int(signing_in.LONGEST.total_seconds()))


def device(request: Request) -> Device:
    """What the request says of the device that it came from."""
    return device_of(request.headers.get("user-agent", ""), address_of(request))


def sign_in_form(language: str, message: str = "", login: str = "", status: int = 200) -> Response:
    """The page of the sign-in, with ``message`` where a try was refused."""
    body = render("console/sign_in.html", language=language, message=message, login=login, city=cities.current())
    page = html(body, status)
    page.headers["Referrer-Policy"] = "same-origin"  # with "no-referrer" a browser keeps the origin of a form to itself
    return page
