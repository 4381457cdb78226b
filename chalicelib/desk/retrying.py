"""What another side did not take is tried again by the schedule of Standard Webhooks, and at last shown to a person."""

import random
from datetime import datetime, timedelta

from chalicelib.domain.hooks import pause_after
from chalicelib.domain.messages import Webhook
from chalicelib.gateways import queues
from chalicelib.storage import waiting
from chalicelib.storage.records import pack


def again(
    message: Webhook, tries: int, at: datetime, asked: timedelta | None = None, not_before: datetime | None = None
) -> None:
    """It was tried so many times, or would have been: it is tried again by the schedule, but never ``not_before``, nor
    before the pause that the other side ``asked`` for. After the last try it lies among the dead letters, and in the
    console's list.
    """
    pause = pause_after(tries, random.uniform(-1, 1), asked)
    if pause is None:
        queues.let_die(message, pack(message))
        waiting.give_up(message, tries, at)
        return
    until = max(at + pause, not_before or at)
    # where the queue's own delay reaches that far, it is given the message now; else the sweep does it in time
    if waiting.until(message, tries, until, at):
        queues.send_later(message, pack(message), (until - at).total_seconds())
