"""来信短信: a citizen's text message goes on with her dialogue, and the answer is sent by the queue of notices.

What was said, and that it is to be answered, are one commit; where it files a submission, the same commit. So a crash
leaves either nothing, and the provider's next try does all of it, or everything.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.desk import cities, tracking
from chalicelib.desk.committing import finish
from chalicelib.desk.stopping import talk_with
from chalicelib.desk.submitting import file
from chalicelib.desk.vault import vault
from chalicelib.domain import sms_dialogue as dialogue
from chalicelib.domain.arrivals import cleaned, mailbox_for, personal_number, title_of
from chalicelib.domain.errors import Changed, DataErased, NotAllowed, NotFound, SlowDown, WrongState
from chalicelib.domain.events import CITIZEN
from chalicelib.domain.fields import LONGEST, FieldReader
from chalicelib.domain.messages import AnswerMessage
from chalicelib.domain.receipts import spoken
from chalicelib.domain.sms_talk import Add, File, Show, Talk, Turn
from chalicelib.domain.sms_words import is_automatic
from chalicelib.domain.standing import own_state
from chalicelib.domain.submission import Form, day_in_shanghai, read_form
from chalicelib.domain.words import Channel
from chalicelib.storage import dialogues, throttle
from chalicelib.storage.dialogues import ANSWERS_KEPT, Answered, Kept, Thread
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyThere

TRIES = 5
GOES_ON_FOR = timedelta(hours=24)
TEXTS_AN_HOUR = 40  # of one number
WAY = "sms"


class Text(Struct, frozen=True):
    """A text message as a provider hands it in. ``sender``: as citizens write their numbers."""

    id: str
    sender: str
    text: str


class Taken(Struct, frozen=True):
    """What became of it: ``ignored`` says why nobody is answered, "" where she is, by the answer ``number``."""

    ignored: str
    number: int = 0


def receive(raw: Mapping[str, object], at: datetime) -> Taken:
    """Take a text message in: ``id``, ``from``, ``to``, ``text``. The same id again gives the same, and does nothing.

    Raises Invalid naming the fields, Changed when others were faster time after time.
    """
    reader = FieldReader(raw)
    message = reader.text("id", required=True)
    sender, to = reader.text("from", required=True, longest=40), reader.text("to", longest=40)
    said = _said(reader)
    reader.raise_errors()
    phone = personal_number(sender)
    if phone is None:
        return Taken("not_a_person")
    if phone == personal_number(to) or is_automatic(said):
        return Taken("automatic")
    return _insisting(Text(_fingerprint(message), phone, said), at)


def _said(reader: FieldReader) -> str:
    """Telephones send what no form would take: it is cleaned rather than refused."""
    text = reader.raw.get("text")
    if not isinstance(text, str):
        reader.refuse("text", "field.not_text")
        return ""
    said = cleaned(text)
    if len(said) > LONGEST["text"]:
        reader.refuse("text", "field.too_long", longest=str(LONGEST["text"]), length=str(len(said)))
    return said


def _fingerprint(message: str) -> str:
    return hashlib.sha256(message.encode()).hexdigest()[:32]


def _insisting(text: Text, at: datetime) -> Taken:
    for _ in range(TRIES):
        talk = talk_with(text.sender)
        kept = dialogues.load(WAY, talk)
        thread = opened(talk, kept) if kept is not None else Thread(text.sender, Talk(), at)
        before = thread.answer_to(text.id)
        if before is not None:
            return Taken("", before.number)
        scope = throttle.Scope(f"texts#{talk}", TEXTS_AN_HOUR)
        if throttle.locked_for([scope], at):
            return Taken("too_many")
        try:
            taken = _answer(text, talk, thread, kept.version if kept is not None else 0, at)
        except (Changed, AlreadyThere):
            continue
        throttle.count([scope], at)
        return taken
    raise Changed()


def opened(talk: str, kept: Kept) -> Thread:
    """What was said with a number."""
    return unpack(vault().open(kept.sealed, dialogues.place_of(WAY, talk)), Thread)


def _answer(text: Text, talk: str, thread: Thread, version: int, at: datetime) -> Taken:
    """Raises Changed when another text of the same number was faster."""
    so_far = thread.talk if at < thread.until else Talk(language=thread.talk.language)
    number = thread.number + 1
    turn = dialogue.turn(so_far, text.text, vault().sign("texted", f"{talk}#{text.id}"), cities.current())

    def item(after: Turn) -> DeskItem:
        assert after.answer is not None  # by now the desk has done what was asked
        answered = Answered(text.id, number, after.answer, after.talk.language)
        kept = (*thread.answered, answered)[-ANSWERS_KEPT:]
        now = Thread(text.sender, after.talk, at + GOES_ON_FOR, kept)
        return dialogues.item_of(
            WAY, talk, Kept(vault().seal(pack(now), dialogues.place_of(WAY, talk)), version + 1), at
        )

    message = AnswerMessage(WAY, talk, number)
    if isinstance(turn.effect, File):
        form = _form(turn.effect, text.sender, turn.talk.language, at)
        receipt = file(
            form,
            at,
            Channel.SMS,
            CITIZEN,
            beside=lambda receipt: (item(dialogue.filed(turn, receipt)),),
            messages=[message],
        )
        if receipt.repeated:  # the same yes came twice at once, and the other has answered it
            raise Changed()
        return Taken("", number)
    after = _done(turn, talk, text, at)
    stop = dialogues.stop_item(talk)
    off = after.answer is not None and after.answer.message == "off"
    kept = [item(after)]
    finish(
        at=at,
        new=[] if version else kept,
        versioned=kept if version else [],
        kept=[stop] if off else [],
        gone=[] if off else [stop],
        messages=[message],
    )
    return Taken("", number)


def _form(matter: File, phone: str, language: str, at: datetime) -> Form:
    """What was said, as the citizen's page would have sent it."""
    city = cities.current()
    mailbox = mailbox_for(city, matter.kind)
    written = {
        "key": matter.key,
        "mailbox": mailbox.id if mailbox is not None else "",
        "kind": matter.kind.value,
        "title": title_of(matter.text),
        "text": matter.text,
        "area": matter.area if city.area(matter.area) is not None else "",
        "anonymous": not matter.name,
        "name": matter.name,
        "phone": phone,
    }
    return read_form(written, city, language, day_in_shanghai(at))


