"""What providers hand in, signed: text messages, and mails that no SES receives. See ``docs/channels-sms-mail.md``."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response

from chalicelib.config import config
from chalicelib.desk import mailing, signed, texting
from chalicelib.domain.errors import KeyUsed
from chalicelib.entrypoints.answers import JSON, answered, json_answer, json_body, raw_body
from chalicelib.web.messages import say

inbound = Blueprint(__name__)

LARGEST_MAIL_BODY = 5_800_000  # bytes: what Lambda takes, less what the gateway adds


@inbound.route("/api/sms", methods=["POST"], content_types=JSON)
def sms() -> Response:
    """A text message has come. 200 with what became of it; the same id again, the same."""

    def work(request: Request, now: datetime) -> Response:
        taken = texting.receive(json_body(request), now)
        return json_answer({"taken": not taken.ignored, "ignored": taken.ignored or None})

    return _signed("sms", config().sms_inbound_secret, work)


@inbound.route("/api/mail", methods=["POST"], content_types=JSON)
def mail() -> Response:
    """A mail has come, whole, in Base64. 202: it is read in a moment."""

    def work(request: Request, now: datetime) -> Response:
        mailing.post(json_body(request, LARGEST_MAIL_BODY))
        return json_answer({"taken": True}, 202)

    return _signed("mail", config().mail_inbound_secret, work)


def _signed(who: str, secret: str, work: Callable[[Request, datetime], Response]) -> Response:
    def checked(request: Request, language: str) -> Response:
        now = datetime.now(UTC)
        headers: Mapping[str, str] = request.headers
        try:
            signed.verify(who, secret, headers, raw_body(request), now)
        except KeyUsed:
            error = {"code": "key_used", "message": say("error.webhook.reused", language), "fields": []}
            return json_answer({"error": error}, 409)
        return work(request, now)

    return answered(inbound.current_request, checked)
