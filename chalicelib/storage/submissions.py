"""Submissions and what hangs on them."""

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct
from pynamodb.exceptions import UpdateError

from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.submission import Attachment, Submission
from chalicelib.domain.words import Channel
from chalicelib.storage.keys import attachment_key, petitioner_key, submission_key, supplement_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed, get, stamp, under


class Supplement(Struct, frozen=True):
    """Something the citizen added later. ``key``: the form's, so that the same is not added twice."""

    number: int
    at: datetime
    text: str
    key: str
    attachments: tuple[Attachment, ...] = ()
    channel: Channel | None = None  # how it came, where somebody of the staff typed it
    typed_by: str = ""  # the name of who did


class Checked(Struct, frozen=True):
    """What the check of an uploaded file found. ``found_type`` is by content; ``clean_key`` is where it may be read."""

    number: int
    verdict: str  # "clean", "refused", "missing"
    found_type: str
    size: int  # bytes
    clean_key: str
    sha256: str = ""  # of what may be read, or of what was refused


class Folder(Struct, frozen=True):
    """A submission with everything that hangs on it, but not who wrote it."""

    submission: Submission
    checked: tuple[Checked, ...]
    supplements: tuple[Supplement, ...]

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files of the submission and of its supplements, in order."""
        added = (attachment for supplement in self.supplements for attachment in supplement.attachments)
        return (*self.submission.attachments, *added)

    def finding(self, number: int) -> Checked | None:
        """What the check found on the file ``number`` of ``attachments``; None while it waits."""
        return next((checked for checked in self.checked if checked.number == number), None)


def submission_item(submission: Submission, person: str | None) -> DeskItem:
    """A submission as the table keeps it. ``person``: the keyed digest by which a repeat is recognised."""
    item = DeskItem(*submission_key(submission.receipt), body=pack(submission))
    if person is not None:
        item.person, item.person_at = person, stamp(submission.filed_at)
    return item


def petitioner_item(receipt: str, sealed: str) -> DeskItem:
    """Who wrote it, encrypted."""
    return DeskItem(*petitioner_key(receipt), body=sealed)


def supplement_item(receipt: str, supplement: Supplement) -> DeskItem:
    """Something the citizen added."""
    return DeskItem(*supplement_key(receipt, supplement.number), body=pack(supplement))


def checked_item(receipt: str, checked: Checked) -> DeskItem:
    """The finding on one file."""
    return DeskItem(*attachment_key(receipt, checked.number), body=pack(checked))


def rewrite(receipt: str, how: Callable[[Submission], Submission]) -> None:
    """The submission becomes what ``how`` makes of it; whose it is stays.

    Raises NotFound, what ``how`` raises, and Changed when somebody else wrote it meanwhile.
    """
    item = get(*submission_key(receipt))
    if item is None:
        raise NotFound()
    before = item.body
    after = pack(how(unpack(before, Submission)))
    try:
        item.update(actions=[DeskItem.body.set(after)], condition=DeskItem.body == before)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        raise Changed() from error


def load_submission(receipt: str) -> Submission:
    """The submission. Raises NotFound."""
    item = get(*submission_key(receipt))
    if item is None:
        raise NotFound()
    return unpack(item.body, Submission)


def load_signed(receipts: Iterable[str]) -> dict[str, tuple[Submission, str | None]]:
    """The submissions of ``receipts`` that are there, each with whose it is: the keyed digest. One read."""
    found = DeskItem.batch_get([submission_key(receipt) for receipt in receipts], consistent_read=True)
    submissions = ((unpack(item.body, Submission), item.person) for item in found)
    return {submission.receipt: (submission, person) for submission, person in submissions}


def load_folder(receipt: str) -> Folder:
    """The submission with its findings and supplements, in one query. Raises NotFound."""
    submission: Submission | None = None
    checked: list[Checked] = []
    supplements: list[Supplement] = []
    for item in under(f"receipt#{receipt}"):
        if item.sk == "submission":
            submission = unpack(item.body, Submission)
        elif item.sk.startswith("attachment#"):
            checked.append(unpack(item.body, Checked))
        elif item.sk.startswith("supplement#"):
            supplements.append(unpack(item.body, Supplement))
    if submission is None:
        raise NotFound()
    return Folder(submission, tuple(checked), tuple(supplements))


def load_sealed_petitioner(receipt: str) -> str | None:
    """Who wrote it, encrypted; None for nobody."""
    item = get(*petitioner_key(receipt))
    return None if item is None else item.body


def written_by(person: str, since: datetime, limit: int = 20) -> list[str]:
    """The receipts of what a person wrote since then, newest first."""
    found = DeskItem.person_index.query(
        person, DeskItem.person_at >= stamp(since), scan_index_forward=False, limit=limit
    )
    return [item.pk.removeprefix("receipt#") for item in found]
