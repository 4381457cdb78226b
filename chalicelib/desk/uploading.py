"""Files that come with a submission: a signed ticket before the upload, a check by content after it.

A file is never served before the check: it waits under ``incoming/`` and comes to ``clean/`` by the check alone,
without the traces that a telephone leaves in pictures.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Struct

from chalicelib.config import config
from chalicelib.desk.vault import vault
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.office_files import is_sound
from chalicelib.domain.pictures import without_traces
from chalicelib.domain.submission import Attachment
from chalicelib.domain.uploads import LARGEST, OFFICE, TYPES, kind_found
from chalicelib.gateways import objects
from chalicelib.storage.submissions import Checked, Folder

TICKET_LASTS = timedelta(hours=2)
MOST_BY_HAND = 4 * 2**20  # bytes: a function takes six megabytes, and a file comes to it a third larger
SCAN_TAG, NOTHING_FOUND = "GuardDutyMalwareScanStatus", "NO_THREATS_FOUND"  # GuardDuty's guide, "S3 object tags"
SCANNED_WITHIN = timedelta(minutes=20)  # it takes seconds; the queue brings the message again meanwhile
_PURPOSE = "upload"


class Unscanned(Exception):
    """GuardDuty has not looked at a file yet: the check is made again."""


class Ticket(Struct, frozen=True):
    """Leave to upload one file: signed by us, so that nothing need be kept until it is used."""

    attachment: Attachment
    until: datetime


class Leave(Struct, frozen=True):
    """What the page needs to upload a file: the ticket to send with the form, and the POST to make."""

    ticket: str
    url: str
    fields: dict[str, str]


def leave_to_upload(raw: Mapping[str, object], at: datetime) -> Leave:
    """Leave to upload one file. Raises Invalid for a type or size that the desk does not take."""
    reader = FieldReader(raw)
    name = reader.text("name", required=True, longest=200)
    content_type = reader.text("type", required=True, longest=100)
    if content_type and content_type not in TYPES:
        reader.refuse("type", "upload.type")
    size = raw.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= LARGEST:
        reader.refuse("size", "upload.size", largest=str(LARGEST // 2**20))
        size = 0
    reader.raise_errors()
    attachment = Attachment(name, content_type, size, f"incoming/{uuid.uuid4().hex}")
    post = objects.presigned_post(attachment.object_key, content_type, size, TICKET_LASTS)
    return Leave(_ticket(Ticket(attachment, at + TICKET_LASTS)), post.url, post.fields)


def handed_in(name: str, content_type: str, content: bytes, at: datetime) -> str:
    """The ticket of a file that came through the desk's own hands. It waits where uploads wait, and is checked as they
    are; what it is not is seen at once.

    Raises Invalid for a type or size that the desk does not take, and for content that is of another type.
    """
    reader = FieldReader({"scan": name})
    name = reader.text("scan", required=True, longest=200)
    if content_type not in TYPES:
        reader.refuse("scan", "upload.type")
    elif not 0 < len(content) <= MOST_BY_HAND:
        reader.refuse("scan", "upload.size", largest=str(MOST_BY_HAND // 2**20))
    elif kind_found(content[: objects.HEAD_BYTES], content_type) is None:
        reader.refuse("scan", "upload.type")
    reader.raise_errors()
    attachment = Attachment(name, content_type, len(content), f"incoming/{uuid.uuid4().hex}")
    objects.put(attachment.object_key, content, content_type)
    return _ticket(Ticket(attachment, at + TICKET_LASTS))


def name_on(ticket: str, at: datetime) -> str:
    """The name of the file that a ticket stands for; "" for none that is taken now."""
    try:
        return _opened(ticket, at).name
    except Invalid:
        return ""


def _ticket(ticket: Ticket) -> str:
    body = msgspec.json.encode(ticket).hex()
    return f"{body}.{vault().sign(_PURPOSE, body)}"


def brought(file: Attachment, content: bytes, at: datetime) -> str:
    """The ticket of a file that came by another way than the page: it waits for the same check."""
    objects.put(file.object_key, content, file.content_type)
    return _ticket(Ticket(file, at + TICKET_LASTS))


def opened(tickets: tuple[str, ...], at: datetime) -> tuple[Attachment, ...]:
    """The files that ``tickets`` stand for. Raises Invalid for one that is not ours, or too old."""
    return tuple(_opened(ticket, at) for ticket in tickets)


def _opened(ticket: str, at: datetime) -> Attachment:
    body, _, signature = ticket.partition(".")
    if not body.isascii() or not vault().signed(_PURPOSE, body, signature):
        raise Invalid([FieldError("uploads", "upload.forged")])
    read = msgspec.json.decode(bytes.fromhex(body), type=Ticket)
    if at > read.until:
        raise Invalid([FieldError("uploads", "upload.expired", (("name", read.attachment.name),))])
    return read.attachment


def check(folder: Folder, at: datetime) -> list[Checked]:
    """Look at every file that was not looked at yet, and put what is sound where it may be read.

    Nothing is removed: should the commit of the findings fail, the check is made again and finds the same. Raises
    Unscanned while the scan for malware, where the office has one, is still to come.
    """
    waiting = [number for number in range(len(folder.attachments)) if folder.finding(number) is None]
    return [_check(folder.attachments[number], number, folder.submission.receipt, at) for number in waiting]


def _check(attachment: Attachment, number: int, receipt: str, at: datetime) -> Checked:
    try:
        brought = objects.fetched(attachment.object_key, LARGEST)
    except objects.TooLong as error:
        return Checked(number, "refused", "", error.size, "")
    if brought is None:
        return Checked(number, "missing", "", 0, "")
    content, size = brought.content, len(brought.content)
    found = kind_found(content[: objects.HEAD_BYTES], attachment.content_type)
    sound = found is not None and (found not in OFFICE or is_sound(content))
    if found is None or not sound or not _scanned(attachment, brought.at, at):
        return Checked(number, "refused", found or "", size, "", sha256(content).hexdigest())
    kept = without_traces(content, found)
    clean_key = _clean_key(receipt, number)
    objects.put(clean_key, kept, found)
    return Checked(number, "clean", found, len(kept), clean_key, sha256(kept).hexdigest())


def _scanned(attachment: Attachment, uploaded_at: datetime, at: datetime) -> bool:
    """Whether GuardDuty found no malware; true where the office has it scan nothing. What it cannot look into, or has
    not looked at in time, is not taken. Raises Unscanned before that time is over.
    """
    if not config().malware_scan:
        return True
    said = objects.tag_of(attachment.object_key, SCAN_TAG)
    if said is None and at - uploaded_at < SCANNED_WITHIN:
        raise Unscanned(attachment.object_key)
    return said == NOTHING_FOUND


def _clean_key(receipt: str, number: int) -> str:
    return f"clean/{receipt}/{number}"


def remove(folder: Folder) -> None:
    """Remove every file of a submission, checked or not; twice is once."""
    for number, attachment in enumerate(folder.attachments):
        objects.remove(attachment.object_key)
        objects.remove(_clean_key(folder.submission.receipt, number))


def clear(folder: Folder, checked: list[Checked]) -> None:
    """Remove what was uploaded, once the findings are committed. What a crash leaves, the bucket lets expire."""
    for finding in checked:
        if finding.verdict != "missing":
            objects.remove(folder.attachments[finding.number].object_key)
