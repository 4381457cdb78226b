"""One webhook to one endpoint, once: signed as Standard Webhooks says, and recorded whatever comes of it."""

import time
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.city import Endpoint
from chalicelib.domain.hooks import live_keys
from chalicelib.gateways import webhooks
from chalicelib.storage import deliveries
from chalicelib.storage.deliveries import Delivery


class Tried(Struct, frozen=True):
    """What came of it. ``asked``: the pause that the other side asked for."""

    delivery: Delivery
    asked: timedelta | None

    @property
    def said(self) -> str:
        """In a word: the status, or why there was none."""
        return str(self.delivery.status) if self.delivery.status is not None else self.delivery.answer


def post(endpoint: Endpoint, body: str, planned: Delivery) -> Tried:
    """Send ``body`` as what is ``planned`` to be recorded: its message, attempt and moment."""
    began = time.monotonic()
    answer, why = _posted(endpoint, planned.message, body, planned.at)
    done = replace(
        planned,
        status=answer.status if answer is not None else None,
        milliseconds=round((time.monotonic() - began) * 1000),
        answer=answer.body if answer is not None else why,
    )
    deliveries.keep(done)
    asked = answer.retry_after if answer is not None else None
    return Tried(done, timedelta(seconds=asked) if asked is not None else None)


def _posted(endpoint: Endpoint, webhook_id: str, body: str, at: datetime) -> tuple[webhooks.Answered | None, str]:
    """The answer, or why there is none."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sunlight/1",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": _signatures(endpoint, webhook_id, body, at),
    }
    try:
        return webhooks.post(endpoint.url, headers, body.encode()), ""
    except (webhooks.NoAnswer, webhooks.Refused) as error:
        return None, f"{type(error).__name__}: {error}"


def _signatures(endpoint: Endpoint, webhook_id: str, body: str, at: datetime) -> str:
    """One by each live key, the newest first, a space between."""
    from standardwebhooks import Webhook  # 40 ms, and only here

    in_utc = at.astimezone(UTC)  # the library takes the clock's figures for UTC, whatever the time's zone
    return " ".join(Webhook(key).sign(webhook_id, in_utc, body) for key in live_keys(endpoint, at))
