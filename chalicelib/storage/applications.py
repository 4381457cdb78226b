"""How often the programs of others use their keys: a count for each minute that forgets itself, and one for good."""

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.storage.table import DeskItem, get

_KEPT = timedelta(hours=1)


class Use(Struct, frozen=True):
    """How often a key was used to hand something in, and when last."""

    times: int
    last_at: datetime | None


def count_minute(application: str, at: datetime) -> int:
    """One more use in this minute; gives how many it has now."""
    item = DeskItem(f"application#{application}", f"minute#{at:%Y%m%d%H%M}")
    expires = int((at + _KEPT).timestamp())
    item.update(actions=[DeskItem.version.add(1), DeskItem.expires.set(expires), DeskItem.body.set("")])
    return int(item.version or 0)


def count_use(application: str, at: datetime) -> None:
    """It has handed something in."""
    item = DeskItem(f"application#{application}", "uses")
    item.update(actions=[DeskItem.version.add(1), DeskItem.body.set(at.isoformat())])


def use_of(application: str) -> Use:
    """What was counted."""
    item = get(f"application#{application}", "uses")
    return Use(0, None) if item is None else Use(int(item.version or 0), datetime.fromisoformat(item.body))
