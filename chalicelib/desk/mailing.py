"""来信邮件: a mail lies in the bucket; it becomes a submission, or is added to the one it goes on about.

Each mail is known by its Message-ID. First it is noted that it came, then what became of it is committed together with
the submission and the answer that is to be sent. So it may be handed over any number of times, and broken off anywhere.
"""

import hashlib
import json
import logging
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import unquote_plus

from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.desk import cities, tracking, uploading
from chalicelib.desk.committing import finish
from chalicelib.desk.submitting import file
from chalicelib.desk.vault import vault
from chalicelib.domain.arrivals import language_of, mailbox_for, on_one_line, title_of
from chalicelib.domain.errors import (
    DataErased,
    FieldError,
    Invalid,
    NotAllowed,
    NotFound,
    SlowDown,
    WrongState,
)
from chalicelib.domain.events import CITIZEN
from chalicelib.domain.fields import LONGEST
from chalicelib.domain.mail_reading import LARGEST_MAIL, Mail, read_mail
from chalicelib.domain.mail_words import without_history
from chalicelib.domain.messages import AnswerMessage
from chalicelib.domain.receipts import MisreadReceipt, read_receipt
from chalicelib.domain.submission import Attachment, Form, day_in_shanghai, read_form
from chalicelib.domain.words import Channel, Kind
from chalicelib.gateways import objects
from chalicelib.storage import dialogues, throttle
from chalicelib.storage.dialogues import Kept, MailTaken
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.submissions import load_sealed_petitioner
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyThere
from chalicelib.web.messages import say

logger = logging.getLogger(__name__)

WAY = "mail"
FOLDER = "mail/"  # of the bucket
MAILS_AN_HOUR = 20  # of one sender
MOST_TEXTS = 4  # of the length of one; what is longer than the first is added to it
LARGEST_POSTED = 4 * 2**20  # bytes: Lambda takes 6 MB, a third of which is Base64's
_NUMBER = re.compile(r"(?<!\d)\d{4}[ -]?\d{4}[ -]?\d{4}(?!\d)")


