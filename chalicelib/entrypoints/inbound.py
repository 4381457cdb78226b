"""What providers hand in, signed: text messages, and mails that no SES receives. See ``docs/channels-sms-mail.md``."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response
from msgspec import Struct

from chalicelib.desk import mailing, signed, texting
from chalicelib.entrypoints.answers import answered, json_answer, json_body, raw_body
from chalicelib.entrypoints.contract import IN_BODY, SIGNED, Guard, SignedHeaders, promise
from chalicelib.entrypoints.forms import RawMail, TextMessage
from chalicelib.web.messages import say

inbound = Blueprint(__name__)


class TextTaken(Struct, frozen=True, kw_only=True):
    """What became of a text message. ``ignored``: why nobody is answered."""

    taken: bool
    ignored: str | None


class MailTaken(Struct, frozen=True, kw_only=True):
    """It lies where it is read."""

    taken: bool


LARGEST_MAIL_BODY = 5_800_000  # bytes: what Lambda takes, less what the gateway adds


@promise(
    inbound,
    "POST",
    "/api/sms",
    "text_message",
    takes=TextMessage,
    headers=SignedHeaders,
    answers={200: TextTaken},
    refuses=(*IN_BODY, *SIGNED, "changed"),
    guard=Guard.SIGNATURE,
)
def sms() -> Response:
    """A text message has come. 200 with what became of it; the same id again, the same."""

    def work(request: Request, now: datetime) -> Response:
        taken = texting.receive(json_body(request), now)
        return json_answer(TextTaken(taken=not taken.ignored, ignored=taken.ignored or None))

    return _signed("sms", signed.Name.SMS_INBOUND, work)


@promise(
    inbound,
    "POST",
    "/api/mail",
    "mail",
    takes=RawMail,
    headers=SignedHeaders,
    answers={202: MailTaken},
    refuses=(*IN_BODY, *SIGNED),
    guard=Guard.SIGNATURE,
)
def mail() -> Response:
    """A mail has come, whole, in Base64. 202: it is read in a moment."""

    def work(request: Request, now: datetime) -> Response:
        mailing.post(json_body(request, LARGEST_MAIL_BODY))
        return json_answer(MailTaken(taken=True), 202)

    return _signed("mail", signed.Name.MAIL_INBOUND, work)


def _signed(who: str, secret: signed.Name, work: Callable[[Request, datetime], Response]) -> Response:
    def checked(request: Request, language: str) -> Response:
        now = datetime.now(UTC)
        headers: Mapping[str, str] = request.headers
        try:
            signed.verify(who, secret, headers, raw_body(request), now)
        except signed.Reused:
            error = {"code": "key_used", "message": say("error.webhook.reused", language), "fields": []}
            return json_answer({"error": error}, 409)
        return work(request, now)

    return answered(inbound.current_request, checked)
