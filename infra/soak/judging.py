"""What must be true of the table after a soak. Each check names what broke it, the first of them first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.desk.notifying import concerned
from chalicelib.desk.sending import ways
from chalicelib.desk.vault import vault
from chalicelib.desk.working import masked
from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.city import Endpoint
from chalicelib.domain.events import Event
from chalicelib.domain.folding import fold
from chalicelib.domain.hooks import tells
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.notices import notice_of
from chalicelib.domain.people import answered_by
from chalicelib.domain.words import AnswerBy, State
from chalicelib.storage.notices import ENDED, Sending
from chalicelib.storage.submissions import load_sealed_petitioner
from chalicelib.storage.table import moment, stamp
from infra.soak.desk import Desk, Kept
from infra.soak.draining import Queues
from infra.soak.outside import Told
from infra.soak.tally import Receipt, Said, Step

LATE = timedelta(minutes=3)  # for which a case may be due before a sweep that runs every 20 s has failed it
ONCE = (happened.Filed, happened.Registered)  # of one case


class Broken(Struct, frozen=True):
    """One thing that is not as it must be. ``where``: a case, a receipt or a message."""

    what: str
    where: str
    why: str


def lost(desk: Desk, receipts: Iterable[Receipt], said: Iterable[Said], steps: Iterable[Step]) -> Iterator[Broken]:
    """What somebody was told had been taken, and is not there."""
    for receipt in receipts:
        why = _why_lost(desk, receipt)
        if why:
            yield Broken("lost", receipt.number, why)
    for case_id, kept in desk.cases.items():
        for voice in kept.case.voices if kept.case is not None else ():
            if voice.receipt not in desk.folders:
                yield Broken("lost", case_id, f"its voice {voice.receipt} has no submission")
    by_receipt: dict[str, list[Event]] = defaultdict(list)
    for event in desk.events():
        by_receipt[str(getattr(event.payload, "receipt", ""))].append(event)
    for one in said:
        if not _is_kept(desk, one, by_receipt[one.receipt]):
            yield Broken("lost", one.receipt, f"what was said by {one.what} is not there")
    for step in steps:
        kept = desk.cases.get(step.case_id, Kept())
        if not any(event.number > step.version and event.by.id == step.login for event in kept.events):
            yield Broken("lost", step.case_id, f"{step.noun} of {step.login} at version {step.version} is not there")


def _why_lost(desk: Desk, receipt: Receipt) -> str:
    folder = desk.folders.get(receipt.number)
    if folder is None:
        return "no submission has this receipt"
    if vault().code_of(receipt.number) != receipt.code:
        return "its query code is another"
    begun = desk.cases.get(folder.submission.case_id, Kept()).events[:1]
    if not begun or getattr(begun[0].payload, "receipt", "") != receipt.number:
        return f"case {folder.submission.case_id} does not begin with it"
    case = desk.case_of(receipt.number)
    if case is None or case.voice(receipt.number) is None:
        return "no case has its voice"
    return ""


def _is_kept(desk: Desk, said: Said, events: list[Event]) -> bool:
    keys = [one.key for one in desk.folders[said.receipt].supplements] if said.receipt in desk.folders else []
    match said.what:
        case "supplements":
            return keys.count(said.key) == 1 and _happened(events, happened.Supplemented)
        case "review":
            return keys.count(said.key) == 1 and _happened(events, happened.ReviewAsked)
        case "rating":
            return _happened(events, happened.Rated)
        case _:
            return _happened(events, happened.Withdrawn)


def _happened(events: list[Event], kind: type[happened.Payload]) -> bool:
    return any(isinstance(event.payload, kind) for event in events)


def duplicates(desk: Desk, texts: Iterable[tuple[str, str]]) -> Iterator[Broken]:
    """Notices that reached a telephone twice: under two names, for one name twice is known to the provider. And what
    happens once to a case and is in its record twice, with a notice each.
    """
    names: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name, number in texts:
        about = tuple(name.split(".")[:5])  # notice, case, event, receipt, way; what follows is a person's new round
        names[(*about, number)].add(name)
    for about, found in names.items():
        if len(found) > 1:
            yield Broken("duplicate", about[1], f"told under {sorted(found)}")
    for case_id, kept in desk.cases.items():
        times = Counter(type(event.payload) for event in kept.events if isinstance(event.payload, ONCE))
        for kind, often in times.items():
            if often > 1:
                yield Broken("duplicate", case_id, f"{kind.__name__} {often} times")


def untold(desk: Desk, texts: Iterable[tuple[str, str]]) -> Iterator[Broken]:
    """Citizens who are owed a notice and did not get it: by the record of the desk, and by their telephones."""
    told = {name for name, _ in texts}
    for case_id, kept in desk.cases.items():
        if kept.case is None:
            continue
        sent = {(one.event, one.recipient, one.way): one for one in kept.notices}
        for event, receipt, way in _owed(desk, kept.case, kept.events):
            one = sent.get((event.number, receipt, way))
            if one is None or one.state is not Sending.SENT:
                state = one.state if one is not None else "never begun"
                yield Broken("untold", case_id, f"event {event.number} ({event.kind}) to {receipt} by {way}: {state}")
            elif way == "sms" and one.id not in told:
                yield Broken("untold", case_id, f"{one.id} is on record as sent, and no telephone has it")


def _owed(desk: Desk, case: Case, events: list[Event]) -> Iterator[tuple[Event, str, str]]:
    for event in events:
        notice = notice_of(event)
        if notice is None or notice.citizen is None or not case.counted:
            continue
        for receipt in concerned(event, case):
            if receipt not in desk.folders:
                continue  # it is among what is lost
            submission, sealed = desk.folders[receipt].submission, load_sealed_petitioner(receipt)
            if sealed is None or (submission.demands is not None and submission.demands.we_are_silent):
                continue
            petitioner = vault().open_petitioner(sealed, receipt)
            if answered_by(petitioner) is not AnswerBy.NOTICE:
                continue
            for way, _, _ in ways(petitioner, masked(petitioner), submission.ways):
                yield event, receipt, way


def stuck(desk: Desk, lying: Queues, now: datetime) -> Iterator[Broken]:
    """What will not go on by itself."""
    for key, due_at in desk.outbox:
        if due_at is not None:
            yield Broken("stuck", key, f"nobody has acted upon it; due {due_at}")
    for name in ("visible", "in_flight"):
        if getattr(lying, name):
            yield Broken("stuck", "queues", f"{getattr(lying, name)} messages {name}")
    for case_id, kept in desk.cases.items():
        case = kept.case
        if case is None:
            yield Broken("stuck", case_id, "there are events, but no case")
            continue
        if case.state is State.RECEIVED:
            yield Broken("stuck", case_id, "it was never registered")
        wanted = case.next_due_at(case.moved_at)
        if (stamp(wanted) if wanted is not None else None) != kept.due_at:
            yield Broken("stuck", case_id, f"is due {kept.due_at}, and should be {wanted}")
        elif kept.due_at is not None and moment(kept.due_at) < now - LATE:
            yield Broken("stuck", case_id, f"has been due since {kept.due_at}")
        for one in kept.notices:
            if one.state not in ENDED | {Sending.OWED}:
                yield Broken("stuck", case_id, f"{one.id} is {one.state} after {one.attempts} tries: {one.error}")
    for receipt, folder in desk.folders.items():
        if len(folder.checked) < len(folder.attachments):
            yield Broken("stuck", receipt, "a file of it was never looked at")


def untaken(desk: Desk, endpoints: Iterable[Endpoint], taken: dict[str, list[Told]]) -> Iterator[Broken]:
    """Steps that an endpoint was to be told of and was not; and those that it was told of in two ways."""
    known = list(endpoints)
    for endpoint in known:
        bodies: dict[str, set[bytes]] = defaultdict(set)
        for one in taken.get(endpoint.name.zh, []):
            bodies[one.id].add(one.body)
        for case_id, kept in desk.cases.items():
            before: Case | None = None
            for place, event in enumerate(kept.events, start=1):
                after = fold(kept.events[:place])
                name = Message(Topic.WEBHOOKS, case_id, event.number, endpoint.id).id
                if tells(endpoint, event, before, after) and name not in bodies:
                    yield Broken("untaken", case_id, f"{endpoint.name.zh} was never told of event {event.number}")
                before = after
        for name, found in bodies.items():
            if len(found) > 1:
                yield Broken(
                    "untaken", name, f"{endpoint.name.zh} was told {len(found)} different things under one name"
                )
