"""Answers: JSON in and out, refusals in the reader's language, and the headers that every answer carries."""

import json
from collections.abc import Callable, Mapping

import msgspec
from chalice.app import Request, Response
from msgspec import Struct

from chalicelib.domain.errors import FieldError, Invalid, Refused, RuleBroken, SlowDown, WrongState
from chalicelib.web.messages import preferred, say

LARGEST_BODY = 256 * 1024  # bytes; the longest form is a tenth of it

STATUS = {
    "invalid": 400,
    "unverified": 401,
    "not_allowed": 403,
    "not_yours": 403,
    "not_found": 404,
    "day_open": 404,
    "no_such_place": 404,
    "wrong_state": 409,
    "too_late": 409,
    "key_used": 409,
    "changed": 409,
    "reception_full": 409,
    "reception_begun": 409,
    "reception_turn_taken": 409,
    "reception_called_off": 409,
    "reception_not_yet": 409,
    "booking_settled": 409,
    "data_erased": 410,
    "data_being_erased": 410,
    "too_large": 413,
    "not_json": 415,
    "proof_missing": 403,
    "proof_stale": 403,
    "slow_down": 429,
    "too_many_letters_own": 429,
    "too_many_letters_address": 429,
    "too_many_uploads_address": 429,
    "too_many_additions_own": 429,
    "too_many_messages_own": 429,
    "too_many_webhooks_own": 429,
    "open311_key": 403,
    "open311_jurisdiction": 404,
    "open311_service": 404,
    "open311_request": 404,
    "open311_form": 415,
}

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class RefusedField(Struct, frozen=True):
    """What is wrong with one field; ``field`` is "" for the body as a whole."""

    field: str
    message: str


class Why(Struct, frozen=True):
    """Why. ``code`` is for programs and stays; ``message`` is for people, in their language, and says what to do."""

    code: str
    message: str
    fields: tuple[RefusedField, ...]


class Refusal(Struct, frozen=True):
    """What every refusal reads like."""

    error: Why


class NotJson(Refused):
    """A request that does not say that it carries JSON."""

    code = "not_json"


class TooLarge(Refused):
    """A request body that no form of ours can have."""

    code = "too_large"


def language_of(request: Request) -> str:
    """The reader's language."""
    return preferred(request.headers.get("accept-language", ""))


def address_of(request: Request) -> str:
    """Where the request came from, as the CDN saw it; where there is none, as the gateway saw it.

    Where the CDN does not write the first header, it and the gateway each add who came to them to the second: the last
    but one is the visitor's, whatever the visitor wrote before. Nobody passes the CDN by: docs/decisions/0029.
    """
    seen = request.headers.get("cloudfront-viewer-address", "").rpartition(":")[0]
    passed = [one.strip() for one in request.headers.get("x-forwarded-for", "").split(",")]
    identity = request.context.get("identity") or {}
    return seen or (passed[-2] if len(passed) > 1 else str(identity.get("sourceIp", "")))


def raw_body(request: Request) -> bytes:
    """The body as it came."""
    return request.raw_body.encode() if isinstance(request.raw_body, str) else request.raw_body


def json_body(request: Request, largest: int = LARGEST_BODY) -> dict[str, object]:
    """The JSON object that a request carries, in ``largest`` bytes at most.

    Raises NotJson for another type, Invalid for anything that is none, TooLarge for too much of it.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson()
    raw = raw_body(request)
    if len(raw) > largest:
        raise TooLarge()
    try:
        body = json.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Invalid([FieldError("", "body.not_json")]) from None
    if not isinstance(body, dict):
        raise Invalid([FieldError("", "body.not_object")])
    return body


def json_answer(body: Struct | Mapping[str, object], status: int = 200, keep_for: int = 0) -> Response:
    """``body`` as JSON. ``keep_for``: seconds that anyone may keep it; nothing of a person's own is kept anywhere."""
    keeping = f"public, max-age={keep_for}" if keep_for else "no-store"
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": keeping,
        "Vary": "Accept-Language",  # what is kept is kept for each language
    }
    return Response(msgspec.json.encode(body).decode(), status_code=status, headers=headers)


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal; a rule of the trade is a conflict with how things stand."""
    return 409 if isinstance(refused, RuleBroken) else STATUS[refused.code]


def answered(request: Request, work: Callable[[Request, str], Response]) -> Response:
    """What ``work`` makes of ``request`` for a reader of its language; what is refused becomes a message in it."""
    language = language_of(request)
    try:
        return work(request, language)
    except Refused as refused:
        return refusal_answer(refused, language)


def refusal_answer(refused: Refused, language: str) -> Response:
    """Why the desk turns a request down, as JSON."""
    errors = refused.errors if isinstance(refused, Invalid) else []
    fields = tuple(RefusedField(one.field, field_words(one, language)) for one in errors)
    body = Refusal(Why(refused.code, refusal_words(refused, language), fields))
    answer = json_answer(body, status_of(refused))
    if isinstance(refused, SlowDown):
        answer.headers["Retry-After"] = str(refused.seconds)
    return answer


def refusal_words(refused: Refused, language: str) -> str:
    """A refusal in one sentence, with what to do next."""
    if isinstance(refused, Invalid) and len(refused.errors) == 1:
        return field_words(refused.errors[0], language)
    if isinstance(refused, WrongState):
        action = say(f"action.{refused.params['action']}", language)
        state = say(f"state.{refused.params['state']}", language)
        return say("error.wrong_state", language, action=action, state=state)
    return say(f"error.{refused.code}", language, **refused.params)


def field_words(error: FieldError, language: str) -> str:
    """What is wrong with one field."""
    return say(f"error.{error.code}", language, **dict(error.params))
