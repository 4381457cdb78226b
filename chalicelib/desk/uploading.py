"""Files that come with a submission: a signed ticket before the upload, a check by content after it.

A file is never served before the check: it waits under ``incoming/`` and is copied to ``clean/`` by the check alone.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from chalicelib.desk.vault import vault
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.submission import Attachment
from chalicelib.domain.uploads import LARGEST, TYPES, kind_found
from chalicelib.gateways import objects
from chalicelib.storage.submissions import Checked, Folder

TICKET_LASTS = timedelta(hours=2)
MOST_BY_HAND = 4 * 2**20  # bytes: a function takes six megabytes, and a file comes to it a third larger
_PURPOSE = "upload"


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


def check(folder: Folder) -> list[Checked]:
    """Look at every file that was not looked at yet, and copy what is sound to where it may be read.

    Nothing is removed: should the commit of the findings fail, the check is made again and finds the same.
    """
    waiting = [number for number in range(len(folder.attachments)) if folder.finding(number) is None]
    return [_check(folder.attachments[number], number, folder.submission.receipt) for number in waiting]


def _check(attachment: Attachment, number: int, receipt: str) -> Checked:
    head = objects.head(attachment.object_key)
    if head is None:
        return Checked(number, "missing", "", 0, "")
    found = kind_found(head.first_bytes, attachment.content_type)
    if found is None or head.size > LARGEST:
        return Checked(number, "refused", found or "", head.size, "")
    clean_key = _clean_key(receipt, number)
    objects.copy(attachment.object_key, clean_key, found, head.etag)
    return Checked(number, "clean", found, head.size, clean_key)


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
