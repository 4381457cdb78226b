"""How far the recounting of open deadlines has come: one item, worked on by whoever has time."""

from datetime import datetime

from msgspec import Struct
from pynamodb.exceptions import PutError

from chalicelib.domain.errors import Changed
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed, get


class Recount(Struct, frozen=True, omit_defaults=True):
    """A recount by the calendar of fingerprint ``calendar``, which the city has since its version ``city``.

    ``lists``: the worklists left, the first under work from ``after`` on; ``of``: how many there are in all.
    ``last_round``: every process knows the calendar by now; what an older one filed or moved is found.
    """

    version: int
    calendar: str
    city: int
    amended_at: datetime
    lists: tuple[str, ...] = ()
    of: int = 0
    after: dict[str, dict[str, str]] | None = None
    seen: int = 0  # cases, in this round
    changed: int = 0  # in all
    failed: int = 0  # in this round
    last_round: bool = False
    finished_at: datetime | None = None


def load() -> Recount | None:
    """The last recount, finished or not; None where there never was one."""
    item = get("settings", "recount")
    return None if item is None else unpack(item.body, Recount)


def save(recount: Recount) -> None:
    """Keep how far it is. Raises Changed when somebody else did since the version before was read."""
    older = DeskItem.pk.does_not_exist() if recount.version == 1 else DeskItem.version == recount.version - 1
    try:
        DeskItem("settings", "recount", body=pack(recount), version=recount.version).save(older)
    except PutError as error:
        if not condition_failed(error):
            raise
        raise Changed() from error
