"""The formulas that were put in force, each kept for ever, and the one that is proposed."""

from datetime import datetime

from chalicelib.domain.enacting import Draft, Enacted
from chalicelib.domain.errors import Changed
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit

FORMULAS = "formulas"  # the partition of all versions
_DRAFT = ("formula", "draft")


def versions() -> list[Enacted]:
    """What was put in force, earliest first; nothing where the desk has but its first formula."""
    return [unpack(item.body, Enacted) for item in under(FORMULAS)]


def version(number: int) -> Enacted | None:
    """One version; None where it was never put in force."""
    item = get(FORMULAS, _number(number))
    return None if item is None else unpack(item.body, Enacted)


def draft() -> Draft | None:
    """What was proposed last, or that it was dropped; None where nobody has yet."""
    item = get(*_DRAFT)
    return None if item is None else unpack(item.body, Draft)


def save_draft(draft: Draft, at: datetime) -> None:
    """Keep what is proposed. Raises Changed when somebody else did since the draft before was read."""
    _commit(Work(at), draft)


def save_version(enacted: Enacted, at: datetime, draft: Draft | None = None) -> None:
    """Keep a new version, and in the same commit that ``draft`` is done with.

    Raises Changed when there is a version of that number, or the draft was changed since it was read.
    """
    item = DeskItem(FORMULAS, _number(enacted.version), body=pack(enacted))
    _commit(Work(at, new=[item]), draft)


def _commit(work: Work, draft: Draft | None) -> None:
    if draft is not None:
        item = DeskItem(*_DRAFT, body=pack(draft), version=draft.lock)
        (work.new if draft.lock == 1 else work.versioned).append(item)
    try:
        commit(work)
    except AlreadyThere as error:
        raise Changed() from error


def _number(version: int) -> str:
    return f"{version:06}"
