"""How an office words its notices and when it is quiet: each setting one item, and each change beside it."""

from chalicelib.domain.wording import Change, InForce
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, stamp, under
from chalicelib.storage.unit_of_work import Work, commit

_SETTINGS, _CHANGES = "wording", "wording-changes"


def in_force() -> dict[str, InForce]:
    """Every setting that was ever set, by its name: one query."""
    found = (unpack(item.body, InForce) for item in under(_SETTINGS))
    return {one.setting: one for one in found}


def load(setting: str) -> InForce:
    """One setting as it stands."""
    item = get(_SETTINGS, setting)
    return InForce(setting) if item is None else unpack(item.body, InForce)


def keep(change: Change) -> None:
    """Set what was changed, with who changed it. Raises Changed when another has set it so far."""
    after = InForce(change.setting, change.version, change.after)
    item = DeskItem(_SETTINGS, change.setting, body=pack(after), version=change.version)
    commit(Work(change.at, newer=[item], kept=[DeskItem(_CHANGES, _place_of(change), body=pack(change))]))


def _place_of(change: Change) -> str:
    return f"{stamp(change.at)}#{change.setting}#{change.version:06}"


def changes(limit: int) -> list[Change]:
    """The last changes of all settings, latest first."""
    found = DeskItem.query(_CHANGES, scan_index_forward=False, limit=limit, consistent_read=True)
    return [unpack(item.body, Change) for item in found]
