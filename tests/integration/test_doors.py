"""Every route of the app, and who gets through its door; every form, and what it does without its token."""

import re
from functools import cache

import pytest
from chalice.app import Response
from chalice.test import Client

from app import app
from chalicelib.desk import hashing, keeping_accounts, signing_in
from chalicelib.domain.errors import Refused
from chalicelib.domain.words import STAFF, Role
from chalicelib.entrypoints.answers import status_of
from chalicelib.entrypoints.console import visits
from chalicelib.entrypoints.console.visits import Visit
from tests.integration.desk import Desk
from tests.integration.doors import DOORS, EVERYBODY, LETTERS
from tests.integration.test_console import PEOPLE
from tests.integration.visitor import PASSWORD, Visitor
from tests.integration.watching import everything

JSON = "application/json"
ROUTES = sorted(f"{method} {path}" for path, methods in app.routes.items() for method in methods)
CONSOLE = [route for route in ROUTES if route.partition(" ")[2].startswith("/console")]
OTHERS = [route for route in ROUTES if route not in CONSOLE]
POSTS = [route for route in CONSOLE if route.startswith("POST") and DOORS.get(route) != EVERYBODY]


@pytest.fixture(autouse=True)
def no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is its status here: drawing a thousand pages of it would take most of the time."""

    def bare(visit: Visit, refused: Refused) -> Response:
        return Response("", status_code=status_of(refused))

    monkeypatch.setattr(visits, "refused_page", bare)


@cache
def hashed() -> str:
    return hashing.hashed(PASSWORD)


def cookie_of(role: Role) -> tuple[str, str]:
    """The cookie of somebody of that role who is signed in, and the token of their forms."""
    signing_in.keep(PEOPLE[role], hashed())
    person = Visitor(PEOPLE[role]).sign_in()
    token = person.cookie.partition("=")[2]
    return person.cookie, signing_in.csrf_of(signing_in.hash_of(token))


def asked(client: Client, route: str, cookie: str = "", body: str = "") -> tuple[int, str]:
    """The status, and where one is sent. Numbers stand in the places of the path."""
    method, path = route.split(" ")
    headers = {"Accept-Language": "zh", "Cookie": cookie}
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded" if path.startswith("/console") else JSON
    answer = client.http.request(method, re.sub(r"\{\w+\}", "1", path), headers=headers, body=body.encode())
    assert answer.status_code < 500, route
    assert answer.status_code != 415 or not path.startswith("/console"), route
    return answer.status_code, str(answer.headers.get("Location", ""))


def let_in(status: int, location: str) -> bool:
    """Whether that is an answer to somebody who may ask; also one that finds nothing, or takes no empty form."""
    return status not in (401, 403) and location not in ("/console/session", "/console")


def test_every_route_stands_in_the_table_and_none_that_is_gone() -> None:
    assert sorted(DOORS) == ROUTES
    assert set(PEOPLE) == set(LETTERS) == STAFF


@pytest.mark.parametrize("role", sorted(STAFF))
def test_each_role_gets_through_its_own_doors_and_no_other(role: Role, now: Desk) -> None:
    cookie, csrf = cookie_of(role)
    with Client(app) as client:
        found = {
            route: let_in(*asked(client, route, cookie, f"csrf={csrf}" if route.startswith("POST") else ""))
            for route in CONSOLE
            if DOORS[route] != EVERYBODY
        }
    assert found == {route: LETTERS[role] in DOORS[route] for route in found}


def test_nobody_gets_through_a_door_of_the_console_without_signing_in(now: Desk) -> None:
    with Client(app) as client:
        answers = {route: asked(client, route) for route in CONSOLE if DOORS[route] != EVERYBODY}
    assert {route for route, answer in answers.items() if let_in(*answer)} == set()


def test_no_form_of_the_console_is_taken_without_its_token_or_with_another_s(now: Desk) -> None:
    seats = {role: cookie_of(role) for role in PEOPLE}
    forged = ("", "csrf=", "csrf=forged", "csrf=%00", f"csrf={signing_in.csrf_of('another session')}")
    before, taken = everything(), []
    with Client(app) as client:
        for number, route in enumerate(POSTS):
            letter = DOORS[route][:1]
            if not letter:
                continue  # nobody signed in has anything to do there: the test below
            role = next(role for role in PEOPLE if LETTERS[role] == letter)
            for body in ("", forged[number % len(forged)]):
                if asked(client, route, seats[role][0], body)[0] != 403:
                    taken.append((route, body))
    assert taken == []
    assert everything() == before


@pytest.mark.parametrize("body", ["", "csrf=forged", "csrf=forged&code=000000", "csrf=forged&new=a+b+c+d+e+f&again=a"])
def test_no_step_of_signing_in_is_taken_without_its_token(now: Desk, body: str) -> None:
    signing_in.keep(PEOPLE[Role.CLERK], hashed())
    given = keeping_accounts.give_password("clerk", PEOPLE[Role.ADMINISTRATOR], now.now)
    person = Visitor(PEOPLE[Role.CLERK]).sign_in(given).get("/console/session/password")
    before = everything()
    with Client(app) as client:
        answers = [
            asked(client, route, person.cookie, body) for route in POSTS if route.startswith("POST /console/session/")
        ]
    assert answers == [(303, "/console")] * 3
    assert everything() == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_route_of_the_api_asks_who_is_signed_in_at_the_console(method: str, now: Desk) -> None:
    """So a form on another site can do nothing there in a signed-in person's name."""
    cookie, _ = cookie_of(Role.ADMINISTRATOR)
    with Client(app) as client:
        for route in OTHERS:
            assert DOORS[route] == EVERYBODY
            if route.startswith(method):
                bare, signed = (asked(client, route, one, "{}") for one in ("", cookie))
                assert bare == signed, route
