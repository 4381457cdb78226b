"""信访监督员: the ledger of a year's invitations, and the cases to which one of them is invited."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.invitations import Invitation
from chalicelib.storage.placing import invited_to
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, under

MOST_SHOWN = 100  # cases of one person: who is invited to more than that has long stopped seeing the first of them


class Attendance(Struct, frozen=True):
    """One invitation and what came of it. ``about``: the number of a case, or of a reception."""

    about: str
    invitation: Invitation


def attendance_items(about: str, before: Iterable[Invitation], after: Iterable[Invitation]) -> list[DeskItem]:
    """What a step adds to the ledger: one item an invitation, in the year in which they were invited."""
    known = list(before)
    return [_item(Attendance(about, one)) for one in after if one not in known]


def _item(attendance: Attendance) -> DeskItem:
    one = attendance.invitation
    place = f"{one.login}#{attendance.about}#{one.number:06}"
    return DeskItem(_ledger(year_of(one.since)), place, body=pack(attendance))


def attendances(year: int) -> Iterator[Attendance]:
    """The invitations of a year, by login."""
    return (unpack(item.body, Attendance) for item in under(_ledger(year)))


def year_of(at: datetime) -> int:
    """The year of ``at`` by Shanghai's calendar."""
    return at.astimezone(SHANGHAI).year


def _ledger(year: int) -> str:
    return f"lay#{year}"


def cases_of(login: str) -> list[str]:
    """The numbers of the cases to which somebody is invited, the latest to be opened first."""
    found = DeskItem.worklist_index.query(invited_to(login), scan_index_forward=False, limit=MOST_SHOWN)
    return [item.body for item in found]
