"""信访监督员 at a reception: invited by the office, they answer, look at its page, and say what they saw.

The reception and the ledger's line of it are one commit, and so are the entries of the inboxes of whom it concerns.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.booking import visitor_of
from chalicelib.desk.committing import finish
from chalicelib.desk.inboxes import of_inviter, of_lay
from chalicelib.desk.inviting import Candidate, candidates, chosen
from chalicelib.domain import reception_lay as rules
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import Changed, NotAllowed, NotFound
from chalicelib.domain.hiding import hidden
from chalicelib.domain.invitations import Invitation, Observation, standing
from chalicelib.domain.people import Petitioner, Staff
from chalicelib.domain.receptions import BookingState, NewsKind, Reception
from chalicelib.domain.words import Role, View
from chalicelib.storage import receptions
from chalicelib.storage.lay import attendance_items
from chalicelib.storage.notices import Entry, entry_item
from chalicelib.storage.receptions import reception_item
from chalicelib.storage.table import DeskItem

TRIES = 5
READERS = frozenset({Role.CLERK, Role.SUPERVISOR, Role.LEADER})
NEWS = {NewsKind.MOVED: "ReceptionMoved", NewsKind.CALLED_OFF: "ReceptionCalledOff"}


class Guests(Struct, frozen=True):
    """The lay supervisors of a reception, for one of the staff. ``opinions``: empty for who may not read them."""

    invitations: tuple[Invitation, ...]
    opinions: tuple[Observation, ...]
    candidates: tuple[Candidate, ...]
    may_invite: bool


class Seen(Struct, frozen=True):
    """A reception as an invited one sees it. ``subjects``: what it is about, masked, of whom is still to be heard."""

    reception: Reception
    invitation: Invitation
    subjects: tuple[str, ...]
    opinions: tuple[Observation, ...]  # their own
    may_answer: bool
    may_opine: bool


def guests(reception: Reception, staff: Staff, at: datetime) -> Guests:
    """What a page of ``reception`` shows of its lay supervisors to ``staff``, who may see it."""
    standing_ones = tuple(one for one in reception.lay if not one.withdrawn)
    may = staff.role in rules.INVITERS and reception.called_off is None and at < reception.plan.ends_at
    found = candidates(None, reception.lay, at) if may else []
    opinions = reception.opinions if staff.role in READERS else ()
    return Guests(standing_ones, opinions, tuple(found), may)


def invite(reception_id: str, raw: Mapping[str, str], staff: Staff, at: datetime) -> Reception:
    """受邀. ``raw``: ``lay.LOGIN`` = "yes" for each, or ``draw`` for a lot. Raises NotAllowed, NotFound, Invalid."""
    _inviters_only(staff)

    def step(reception: Reception) -> Reception:
        whom, basis = chosen(raw, reception.lay, at)
        return rules.invite(reception, whom, basis, staff.actor, at)

    return _moved(
        lambda: receptions.load(reception_id), step, at, lambda before, after: _told_invited(before, after, at)
    )


def uninvite(reception_id: str, login: str, staff: Staff, at: datetime) -> Reception:
    """The invitation is taken back. Raises NotAllowed, NotFound, Invalid."""
    _inviters_only(staff)

    def told(before: Reception, after: Reception) -> Iterable[DeskItem]:
        yield entry_item(of_lay(login), _entry(after, "LayUninvited", at))

    return _moved(lambda: receptions.load(reception_id), lambda one: rules.uninvite(one, login), at, told)


def answer(reception_id: str, by: Staff, at: datetime, coming: bool) -> Reception:
    """Coming or not. Raises NotFound, and what ``rules.answer`` raises."""
    return _moved(
        _of_the_invited(reception_id, by, at),
        lambda one: rules.answer(one, by.login, coming, at),
        at,
        lambda before, after: _told_inviter(after, by.login, "LayAnswered", at),
    )


def opine(reception_id: str, by: Staff, at: datetime, view: View, saw: str, words: str) -> Reception:
    """What was seen, and what they think. Raises NotFound, and what ``rules.opine`` raises."""
    return _moved(
        _of_the_invited(reception_id, by, at),
        lambda one: rules.opine(one, by.login, view, saw, words, at),
        at,
        lambda before, after: _told_inviter(after, by.login, "OpinionGiven", at),
    )


def seen(reception_id: str, staff: Staff, at: datetime) -> Seen:
    """A reception, masked. Raises NotFound for whom it is shown no longer, or never was."""
    reception = _of_the_invited(reception_id, staff, at)()
    own = standing(reception.lay, staff.login)
    assert own is not None
    standing_day = reception.called_off is None
    return Seen(
        reception,
        own,
        tuple(_subjects(reception)),
        tuple(one for one in reception.opinions if one.login == staff.login),
        may_answer=standing_day and at < reception.plan.ends_at,
        may_opine=standing_day and at >= reception.plan.starts_at and own.coming is not False,
    )


def _subjects(reception: Reception) -> Iterable[str]:
    """What each is about who was not heard yet: what was heard is a case, and may have become an accusation."""
    waiting = [one.number for one in reception.bookings if one.state is not BookingState.HEARD]
    found = [ticket for ticket in receptions.tickets(waiting).values() if ticket.sealed]
    visitors = [visitor_of(ticket) for ticket in found]
    people: list[Petitioner] = [visitor.petitioner for visitor in visitors]
    return sorted(hidden(visitor.about, people) for visitor in visitors)


def told_of_news(before: Reception, after: Reception, at: datetime) -> Iterable[DeskItem]:
    """The entries by which lay supervisors hear that a reception they are invited to is moved or called off."""
    for news in after.news[len(before.news) :]:
        if news.kind in NEWS:
            for one in after.lay:
                if not one.withdrawn and one.coming is not False:
                    yield entry_item(of_lay(one.login), _entry(after, NEWS[news.kind], at))


def _told_invited(before: Reception, after: Reception, at: datetime) -> Iterable[DeskItem]:
    for one in after.lay[len(before.lay) :]:
        yield entry_item(of_lay(one.login), _entry(after, "LayInvited", at))


def _told_inviter(after: Reception, login: str, kind: str, at: datetime) -> Iterable[DeskItem]:
    own = standing(after.lay, login)
    for inbox in of_inviter(own.by) if own is not None else ():
        yield entry_item(inbox, _entry(after, kind, at))


def _entry(reception: Reception, kind: str, at: datetime) -> Entry:
    """A line of an inbox: day and host, and nothing of who booked."""
    begins = reception.plan.starts_at.astimezone(SHANGHAI)
    title = f"{begins:%Y-%m-%d %H:%M} {reception.plan.host or reception.plan.place}"
    return Entry("", reception.version, kind, title, at, reception.id)


def _inviters_only(staff: Staff) -> None:
    if staff.role not in rules.INVITERS:
        raise NotAllowed(action="lay")


def _of_the_invited(reception_id: str, staff: Staff, at: datetime) -> Callable[[], Reception]:
    def read() -> Reception:
        reception = receptions.load(reception_id)
        if not rules.may_attend(staff, reception, at, cities.trade()):
            raise NotFound()
        return reception

    return read


def _moved(
    read: Callable[[], Reception],
    step: Callable[[Reception], Reception],
    at: datetime,
    told: Callable[[Reception, Reception], Iterable[DeskItem]],
) -> Reception:
    """Take ``step`` on the reception as it stands, whoever books or answers meanwhile."""
    for _ in range(TRIES):
        before = read()
        after = step(before)
        kept = [*attendance_items(after.id, before.lay, after.lay), *told(before, after)]
        try:
            finish(at=at, versioned=[reception_item(after)], kept=kept)
        except Changed:
            continue
        return after
    raise Changed()