def post(raw: Mapping[str, object]) -> None:
    """Lay a mail, ``raw`` in Base64, where SES lays it; the bucket's notification does the rest. Raises Invalid."""
    sent = raw.get("raw")
    if not isinstance(sent, str) or not sent:
        raise Invalid([FieldError("raw", "field.empty")])
    try:
        content = b64decode(sent, validate=True)
    except (NotBase64, ValueError):
        raise Invalid([FieldError("raw", "field.malformed")]) from None
    if len(content) > LARGEST_POSTED:
        raise Invalid([FieldError("raw", "mail.too_large", (("largest", str(LARGEST_POSTED // 2**20)),))])
    objects.put(f"{FOLDER}{hashlib.sha256(content).hexdigest()}", content, "message/rfc822")


def places_in(body: str) -> tuple[str, ...]:
    """Where the mails lie that an S3 notification tells of; none in the one that S3 sends to try the way.

    Raises ValueError, KeyError or TypeError for what is no notification.
    """
    told = json.loads(body)
    if told.get("Event") == "s3:TestEvent":
        return ()
    return tuple(unquote_plus(record["s3"]["object"]["key"]) for record in told["Records"])


def receive(place: str, at: datetime) -> None:
    """Take in the mail at ``place``; one that is there no more was taken.

    Raises Unreadable, SlowDown when its sender writes too much, Changed when another call does the same just now.
    """
    raw = objects.whole(place, LARGEST_MAIL)
    if raw is None:
        return
    mail = read_mail(raw, frozenset({config().mail_from.lower()}))
    if mail.automatic:
        logger.info("a mail was left alone", extra={"about": "automatic"})
        return
    talk = vault().sign(WAY, mail.message_id or hashlib.sha256(raw).hexdigest())
    taken, version = _noted(talk, mail, at)
    texts = _texts(mail)
    if not taken.message:
        taken = _acted_upon(talk, taken, version, mail, texts, at)
    if taken.receipt:
        for number, text in enumerate(texts[1:MOST_TEXTS], 2):
            tracking.supplement(taken.receipt, {"key": vault().sign("mailed", f"{talk}#{number}"), "text": text}, at)
    objects.remove(place)


def opened(talk: str, kept: Kept) -> MailTaken:
    """What became of a mail."""
    return unpack(vault().open(kept.sealed, dialogues.place_of(WAY, talk)), MailTaken)


def _noted(talk: str, mail: Mail, at: datetime) -> tuple[MailTaken, int]:
    """What is known of the mail, from now on at least that it came."""
    kept = dialogues.load(WAY, talk)
    if kept is not None:
        return opened(talk, kept), kept.version
    sender = throttle.Scope(f"mails#{vault().sign(WAY, mail.sender.lower())}", MAILS_AN_HOUR)
    pause = throttle.locked_for([sender], at)
    if pause:
        raise SlowDown(pause)
    taken = MailTaken(mail.message_id, language_of(f"{mail.subject} {mail.text}"))
    try:
        finish(at=at, new=[_item(talk, taken, 1, at)])
    except AlreadyThere:
        return _noted(talk, mail, at)
    throttle.count([sender], at)
    return taken, 1


def _item(talk: str, taken: MailTaken, version: int, at: datetime) -> DeskItem:
    sealed = vault().seal(pack(taken), dialogues.place_of(WAY, talk))
    return dialogues.item_of(WAY, talk, Kept(sealed, version), at)


def _texts(mail: Mail) -> list[str]:
    """What she says, in as many texts as it takes; of a mail that answers another, without that."""
    text = without_history(mail.text) if mail.references else mail.text
    longest = LONGEST["text"]
    return [part for start in range(0, len(text), longest) if (part := text[start : start + longest].strip())]


def _acted_upon(talk: str, taken: MailTaken, version: int, mail: Mail, texts: list[str], at: datetime) -> MailTaken:
    """File it, or add it to her own matter. Raises Changed when another call was faster."""
    taken = replace(taken, refused=mail.refused, cut=len(texts) > MOST_TEXTS)
    message = AnswerMessage(WAY, talk, 1)

    def item(became: str, receipt: str, address: str = "") -> DeskItem:
        return _item(talk, replace(taken, message=became, receipt=receipt, address=address), version + 1, at)

    if not texts and not mail.files:
        finish(at=at, versioned=[item("empty", "", mail.sender)], messages=[message])
        return replace(taken, message="empty")
    tickets = _tickets(talk, mail, at)
    text = texts[0] if texts else say("mail.see_files", taken.language)
    for receipt in _own_matters(mail):
        if _added(receipt, talk, text, tickets, at):
            finish(at=at, versioned=[item("added", receipt)], messages=[message])
            return replace(taken, message="added", receipt=receipt)
    form = _form(talk, mail, text, tickets, taken.language, at)
    filed = file(form, at, Channel.MAIL, CITIZEN, beside=lambda receipt: (item("filed", receipt),), messages=[message])
    return replace(taken, message="filed", receipt=filed.number)


def _tickets(talk: str, mail: Mail, at: datetime) -> list[str]:
    """Lay the files where uploads wait to be checked, each at the same place however often the mail comes."""
    tickets = []
    for number, one in enumerate(mail.files):
        key = f"incoming/{hashlib.sha256(f'{talk}#{number}'.encode()).hexdigest()[:32]}"
        tickets.append(
            uploading.brought(Attachment(one.name, one.content_type, len(one.content), key), one.content, at)
        )
    return tickets


def _own_matters(mail: Mail) -> Iterator[str]:
    """The receipts that the mail goes on about, by its thread or by a number in its subject, if they are its sender's.

    Whose address was looked at and found forged adds to nobody's matter.
    """
    if mail.verified is False:
        return
    for receipt in dict.fromkeys([*_by_number(mail.subject), *_by_thread(mail.references)]):
        sealed = load_sealed_petitioner(receipt)
        if sealed is None:
            continue
        if vault().open_petitioner(sealed, receipt).email.lower() == mail.sender.lower():
            yield receipt


def _by_number(subject: str) -> Iterator[str]:
    for found in _NUMBER.findall(subject):
        try:
            yield read_receipt(found)
        except MisreadReceipt:
            continue


def _by_thread(references: tuple[str, ...]) -> Iterator[str]:
    """Her own first mail stands among the references of every answer to ours: we name it in each mail we send."""
    for message_id in references:
        talk = vault().sign(WAY, message_id)
        kept = dialogues.load(WAY, talk)
        if kept is not None and (receipt := opened(talk, kept).receipt):
            yield receipt


def _added(receipt: str, talk: str, text: str, tickets: list[str], at: datetime) -> bool:
    """Whether it could be added: a matter that has ended takes no more, and the mail is a new one."""
    raw = {"key": vault().sign("mailed", f"{talk}#1"), "text": text, "uploads": tickets}
    try:
        tracking.supplement(receipt, raw, at)
    except (WrongState, NotAllowed, NotFound, DataErased):
        return False
    return True


def _form(talk: str, mail: Mail, text: str, tickets: list[str], language: str, at: datetime) -> Form:
    """What was written, as the citizen's page would have sent it. Which kind it is nobody said: an appeal."""
    city = cities.current()
    mailbox = mailbox_for(city, Kind.APPEAL) or next(box for box in city.mailboxes if Kind.APPEAL in box.kinds)
    written = {
        "key": vault().sign("mailed", talk),
        "mailbox": mailbox.id,
        "kind": Kind.APPEAL.value,
        "title": on_one_line(mail.subject, LONGEST["title"]) or title_of(text) or say("mail.no_subject", language),
        "text": text,
        "anonymous": not mail.name,
        "name": mail.name,
        "email": mail.sender,
        "uploads": tickets,
    }
    form = read_form(written, city, language, day_in_shanghai(at))
    return replace(form, petitioner=replace(form.petitioner, thread=mail.message_id))
