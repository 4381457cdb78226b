"""How it goes with each endpoint, and what each was told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pynamodb.exceptions import PutError

from chalicelib.domain.errors import Changed
from chalicelib.domain.hook_health import Health
from chalicelib.domain.messages import Message
from chalicelib.storage.keys import case_key, health_key, told_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed, get, under

TOLD_KEPT = timedelta(days=30)
TRIES = 8  # of a change that meets another


def health(endpoint: str) -> Health:
    """How it goes with an endpoint."""
    item = get(*health_key(endpoint))
    return Health() if item is None else unpack(item.body, Health)


def change_health(endpoint: str, how: Callable[[Health], Health | None]) -> Health | None:
    """Set an endpoint's health to what ``how`` makes of it; gives that. None, and nothing changed, where it makes none.

    Raises Changed when others were faster time after time.
    """
    for _ in range(TRIES):
        item = get(*health_key(endpoint))
        known = Health() if item is None else unpack(item.body, Health)
        made = how(known)
        if made is None or made == known:
            return made
        version = int(item.version or 0) if item is not None else 0
        unchanged = DeskItem.pk.does_not_exist() if item is None else DeskItem.version == version
        try:
            DeskItem(*health_key(endpoint), body=pack(made), version=version + 1).save(unchanged)
        except PutError as error:
            if not condition_failed(error):
                raise
            continue
        return made
    raise Changed()


def forget(endpoint: str) -> None:
    """Delete how it went with an endpoint that is no more."""
    DeskItem(*health_key(endpoint)).delete()


def told(message: Message) -> str | None:
    """What the endpoint was told of the step, to the letter; None before the first try, and a month after it."""
    item = get(*_place(message))
    return None if item is None else item.body


def keep_told(message: Message, body: str, at: datetime) -> None:
    """Keep what the endpoint is told: every try, and a replay, says the same."""
    DeskItem(*_place(message), body=body, expires=int((at + TOLD_KEPT).timestamp())).save()


def forget_told(case_id: str) -> None:
    """Delete what all endpoints were told of a case."""
    for item in list(under(case_key(case_id)[0], "told#")):
        item.delete()


def _place(message: Message) -> tuple[str, str]:
    return told_key(message.case_id, message.event, str(message.endpoint))
