"""积案化解: the campaign's room in the console, and the figures that everybody may see."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.domain.backlog import NOBODY, Backlogged, Campaign, campaign
from chalicelib.domain.case import Case
from chalicelib.domain.moves import open_to
from chalicelib.domain.people import Staff, may_list
from chalicelib.domain.words import Action, Role
from chalicelib.storage import accounts, backlog

KEPT_FOR = timedelta(minutes=5)  # the public figures, in each process
SHOWN = 50  # cases of a section on one page

_known: "Published | None" = None


class Starts(Struct, frozen=True):
    """From which case on each section is shown."""

    unowned: int = 0
    open: int = 0
    settled: int = 0


class Section(Struct, frozen=True):
    """A part of one of the lists. ``next``: where the following part starts; None at the end."""

    cases: tuple[Case, ...]
    total: int
    first: int
    next: int | None


class Room(Struct, frozen=True):
    """The campaign as ``staff`` sees it. ``titled``: the cases whose titles they may know; ``may_name``: those for
    which they may name the owner; ``people``: everybody who has an account, by login; ``leaders``: who can own a case.
    """

    campaign: Campaign
    unowned: Section
    open: Section
    settled: Section
    titled: frozenset[str]
    may_name: frozenset[str]
    people: dict[str, Staff]
    leaders: tuple[Staff, ...]


class Published(Struct, frozen=True):
    """The figures as everybody may see them, as they were at ``at``."""

    campaign: Campaign
    people: dict[str, Staff]
    at: datetime


def room(staff: Staff, now: datetime, starts: Starts) -> Room:
    """The campaign: its figures, what nobody owns, what is open and what is settled; a leader's own first."""
    still_open, settled = tuple(backlog.still_open()), tuple(backlog.settled())
    owned = _own_first([one for one in still_open if one.owner != NOBODY], staff)
    unowned = _section([one for one in still_open if one.owner == NOBODY], starts.unowned, _waits_for_owner)
    opened = _section(owned, starts.open, lambda case: case.settled_at is None)
    ended = _section(_own_first(settled, staff), starts.settled, lambda case: case.settled_at is not None)
    shown = [case for section in (unowned, opened, ended) for case in section.cases]
    known = tuple(accounts.accounts())
    return Room(
        campaign=campaign((*still_open, *settled)),
        unowned=unowned,
        open=opened,
        settled=ended,
        titled=frozenset(case.case_id for case in shown if may_list(staff, case)),
        may_name=frozenset(
            case.case_id for case in unowned.cases if Action.NAME_OWNER in open_to(case, staff.actor, now)
        ),
        people={account.staff.login: account.staff for account in known},
        leaders=tuple(one.staff for one in known if one.staff.role is Role.LEADER and one.enabled),
    )


def _own_first(matters: Sequence[Backlogged], staff: Staff) -> list[Backlogged]:
    return sorted(matters, key=lambda one: one.owner != staff.login)


def _section(matters: Sequence[Backlogged], start: int, fits: Callable[[Case], bool]) -> Section:
    """A part of ``matters``; a case that the index shows where it no longer stands is left out."""
    cases = tuple(case for case in backlog.cases_of(matters[start : start + SHOWN]) if fits(case))
    following = start + SHOWN
    return Section(cases, len(matters), start, following if following < len(matters) else None)


def _waits_for_owner(case: Case) -> bool:
    return case.owner is None and case.settled_at is None


def figures() -> Campaign:
    """The campaign's figures as they are now."""
    return campaign((*backlog.still_open(), *backlog.settled()))


def published(now: datetime) -> Published | None:
    """The figures, at most five minutes old; None where the city keeps them to itself."""
    global _known
    if not cities.current().campaign_public:
        return None
    if _known is None or not timedelta(0) <= now - _known.at < KEPT_FOR:
        people = {account.staff.login: account.staff for account in accounts.accounts()}
        _known = Published(figures(), people, now)
    return _known


def make_public(public: bool) -> None:
    """Whether everybody may see the figures."""
    cities.change(lambda city: replace(city, campaign_public=public))
