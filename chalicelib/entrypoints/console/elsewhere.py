"""Addresses under /console that lead nowhere: a page that says so, and the way back."""

from datetime import UTC, datetime

from chalice.app import Blueprint, Response

from chalicelib.desk import signing_in
from chalicelib.domain.errors import Refused
from chalicelib.entrypoints.console.visits import SESSION, Visit, cookies_of, language_of, redirect, refused_page

elsewhere = Blueprint(__name__)


class NoSuchPlace(Refused):
    """An address that is none of the console's."""

    code = "no_such_place"


@elsewhere.route("/{proxy+}", methods=["GET"])  # the gateway asks here last, for whatever is declared nowhere else
def nowhere() -> Response:
    """That there is no such page; a stranger is asked to sign in, as everywhere, and learns nothing."""
    request = elsewhere.current_request
    query = dict((request.query_params or {}).items())
    now = datetime.now(UTC)
    seat = signing_in.seat_of(cookies_of(request).get(SESSION, ""), now)
    if seat is None:
        return redirect("/console/session")
    return refused_page(Visit(seat, request, {}, query, language_of(request, query), now), NoSuchPlace())
