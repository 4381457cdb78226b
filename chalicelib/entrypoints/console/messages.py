"""The record of what citizens were told, and what they could not be told: to be sent again, or told by telephone."""

from collections.abc import Callable
from datetime import datetime, time

from chalice.app import Blueprint, Response

from chalicelib.desk import sending, telling_again
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import Changed, NotAllowed, Refused
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Role
from chalicelib.entrypoints.console.fields import chosen
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated
from chalicelib.web.messages import say

messages = Blueprint(__name__)
ROOM, PLACE = "messages", "/console/messages"


@messages.route("/messages", methods=["GET"])
def sent() -> Response:
    """What nobody was told of yet, and every SMS and e-mail of one day, latest first."""
    return seated(messages, ROOM, _shown)


@messages.route("/messages/again", methods=["POST"], content_types=FORM)
def send_again() -> Response:
    """One notice is sent again."""

    def work(visit: Visit) -> Response:
        telling_again.send_again(visit.form.get("place", ""), visit.form.get("name", ""), visit.now)
        return done(PLACE, "sent_again")

    return seated(messages, ROOM, lambda visit: _stepping(visit, work))


@messages.route("/messages/all-again", methods=["POST"], content_types=FORM)
def send_all_again() -> Response:
    """Everything that the provider did not take is sent again."""

    def work(visit: Visit) -> Response:
        telling_again.send_all_again(visit.now)
        return done(PLACE, "sent_again")

    return seated(messages, ROOM, lambda visit: _stepping(visit, work))


@messages.route("/messages/settlement", methods=["POST"], content_types=FORM)
def settle() -> Response:
    """A person has told it, or it need not be told any more."""

    def work(visit: Visit) -> Response:
        how = chosen(telling_again.Settled, "how", visit)
        form = visit.form
        telling_again.settle(form.get("place", ""), form.get("name", ""), how, visit.seat.staff, visit.now)
        return done(PLACE, "settled")

    return seated(messages, ROOM, lambda visit: _stepping(visit, work))


def _stepping(visit: Visit, work: Callable[[Visit], Response]) -> Response:
    """The clerks tell citizens; an administrator sees to it that there is a provider, and only looks here."""
    if visit.role is not Role.CLERK:
        raise NotAllowed(action=ROOM)
    try:
        return work(visit)
    except Changed as refused:
        return _shown(visit, refused)


def _shown(visit: Visit, refused: Refused | None = None) -> Response:
    day = _day(visit.query.get("day", ""), visit.now)
    untold = telling_again.untold()
    return page(
        visit,
        "messages",
        refused=refused,
        changed="messages.changed",
        sent=telling_again.told_on(day),
        chosen=day_in_shanghai(day),
        failed=telling_again.keys_of(untold.failed),
        unreachable=telling_again.keys_of(untold.unreachable),
        acts=visit.role is Role.CLERK,
        ways_to_settle=list(telling_again.Settled),
        why=_why,
    )


def _day(text: str, now: datetime) -> datetime:
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(12), SHANGHAI)
    except ValueError:
        return now


def _why(error: str, language: str) -> str:
    failure, said = sending.failure_of(error)
    return say(f"messages.error.{failure}", language, said=said)
