"""What was told to whom, attempt by attempt; and the inboxes of the console."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace
from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition

from chalicelib.domain.submission import day_in_shanghai
from chalicelib.storage.keys import case_key, owed_key, reception_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed, get, stamp, under

TRIED_AGAIN_AFTER = timedelta(minutes=5)  # an attempt that never ended: its function was cut off
INBOX_KEPT = timedelta(days=90)
BY_A_PERSON = frozenset({"call", "post", "hand"})
FAILED, UNREACHABLE = "notices-failed", "notices-unreachable"  # the lists of what a person is to look at
LONGEST_KEY = 200  # characters; forms bring keys back
_NOTICE = "notice#"


class Sending(StrEnum):
    """How an attempt stands."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # it is tried again
    UNREACHABLE = "unreachable"  # this address takes nothing by this way: no second try
    OWED = "owed"  # waits for a person to tell it (storage/owed.py)
    LEFT = "left"  # tried for a day: it is left to a person
    SETTLED = "settled"  # a person saw to it


ENDED = frozenset({Sending.SENT, Sending.UNREACHABLE, Sending.LEFT, Sending.SETTLED})


class Settled(StrEnum):
    """How a person saw to what could not be sent."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    NEEDLESS = "needless"  # it need not be told any more


class Settlement(Struct, frozen=True):
    """Who saw to it."""

    how: Settled
    at: datetime
    by: str  # login
    name: str


class Attempted(Struct, frozen=True):
    """One notice to one person by one way. ``to`` is masked; the text never holds a name or a query code."""

    case_id: str  # "" for one about a reception
    event: int  # or the number of a reception's news
    recipient: str  # number of a receipt or of a booking
    way: str  # "sms" or "mail"; by a person "call", "post" or "hand"
    to: str
    subject: str
    text: str
    state: Sending
    attempts: int
    at: datetime
    provider_id: str = ""
    error: str = ""
    reception: str = ""  # "" for one about a case
    by: str = ""  # the name of who told it
    since: datetime | None = None  # when it first failed
    rounds: int = 0  # how often a person had it sent again, or saw to it
    no_other: bool = False  # it reached its reader by no other way either
    settlement: Settlement | None = None
    talk: str = ""  # of the dialogue by SMS, or the mail, that it answers; "" for a notice

    @property
    def id(self) -> str:
        """The same for the same notice, however often it is tried; another once a person has it sent again."""
        about = f"reception-{self.reception}" if self.reception else self.talk or self.case_id
        again = f".{self.rounds}" if self.rounds else ""
        return f"notice.{about}.{self.event:06}.{self.recipient}.{self.way}{again}"

    @property
    def version(self) -> int:
        """Goes up with every attempt, and with whatever a person does about it."""
        return self.attempts + self.rounds


class Entry(Struct, frozen=True):
    """A line in an inbox of the console: what happened to which case."""

    case_id: str
    event: int
    kind: str  # the event's kind, "Dispatched"
    title: str
    at: datetime
    reception: str = ""  # what it is about, where it is no case; ``event`` is then the reception's version
    link: str = ""  # the page it leads to, where that is not the case's own


def begin(attempt: Attempted) -> Attempted | None:
    """Note that a notice is about to be sent; None when it is settled, or another is just sending it."""
    known = load(attempt)
    condition: Condition
    if known is None:
        condition = DeskItem.pk.does_not_exist()
    elif known.state in ENDED or (known.state is Sending.SENDING and attempt.at - known.at < TRIED_AGAIN_AFTER):
        return None
    else:
        condition = DeskItem.version == known.version
    begun = replace(attempt, state=Sending.SENDING, attempts=1)
    if known is not None:
        begun = replace(begun, attempts=known.attempts + 1, since=known.since, rounds=known.rounds)
    try:
        notice_item(begun).save(condition)
    except PutError as error:
        if not condition_failed(error):
            raise
        return None
    return begun


def end(attempt: Attempted) -> None:
    """Note how an attempt ended."""
    notice_item(attempt).save()


def load(attempt: Attempted) -> Attempted | None:
    """What is known of the notice that ``attempt`` would send."""
    item = get(*key_of(attempt))
    return None if item is None else unpack(item.body, Attempted)


def notice_item(attempt: Attempted) -> DeskItem:
    """A notice as the table keeps it, with the lists it stands in."""
    item = DeskItem(
        *key_of(attempt),
        body=pack(attempt),
        version=attempt.version,
        worklist=_list_of(day_in_shanghai(attempt.at)),
        worklist_at=stamp(attempt.at),
        expires=int((attempt.at + INBOX_KEPT).timestamp()) if attempt.talk else None,
    )
    waits_in = _waits_in(attempt)
    if waits_in is not None:
        item.watch, item.watch_at = waits_in, stamp(attempt.since or attempt.at)
    return item


def _waits_in(attempt: Attempted) -> str | None:
    """The list of those that a person is to see to, or to know of, in which it stands."""
    match attempt.state:
        case Sending.FAILED | Sending.LEFT:
            return FAILED
        case Sending.SENDING if attempt.attempts > 1:
            return FAILED  # its functions were cut off, or it failed before
        case Sending.UNREACHABLE if attempt.no_other:
            return UNREACHABLE
        case _:
            return None


def waiting(name: str, limit: int) -> list[Attempted]:
    """What stands in FAILED or UNREACHABLE, the longest first."""
    found = DeskItem.watch_index.query(name, limit=limit)
    return [unpack(item.body, Attempted) for item in found]


def failures(most: int = 100) -> int:
    """How many notices could not be sent and are not seen to; counted up to ``most``."""
    return DeskItem.watch_index.count(FAILED, limit=most)


def at_key(place: str, name: str) -> Attempted | None:
    """The notice at a key, as ``key_of`` gives it; None where none is."""
    fits = name.startswith(_NOTICE) and 0 < len(place) < LONGEST_KEY and len(name) < LONGEST_KEY
    item = get(place, name) if fits else None
    return None if item is None else unpack(item.body, Attempted)


def key_of(attempt: Attempted) -> tuple[str, str]:
    """Where a notice is kept."""
    if attempt.way in BY_A_PERSON:
        return owed_key(attempt.case_id, attempt.event, attempt.recipient)
    place, _ = reception_key(attempt.reception) if attempt.reception else case_key(attempt.case_id)
    place = f"dialogue#{attempt.talk}" if attempt.talk else place
    return place, f"{_NOTICE}{attempt.event:06}#{attempt.recipient}#{attempt.way}"


def _list_of(day: date) -> str:
    return f"notices#{day.isoformat()}"


def of_case(case_id: str) -> list[Attempted]:
    """What was sent about a case."""
    return [unpack(item.body, Attempted) for item in under(case_key(case_id)[0], _NOTICE)]


def of_reception(reception_id: str) -> list[Attempted]:
    """What was sent to who booked on a reception."""
    return [unpack(item.body, Attempted) for item in under(reception_key(reception_id)[0], _NOTICE)]


def forget(case_id: str, recipient: str) -> None:
    """Delete what is known of the notices about a case to one citizen."""
    for attempt in of_case(case_id):
        if attempt.recipient == recipient:
            DeskItem(*key_of(attempt)).delete()


class Recorded(Struct, frozen=True):
    """Some attempts of a day, latest first, and the key of the last for asking on; None at the end."""

    attempts: tuple[Attempted, ...]
    after: dict[str, dict[str, str]] | None


def recorded(day: date, limit: int = 100, after: dict[str, dict[str, str]] | None = None) -> Recorded:
    """What was sent on ``day``, a day in Shanghai."""
    found = DeskItem.worklist_index.query(
        _list_of(day), scan_index_forward=False, limit=limit, last_evaluated_key=after
    )
    attempts = tuple(unpack(item.body, Attempted) for item in found)
    return Recorded(attempts, found.last_evaluated_key)


def of_day(at: datetime, limit: int = 100) -> list[Attempted]:
    """The latest of what was sent on the day of ``at``."""
    return list(recorded(day_in_shanghai(at), limit).attempts)


def put_into(inbox: str, entry: Entry) -> None:
    """Lay an entry into an inbox; laid twice it is one."""
    entry_item(inbox, entry).save()


def entry_item(inbox: str, entry: Entry) -> DeskItem:
    """An entry of an inbox as the table keeps it."""
    place = _place_in(inbox, entry.case_id or entry.reception, entry.event, entry.at)
    return DeskItem(*place, body=pack(entry), expires=int((entry.at + INBOX_KEPT).timestamp()))


def take_out(inbox: str, case_id: str, event: int, at: datetime) -> None:
    """Delete the entry of an event from an inbox; none is none. ``at``: when it happened."""
    DeskItem(*_place_in(inbox, case_id, event, at)).delete()


def _place_in(inbox: str, case_id: str, event: int, at: datetime) -> tuple[str, str]:
    return f"inbox#{inbox}", f"{stamp(at)}#{case_id}#{event:06}"


def inbox(name: str, limit: int = 50) -> list[Entry]:
    """The latest entries of an inbox, latest first."""
    found = DeskItem.query(f"inbox#{name}", scan_index_forward=False, limit=limit)
    return [unpack(item.body, Entry) for item in found]


def unread(name: str, since: datetime | None, most: int = 100) -> int:
    """How many entries of an inbox came after ``since``; counted up to ``most``."""
    later = DeskItem.sk > _after(since) if since is not None else None
    return DeskItem.count(f"inbox#{name}", later, limit=most)


def _after(at: datetime) -> str:
    return f"{stamp(at)}#~"  # behind every entry of that moment: "~" sorts after all digits


def seen(login: str) -> datetime | None:
    """Up to when somebody has read their inbox; None for who never has."""
    item = get(*_mark_of(login))
    return None if item is None else unpack(item.body, datetime)


def mark_seen(login: str, until: datetime) -> None:
    """Somebody has read their inbox up to ``until``."""
    DeskItem(*_mark_of(login), body=pack(until)).save()


def _mark_of(login: str) -> tuple[str, str]:
    return f"staff#{login}", "inbox"
