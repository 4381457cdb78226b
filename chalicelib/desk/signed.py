"""What a provider hands in is signed by the Standard Webhooks specification, with a secret of the deployment's own."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from chalicelib.desk.referring import HEADERS, TAKEN_FOR, Unverified
from chalicelib.domain.errors import FieldError, Invalid, KeyUsed
from chalicelib.storage import spent

_ID = re.compile(r"[!-~]{1,200}")  # it becomes a key of the table
_SECONDS = re.compile(r"[0-9]{1,12}")
_NOBODYS = "whsec_bm9ib2R5IGhhcyB0aGlzIHNlY3JldCwgaXQgaXMgcHVibGlj"


def verify(who: str, secret: str, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
    """See that ``body`` was signed with ``secret``; with none, nothing was. ``who``: whose ids these are.

    The same request may come again. Raises Invalid when the headers are not of the specification, Unverified when the
    signature is another's or more than five minutes old, KeyUsed when the id was used for another body.
    """
    given = {name: headers.get(name, "") for name in HEADERS}
    missing = [FieldError(name, "webhook.unsigned") for name in HEADERS if not given[name]]
    if missing:
        raise Invalid(missing)
    if not _ID.fullmatch(given["webhook-id"]):
        raise Invalid([FieldError("webhook-id", "webhook.id_malformed")])
    if not _SECONDS.fullmatch(given["webhook-timestamp"]):
        raise Invalid([FieldError("webhook-timestamp", "webhook.timestamp_malformed")])
    if abs(at.timestamp() - int(given["webhook-timestamp"])) > TAKEN_FOR:
        raise Unverified([FieldError("webhook-timestamp", "webhook.out_of_time")])
    _check(secret, given, body)
    if not spent.spend(who, given["webhook-id"], hashlib.sha256(body).hexdigest(), at):
        raise KeyUsed()


def _check(secret: str, headers: dict[str, str], body: bytes) -> None:
    from standardwebhooks import Webhook, WebhookVerificationError  # 40 ms, and only here

    try:
        Webhook(secret or _NOBODYS).verify(body, headers, json_parse=False)
    except WebhookVerificationError as error:
        raise Unverified([FieldError("webhook-signature", "unverified")]) from error
    except ValueError as error:  # a signature that is no Base64, a body that is no UTF-8
        raise Invalid([FieldError("webhook-signature", "webhook.malformed")]) from error
    if not secret:
        raise Unverified([FieldError("webhook-signature", "unverified")])
