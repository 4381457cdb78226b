"""Around every call: its one last log line, with its figures; its request's identifier on the answer; and what a person
is told when something broke that nobody expected.
"""

import logging
import os
import sys
import uuid
from collections.abc import Callable
from typing import Protocol, cast

from chalice.app import Chalice, Request, Response

from chalicelib.config import config
from chalicelib.entrypoints.answers import HEADERS, Refusal, Why, json_answer, language_of
from chalicelib.seen.going import Call, Measure, begin, count
from chalicelib.seen.lines import failure, take_over
from chalicelib.web.messages import say

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
BROKEN = 500
NO_ANSWER = 5  # hundreds
SIGN_IN = "POST /console/session"
LOCKED = 429
REFERENCE = 8  # characters: enough to find one line of a day, few enough to be said on the telephone


class LambdaContext(Protocol):
    """What Lambda says of a call."""

    aws_request_id: str
    function_name: str


class Broken(Exception):
    """A function ended in an error that it did not expect. Its type, and nothing that it said: Lambda logs this one."""


Handler = Callable[[object], object]


def watch(app: Chalice) -> None:
    """Put this around all that ``app`` does. In Lambda the process's log lines become ours too."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        take_over(sys.stdout)  # Lambda makes an entry of the log of each line

    def around(event: object, work: Handler) -> object:
        if isinstance(event, Request):
            return _answered(event, cast(Callable[[Request], Response], work))
        return _worked(event, work)

    app.middleware("all")(around)


def _answered(request: Request, work: Callable[[Request], Response]) -> Response:
    call = Call("api_handler", _request_id(request), f"{request.method} {request.context.get('resourcePath', '')}")
    begin(call)
    try:
        response = work(request)
        if response.status_code == BROKEN:
            response = _apology(request, call)
        response.headers[REQUEST_ID] = call.request
        _count_refusals(call, response.status_code)
        _close(call, _outcome(response.status_code), response.status_code)
    finally:
        begin(None)
    return response


def _request_id(request: Request) -> str:
    """As the gateway names it, in the access log too; where nobody names it, one of our own."""
    return str(request.context.get("requestId") or uuid.uuid4())


def _outcome(status: int) -> str:
    return "failed" if status // 100 == NO_ANSWER else "refused" if status >= 400 else "done"


def _count_refusals(call: Call, status: int) -> None:
    if call.route.startswith(SIGN_IN) and status // 100 == 4:
        count(Measure.LOCKED_OUT if status == LOCKED else Measure.SIGN_INS_FAILED)


def _apology(request: Request, call: Call) -> Response:
    """What whoever asked is told, in their language, with a number by which the office finds the line in its log.

    The page is made here, not of a template: it may be the templates that are broken.
    """
    language, reference = language_of(request), call.request[:REFERENCE].upper()
    said = say("error.broken", language, reference=reference)
    if not request.path.startswith("/console"):
        return json_answer(Refusal(Why("broken", said, ())), BROKEN)
    title, back = say("broken.title", language), say("broken.back", language)
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        '<link rel="stylesheet" href="/console/assets/console.css">'
        f'<main id="main"><section class="card narrow"><h1>{title}</h1><p>{said}</p>'
        f'<p><a class="button" href="/console">{back}</a></p></section></main></html>'
    )
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    }
    return Response(body, status_code=BROKEN, headers=headers)


def _worked(event: object, work: Handler) -> object:
    """A message's or a schedule's call. An error goes on as its type alone, for Lambda writes what it is given."""
    context = cast(LambdaContext, getattr(event, "context", None))
    call = Call(_function(context), getattr(context, "aws_request_id", None) or str(uuid.uuid4()))
    begin(call)
    try:
        done = work(event)
        _close(call, "failed" if _comes_again(done) else "done")
    except Exception as error:
        logger.error("a function ended in an error that it did not expect", extra=failure(error))
        _close(call, "failed")
        raise Broken(type(error).__name__) from None
    finally:
        begin(None)
    return done


def _function(context: LambdaContext | None) -> str:
    """As it is called in app.py; Lambda's own name of it has a suffix by chance."""
    handler = os.environ.get("_HANDLER", "")
    return handler.removeprefix("app.") or getattr(context, "function_name", "") or "unknown"


def _comes_again(done: object) -> bool:
    return isinstance(done, dict) and bool(done.get("batchItemFailures"))


def _close(call: Call, outcome: str, status: int | None = None) -> None:
    if outcome == "failed":
        count(Measure.FAILED)
    told = {"outcome": outcome, "status": status, "duration_ms": call.milliseconds}
    logger.info("done", extra={**told, "figures": call.figures, "desk": config().table})
