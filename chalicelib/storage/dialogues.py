"""What was said by SMS with one number, and what became of one mail: sealed, under keyed digests, for a while."""

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.sms_talk import Answer, Talk
from chalicelib.storage.table import DeskItem, get

THREAD_KEPT = timedelta(days=7)  # far longer than a provider repeats a message
MAIL_KEPT = timedelta(days=400)  # as long as anybody goes on writing in one thread
ANSWERS_KEPT = 20


class Answered(Struct, frozen=True):
    """A text message that was taken, by its fingerprint, and what was answered; ``number``: of the answer."""

    message: str
    number: int
    answer: Answer
    language: str


class Thread(Struct, frozen=True):
    """Everything with one number. ``until``: when what was begun is forgotten."""

    phone: str
    talk: Talk
    until: datetime
    answered: tuple[Answered, ...] = ()

    @property
    def number(self) -> int:
        """Of the last answer; 0 before the first."""
        return self.answered[-1].number if self.answered else 0

    def answer_to(self, message: str) -> Answered | None:
        """What was answered to a message; None where it did not come yet."""
        return next((one for one in self.answered if one.message == message), None)

    def answer(self, number: int) -> Answered | None:
        """The answer of that number; None where it is forgotten."""
        return next((one for one in self.answered if one.number == number), None)


class MailTaken(Struct, frozen=True, omit_defaults=True):
    """A mail that has come. ``message``: what is answered: "" until it is acted upon. ``address`` only where no receipt
    leads to one. ``refused``: names of files that were not taken.
    """

    message_id: str
    language: str
    message: str = ""
    receipt: str = ""
    address: str = ""
    refused: tuple[str, ...] = ()
    cut: bool = False


class Kept(Struct, frozen=True):
    """A sealed body and its version."""

    sealed: str
    version: int


def load(way: str, talk: str) -> Kept | None:
    """What is kept of a talk; None for the first message of it."""
    item = get(*_key(way, talk))
    return None if item is None else Kept(item.body, int(item.version or 0))


def item_of(way: str, talk: str, kept: Kept, at: datetime) -> DeskItem:
    """What is kept of a talk as the table keeps it."""
    lasts = THREAD_KEPT if way == "sms" else MAIL_KEPT
    expires = int((at + lasts).timestamp())
    return DeskItem(*_key(way, talk), body=kept.sealed, version=kept.version, expires=expires)


def place_of(way: str, talk: str) -> str:
    """What the sealed body is bound to."""
    return f"{way}#{talk}"


def _key(way: str, talk: str) -> tuple[str, str]:
    return place_of(way, talk), "talk"


def stop_item(talk: str) -> DeskItem:
    """That a number asked to be sent nothing more."""
    return DeskItem(place_of("sms", talk), "stopped", body="")


def is_stopped(talk: str) -> bool:
    """Whether it did."""
    return get(place_of("sms", talk), "stopped") is not None
