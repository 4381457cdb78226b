"""Thousands of calls made up from the API's own document: none breaks the desk, none gets an answer not promised."""

import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import schemathesis
from chalice.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.desk import applications, talking
from chalicelib.entrypoints.contract import PROMISES, Guard, Promise
from tests.integration.agency import SECRETS, Sender
from tests.integration.chatting import talks_at, there
from tests.integration.desk import Desk
from tests.integration.promised import document, hold
from tests.integration.receiving import booked, planned
from tests.integration.test_open311 import keyed

AT_LEAST = 5_000  # calls
FORMS, QUESTIONS, FIXED = 60, 60, 3  # calls of an address that takes a form, a question, nothing
CHEAP = {
    "root": 800,
    "upload": 600,
    "open311_service": 500,
    "open311_request": 500,
    "open311_discovery": 200,
    "open311_services": 200,
}
"""Of what is answered fast, more."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
AnyCase = Case[Any]
SIGNED_BY = "x-signed-by"  # a mark of these tests: sign this one
_addresses = itertools.count(1)


class Gateway:
    """The application for schemathesis: WSGI outside, the gateway's events inside."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answered: Counter[int] = Counter()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """One call, from an address of its own: what a whole town does wrong is not counted against one."""
        number = next(_addresses)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        headers |= {"content-type": environ.get("CONTENT_TYPE", ""), "cloudfront-viewer-address": f"{number}:1"}
        agency = headers.pop(SIGNED_BY, "")
        if agency:
            headers |= Sender(self.client, agency, SECRETS[agency]).signed(body)
        path = environ["REQUEST_URI"]
        answer = self.client.http.request(environ["REQUEST_METHOD"], path, headers=headers, body=body)
        hold(environ["REQUEST_METHOD"], path, answer.status_code, answer.headers, answer.body, body)
        self.answered[answer.status_code] += 1
        start(
            f"{answer.status_code} {HTTPStatus(answer.status_code).phrase}",
            [(name, str(value)) for name, value in answer.headers.items()],
        )
        return io.BytesIO(answer.body)


@pytest.fixture
def gateway(province: Sender) -> Gateway:
    """The application with two agencies that may refer petitions."""
    return Gateway(province.client)


def test_no_generated_call_breaks_the_desk_or_gets_an_answer_that_was_not_promised(
    desk: Desk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applications, "MOST_A_MINUTE", 10**6)
    openers = _openers(desk)
    schema = schemathesis.openapi.from_dict(deepcopy(document(strict=False)))
    schema.app = gateway
    for one in PROMISES.values():
        operation = schema[one.path][one.method]
        modes = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, *_negative(one))]
        _called(one, st.one_of(modes), openers)
    assert gateway.answered.total() >= AT_LEAST
    assert {200, 201, 400, 401, 403, 404, 409} <= set(gateway.answered)


def _negative(one: Promise) -> tuple[GenerationMode, ...]:
    """Calls that are wrong by the document; of an address without a field there are none."""
    return (GenerationMode.NEGATIVE,) if one.takes or one.asks or one.headers else ()


def _called(one: Promise, cases: st.SearchStrategy[AnyCase], openers: dict[Guard, Callable[[AnyCase], None]]) -> None:
    usual = FORMS if one.takes else QUESTIONS if one.asks or one.headers else FIXED
    examples = CHEAP.get(one.words, usual)

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, let_in=st.booleans())
    def call(case: AnyCase, let_in: bool) -> None:
        if let_in:
            openers[one.guard](case)
        case.call_and_validate(checks=CHECKS)

    call()


def _openers(desk: Desk) -> dict[Guard, Callable[[AnyCase], None]]:
    """What lets a call in, for each guard: so that more than the door is tried."""
    receipt, booking, key = desk.filed(), booked(desk, planned(desk)), keyed(desk)
    talks_at(desk)
    there(desk)
    token, _ = talking.start({"key": "a-talk-of-these-tests"}, "zh", "192.0.2.1", desk.now)

    def with_code(case: AnyCase) -> None:
        booked_one = (booking.standing.number, booking.code)
        number, code = booked_one if "booking" in case.path else (receipt.number, receipt.code)
        for name in case.path_parameters or {}:
            case.path_parameters[name] = number
        if isinstance(case.body, dict):
            case.body |= {name: number for name in ("receipt", "number") if name in case.body} | {"code": code}

    def signed(case: AnyCase) -> None:
        if "agency" in (case.path_parameters or {}):
            case.path_parameters["agency"] = "province"
        case.headers[SIGNED_BY] = "province"

    def keyed_in(case: AnyCase) -> None:
        if isinstance(case.body, dict):
            case.body |= {"api_key": key, "service_code": desk.city.categories[0].id, "jurisdiction_id": ""}

    def in_a_talk(case: AnyCase) -> None:
        if isinstance(case.body, dict):
            case.body |= {"token": token}

    return {
        Guard.NONE: lambda case: None,
        Guard.CODE: with_code,
        Guard.SIGNATURE: signed,
        Guard.TOKEN: in_a_talk,
        Guard.API_KEY: keyed_in,
    }
