"""信访监督员台账: how often each was invited in a year, came, and gave an opinion. Who never was stands first."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities, sheets
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.people import Staff
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Role
from chalicelib.storage import accounts, lay

COLUMNS = ("name", "area", "invited", "coming", "came", "opinions", "last")
FIRST_YEAR = 2000


class Row(Struct, frozen=True):
    """One lay supervisor's year. ``last``: when they were invited last, None where nobody did. ``enabled``: of the
    account: who was closed is shown for the years in which they were invited.
    """

    staff: Staff
    enabled: bool
    invited: int
    coming: int
    came: int
    opinions: int
    last: datetime | None


class Ledger(Struct, frozen=True):
    """A year's rows, the never invited first, then who was least."""

    year: int
    rows: tuple[Row, ...]

    @property
    def never(self) -> int:
        """How many were invited to nothing."""
        return sum(not row.invited for row in self.rows)


def ledger(year: int) -> Ledger:
    """What came of the invitations of ``year``; what was taken back is not counted."""
    told: dict[str, list[Invitation]] = {}
    for one in lay.attendances(year):
        if not one.invitation.withdrawn or one.invitation.opinions:
            told.setdefault(one.invitation.login, []).append(one.invitation)
    rows = [
        _row(account.staff, account.enabled, told.get(account.staff.login, []))
        for account in accounts.accounts()
        if account.staff.role is Role.LAY_SUPERVISOR and (account.enabled or account.staff.login in told)
    ]
    return Ledger(year, tuple(sorted(rows, key=lambda row: (row.invited, row.staff.name, row.staff.login))))


def _row(staff: Staff, enabled: bool, own: Sequence[Invitation]) -> Row:
    return Row(
        staff,
        enabled,
        invited=len(own),
        coming=sum(one.coming is True for one in own),
        came=sum(one.came for one in own),
        opinions=sum(one.opinions > 0 for one in own),
        last=max((one.since for one in own), default=None),
    )


def this_year(at: datetime) -> int:
    """The year by Shanghai's calendar."""
    return lay.year_of(at)


def as_csv(table: Ledger, header: list[str], language: str) -> str:
    """A year's ledger for a spreadsheet. ``header``: the names of COLUMNS."""
    return sheets.sheet([header, *(_cells(row, language) for row in table.rows)])


def _cells(row: Row, language: str) -> list[object]:
    area = cities.current().area(row.staff.area)
    where = area.name.within(language) if area else ""
    last = f"{day_in_shanghai(row.last)}" if row.last else ""
    return [row.staff.name, where, row.invited, row.coming, row.came, row.opinions, last]
