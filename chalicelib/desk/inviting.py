"""信访监督员, on the office's side: whom to invite to a case or a reception, by choice or by lot."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.handling import take
from chalicelib.domain import inviting as rules
from chalicelib.domain.case import Case
from chalicelib.domain.events import LayInvited, Reason
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action, Role
from chalicelib.storage import accounts, lay

TICKED = "lay."  # and a login: the field of a box


class Candidate(Struct, frozen=True):
    """Somebody who may be invited. ``near``: from the case's area; ``times``: invitations this year."""

    staff: Staff
    near: bool
    times: int


def candidates(area: str | None, known: Sequence[Invitation], at: datetime) -> list[Candidate]:
    """Whom to invite, in the order of the proposal. ``known``: the invitations there are; ``area``: a code."""
    people, counts = _people(), _counts(at)
    near = {one.login: _near(one, area) for one in people}
    found = rules.proposed(people, counts, near, known)
    return [Candidate(one, near[one.login], counts.get(one.login, 0)) for one in found]


def _people() -> list[Staff]:
    known = (account.staff for account in accounts.accounts() if account.enabled)
    return [one for one in known if one.role is Role.LAY_SUPERVISOR]


def _counts(at: datetime) -> Mapping[str, int]:
    """How often each was invited this year; what was taken back does not count."""
    found = (one.invitation for one in lay.attendances(lay.year_of(at)))
    return Counter(one.login for one in found if not one.withdrawn)


def _near(staff: Staff, area: str | None) -> bool:
    """Whether somebody comes from the area, from a part of it, or from that of which it is a part."""
    if area is None or staff.area is None:
        return False
    city = cities.current()
    return city.within(area, staff.area) or city.within(staff.area, area)


def invite(case_id: str, version: int, by: Staff, at: datetime, raw: Mapping[str, str]) -> Case:
    """受邀 to a case. ``raw``: as ``rules.read_call`` says, ``lay.LOGIN`` = "yes" for each, or ``draw`` for a lot.

    Raises Invalid, and what the step refuses.
    """
    call = rules.read_call(raw, at)

    def decide(case: Case) -> list[LayInvited]:
        whom, basis = chosen(raw, case.lay, at)
        return rules.invite(case, whom, call, basis)

    return take(case_id, version, Action.INVITE_LAY, by, at, decide)


def chosen(raw: Mapping[str, str], known: Sequence[Invitation], at: datetime) -> tuple[list[Staff], Reason]:
    """Whose boxes are ticked; or, where ``draw`` is pressed, who was drawn, and of how many. Raises Invalid."""
    people = _people()
    if not raw.get("draw"):
        return [one for one in people if raw.get(TICKED + one.login) == "yes"], rules.CHOSEN
    pool = rules.pool(people, _counts(at), known)
    drawn = secrets.SystemRandom().sample(pool, min(rules.DRAWN, len(pool)))
    return drawn, rules.by_lot(len(drawn), len(pool))


def uninvite(case_id: str, version: int, by: Staff, at: datetime, login: str, words: str) -> Case:
    """The invitation is taken back: they see nothing of it from now on."""
    return take(case_id, version, Action.UNINVITE_LAY, by, at, lambda case: rules.uninvite(case, login, words))
