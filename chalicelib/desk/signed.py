"""Requests that are signed by the Standard Webhooks specification: another agency's, and a provider's."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from chalicelib.desk import limits
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.gateways import secrets
from chalicelib.gateways.secrets import Name as Name
from chalicelib.storage import spent

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TAKEN_FOR = 300  # seconds before and after now, as Standard Webhooks asks
_ID = re.compile(r"[!-~]{1,200}")  # it becomes a key of the table
_SECONDS = re.compile(r"[0-9]{1,12}")
_NOBODYS = "whsec_bm9ib2R5IGhhcyB0aGlzIHNlY3JldCwgaXQgaXMgcHVibGlj"  # who is unknown is checked as long as who is known


class Unverified(Invalid):
    """The signature is not the sender's, or there is no such sender: the two are never told apart. Or it is too old."""

    code = "unverified"


class Reused(Exception):
    """The webhook's id was used for another request."""


def headers_of(given: Mapping[str, str], at: datetime) -> dict[str, str]:
    """The headers of a signed request.

    Raises Invalid when they are not of the specification, Unverified when they are more than five minutes off ``at``.
    """
    headers = {name: given.get(name, "") for name in HEADERS}
    missing = [FieldError(name, "webhook.unsigned") for name in HEADERS if not headers[name]]
    if missing:
        raise Invalid(missing)
    if not _ID.fullmatch(headers["webhook-id"]):
        raise Invalid([FieldError("webhook-id", "webhook.id_malformed")])
    if not _SECONDS.fullmatch(headers["webhook-timestamp"]):
        raise Invalid([FieldError("webhook-timestamp", "webhook.timestamp_malformed")])
    if abs(at.timestamp() - int(headers["webhook-timestamp"])) > TAKEN_FOR:
        raise Unverified([FieldError("webhook-timestamp", "webhook.out_of_time")])
    return headers


def check(secret: str, headers: dict[str, str], body: bytes) -> None:
    """See that ``body`` was signed with ``secret``; with "" nothing was. Raises Unverified, Invalid."""
    from standardwebhooks import Webhook, WebhookVerificationError  # 40 ms, and only here

    unverified = Unverified([FieldError("webhook-signature", "unverified")])
    try:
        Webhook(secret or _NOBODYS).verify(body, headers, json_parse=False)
    except WebhookVerificationError as error:
        raise unverified from error
    except ValueError as error:  # a signature that is no Base64, a body that is no UTF-8
        raise Invalid([FieldError("webhook-signature", "webhook.malformed")]) from error
    if not secret:
        raise unverified


def spend(who: str, headers: dict[str, str], asked: bytes, at: datetime) -> None:
    """The id is used up for ``asked``, which may come again. Raises Reused. ``who``: whose ids these are."""
    if not spent.spend(who, headers["webhook-id"], hashlib.sha256(asked).hexdigest(), at):
        raise Reused


def verify(who: str, name: Name, given: Mapping[str, str], body: bytes, at: datetime) -> None:
    """See that a request was signed with the secret ``name``, or with the one before it while both hold.

    Raises what the three above raise, and TooMany.
    """
    headers = headers_of(given, at)
    *older, last = secrets.valid(name) or ("",)
    if not any(_signed_with(secret, headers, body) for secret in older):
        check(last, headers, body)
    limits.count_webhook(who, at)
    spend(who, headers, body, at)


def _signed_with(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        check(secret, headers, body)
    except Unverified:
        return False
    return True