def _done(turn: Turn, talk: str, text: Text, at: datetime) -> Turn:
    """What the desk does before it answers; what adds to a matter adds once, however often it is tried."""
    match turn.effect:
        case Show(pair):
            return _shown(turn, pair.number, pair.code, talk, at)
        case Add(receipt, said):
            raw = {"key": vault().sign("texted", f"{talk}#{text.id}"), "text": said}
            try:
                tracking.supplement(receipt, raw, at)
            except (WrongState, NotAllowed, NotFound, DataErased):
                return dialogue.added(turn, "cannot_add")
            return dialogue.added(turn, "added")
        case _:
            return turn


def _shown(turn: Turn, number: str, code: str, talk: str, at: datetime) -> Turn:
    """Wrong pairs are slowed by telephone number, and by receipt."""
    try:
        receipt = tracking.admitted(number, code, f"{WAY}-{talk}", at)
        status = tracking.track(receipt, at)
    except SlowDown as slow:
        return dialogue.not_admitted(turn, "slow", {"minutes": str(-(-slow.seconds // 60))})
    except (NotFound, DataErased):
        return dialogue.not_admitted(turn, "unknown", {})
    due = status.case.deadline
    values = {
        "receipt": spoken(receipt),
        "state": own_state(status.case, status.voice).value,
        "unit": status.case.unit or "",
        "due": f"{day_in_shanghai(due.due_at - timedelta(seconds=1))}" if due is not None else "",
    }
    return dialogue.shown(turn, receipt, {**values, "unit": "", "due": ""} if status.case.sealed else values)
