"""What is to be told to citizens by a person: each step an item of its own, in a list until somebody has told it."""

from collections.abc import Iterable

from msgspec.structs import replace
from pynamodb.exceptions import PutError

from chalicelib.domain.submission import day_in_shanghai
from chalicelib.storage.keys import owed_key
from chalicelib.storage.notices import Attempted, Sending
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed, stamp, under

OPEN = "owed"  # the list of what anybody at the counter may tell
SEALED = "owed#sealed"  # of accusations: their own unit's to tell


def owe(attempt: Attempted, *, sealed: bool) -> None:
    """Lay a step down to be told; laid down twice it is one, and what was told stays told."""
    item = _item(attempt, SEALED if sealed else OPEN)
    try:
        item.save(DeskItem.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise


def waiting(name: str) -> list[Attempted]:
    """All that waits in the list ``name``, the longest first."""
    return [unpack(item.body, Attempted) for item in DeskItem.worklist_index.query(name)]


def owed_to(case_ids: Iterable[str], receipt: str) -> list[Attempted]:
    """What one citizen is still to be told of ``case_ids``, in the order of the steps."""
    found: list[Attempted] = []
    for case_id in case_ids:
        items = under(owed_key(case_id, 0, receipt)[0], "notice#")
        noticed = (unpack(item.body, Attempted) for item in items)
        found += [one for one in noticed if one.recipient == receipt and one.state is Sending.OWED]
    return sorted(found, key=lambda one: (one.at, one.event))


def tried(attempt: Attempted, *, sealed: bool) -> DeskItem:
    """The item after one more try that reached nobody: at the version before its own it must be the one that was read.
    It keeps its place in the list.
    """
    return _item(replace(attempt, attempts=attempt.attempts + 1), SEALED if sealed else OPEN)


def told(attempt: Attempted) -> DeskItem:
    """The item once the step was told: it leaves the list, and stands among what was told that day."""
    done = replace(attempt, state=Sending.SENT, attempts=attempt.attempts + 1)
    return _item(done, f"notices#{day_in_shanghai(done.at).isoformat()}")


def _item(attempt: Attempted, worklist: str) -> DeskItem:
    return DeskItem(
        *owed_key(attempt.case_id, attempt.event, attempt.recipient),
        body=pack(attempt),
        version=attempt.attempts,
        worklist=worklist,
        worklist_at=stamp(attempt.at),
    )
