"""Signing in and out, and the console's own files."""

from datetime import UTC, datetime
from pathlib import Path

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, signing_in
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.words import Role
from chalicelib.entrypoints.answers import HEADERS, address_of, refusal_answer, refusal_words, status_of
from chalicelib.entrypoints.console.visits import (
    FORM,
    SESSION,
    cookie,
    cookies_of,
    form_of,
    html,
    language_of,
    redirect,
)
from chalicelib.web.templating import FOLDER, render

session = Blueprint(__name__)
FIRST_ROOM = {Role.ADMINISTRATOR: "admin", Role.LAY_SUPERVISOR: "invited"}  # everybody else begins with their work
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@session.route("/", methods=["GET"])
def front() -> Response:
    """The console's door: to the work, or to the sign-in."""
    request = session.current_request
    seat = signing_in.seat_of(cookies_of(request).get(SESSION, ""), datetime.now(UTC))
    if seat is None:
        return redirect("/console/session")
    return redirect(f"/console/{FIRST_ROOM.get(seat.staff.role, 'queue')}")


@session.route("/session", methods=["GET"])
def sign_in_page() -> Response:
    """The sign-in."""
    query = dict(session.current_request.query_params or {})
    return _page(language_of(session.current_request, query))


@session.route("/session", methods=["POST"], content_types=FORM)
def sign_in() -> Response:
    """Sign in. A new session each time: none that was known before is taken over."""
    request = session.current_request
    language = language_of(request, {})
    form = form_of(request)
    login = form.get("login", "").strip()
    try:
        token = signing_in.sign_in(login, form.get("password", ""), address_of(request), datetime.now(UTC))
    except Refused as refused:
        return _page(language, refusal_words(refused, language), login, status_of(refused))
    return redirect("/console", cookie(SESSION, token, int(signing_in.LONGEST.total_seconds())))


@session.route("/session/end", methods=["POST"], content_types=FORM)
def sign_out() -> Response:
    """Sign out. Whoever makes somebody else's browser do it gains nothing, so it asks for no token."""
    signing_in.sign_out(cookies_of(session.current_request).get(SESSION, ""))
    return redirect("/console/session", cookie(SESSION, "", 0))


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


def _page(language: str, message: str = "", login: str = "", status: int = 200) -> Response:
    body = render("console/sign_in.html", language=language, message=message, login=login, city=cities.current())
    return html(body, status)
