"""SMS through any provider that takes them by HTTP: signed as Standard Webhooks are, at a public address only."""

import json
from datetime import UTC, datetime

from msgspec import MsgspecError, Struct
from msgspec.json import decode

from chalicelib.config import config
from chalicelib.gateways import secrets, webhooks
from chalicelib.gateways.secrets import Name
from chalicelib.gateways.unreachable import NotTaken, Unreachable

NO_ADDRESS = "unreachable"  # the code by which the provider says that the number takes no SMS

LONGEST_ID = 200  # characters of a provider's own id that are kept


class _Said(Struct):
    """What a provider may answer with."""

    id: str = ""
    code: str = ""


def send(to: str, text: str, notice: str) -> str:
    """Hand ``text`` for the number ``to`` (E.164) over; gives the provider's id, "" where it gave none.

    ``notice``: the same for the same notice, by which the provider knows one that comes again. Raises Unreachable for a
    number that takes none, NotTaken for anything else but a yes, within 13 s.
    """
    body = json.dumps({"id": notice, "to": to, "text": text, "from": config().sms_from}, ensure_ascii=False)
    try:
        answer = webhooks.post(config().sms_url, _headers(notice, body), body.encode())
    except webhooks.NoAnswer as error:
        raise NotTaken("no answer", silent=True) from error
    except webhooks.Refused as error:
        raise NotTaken(f"the gateway's address: {error}") from error
    said = _read(answer.body)
    if 200 <= answer.status < 300:
        return said.id[:LONGEST_ID]
    if answer.status == 400 and said.code == NO_ADDRESS:
        raise Unreachable(NO_ADDRESS)
    raise NotTaken(f"HTTP {answer.status}", answer.retry_after)


def _headers(notice: str, body: str) -> dict[str, str]:
    from standardwebhooks import Webhook  # 40 ms, and only here

    now = datetime.now(UTC)
    signatures = [Webhook(secret).sign(notice, now, body) for secret in secrets.valid(Name.SMS)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Sunlight/1",
        "webhook-id": notice,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),  # by each that holds: the gateway may know but one
    }


def _read(body: str) -> _Said:
    """What the provider said, as far as it is what we asked for: anything else says nothing."""
    try:
        return decode(body, type=_Said)
    except MsgspecError:
        return _Said()
