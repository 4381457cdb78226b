"""A talk becomes a submission: the transcript comes with it, and the citizen sees her receipt at once."""

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.desk import cities, submitting, talking
from chalicelib.desk.submitting import Receipt
from chalicelib.desk.vault import vault
from chalicelib.domain import talk as rules
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed, KeyUsed, NotAllowed, RuleBroken
from chalicelib.domain.events import CITIZEN, Actor
from chalicelib.domain.people import Staff
from chalicelib.domain.submission import Form, day_in_shanghai, read_form
from chalicelib.domain.talk import Talk
from chalicelib.domain.transcripts import Called, transcript
from chalicelib.domain.words import Channel, Kind, Role
from chalicelib.storage import talks

TRIES = 5
FIELDS = ("kind", "title", "text", "area", "place", "name", "phone", "email", "keep_name_from_unit", "may_publish")


def hand_in(token: str, raw: Mapping[str, object], called: Called, at: datetime) -> Receipt:
    """The citizen makes a submission of a talk that is over; ``raw``: FIELDS, all but ``kind``, ``title`` and ``text``
    optional; without ``name`` it is anonymous. ``called``: what the transcript calls the two.

    The same form sent twice gives the same receipt. Raises NotFound, Invalid, TooLate, RuleBroken when it is one.
    """

    def step(talk: Talk, receipt: str, sealed: bool) -> Talk:
        return rules.hand_in(talk, receipt, sealed, at)

    return _filed(talking.id_of(token), raw, CITIZEN, called, at, step)


def file(talk_id: str, raw: Mapping[str, object], staff: Staff, called: Called, at: datetime) -> Receipt:
    """A clerk makes a submission of a talk; ``raw`` as for ``hand_in``, and ``mailbox``.

    Raises NotAllowed, NotFound, Invalid, and what ``rules.file`` raises.
    """
    if staff.role is not Role.CLERK:
        raise NotAllowed(action="chat")

    def step(talk: Talk, receipt: str, sealed: bool) -> Talk:
        return rules.file(talk, receipt, sealed, staff.login, staff.name, at)

    return _filed(talk_id, raw, staff.actor, called, at, step)


def _filed(
    talk_id: str,
    raw: Mapping[str, object],
    by: Actor,
    called: Called,
    at: datetime,
    step: Callable[[Talk, str, bool], Talk],
) -> Receipt:
    for _ in range(TRIES):
        found = talks.read(talk_id)
        talk, form = found.talk, _form(found.talk, raw, at)
        try:
            beside = _beside(talk, form, at, step)
            added = transcript(talking.opened(talk_id, found.messages), called)
            return submitting.file(form, at, Channel.CHAT, by, beside=beside, added=added)
        except KeyUsed:
            raise RuleBroken("talk_filed") from None
        except Changed:
            continue  # something was said meanwhile: it belongs to the transcript
    raise Changed()


def _form(talk: Talk, raw: Mapping[str, object], at: datetime) -> Form:
    """What was said, as the citizen would have written it: checked by the same rules."""
    city = cities.current()
    written = {field: raw[field] for field in FIELDS if field in raw}
    written |= {
        "key": vault().sign("talk-filed", talk.id),
        "mailbox": raw.get("mailbox") or mailbox_for(raw.get("kind"), city),
        "anonymous": not str(raw.get("name") or "").strip(),
    }
    return read_form(written, city, talk.language, day_in_shanghai(at))


def mailbox_for(kind: object, city: City) -> str:
    """Where a talk of ``kind`` belongs: a mailbox of the desk's own that is nobody's, else any that takes it."""
    desks = [box for box in city.mailboxes if box.keeper == city.desk_unit and box.leader is None]
    boxes = (*sorted(desks, key=lambda box: -len(box.kinds)), *city.mailboxes)
    return next((box.id for box in boxes if kind in box.kinds), boxes[0].id)


def _beside(talk: Talk, form: Form, at: datetime, step: Callable[[Talk, str, bool], Talk]) -> submitting.Beside:
    if talk.receipt:  # the same form again: there is nothing left to change
        return lambda receipt: ()
    sealed = form.kind is Kind.ACCUSATION
    step(talk, talk.id, sealed)  # who may not is told before a receipt is found
    return lambda receipt: (talks.talk_item(step(talk, receipt, sealed), at),)
