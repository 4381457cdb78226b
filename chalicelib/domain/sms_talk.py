"""What a dialogue by SMS is made of: where it stands, what is answered, what the desk is to do."""

from enum import StrEnum

from msgspec import Struct

from chalicelib.domain.sms_words import Pair
from chalicelib.domain.words import Kind


class Step(StrEnum):
    """What is being asked."""

    OPEN = "open"  # nothing
    MENU = "menu"
    KIND = "kind"
    AREA = "area"
    TEXT = "text"
    NAME = "name"
    CONFIRM = "confirm"
    CHANGE = "change"
    PAIR = "pair"  # a receipt's number and code
    SHOWN = "shown"  # nothing, but a submission is known: filed just now, or admitted to by number and code
    ADDING = "adding"


class Talk(Struct, frozen=True, omit_defaults=True):
    """A dialogue so far. ``key``: its own. ``area``: a code, "" for who is not sure. ``name``: "" for nobody's."""

    step: Step = Step.OPEN
    language: str = "zh"
    key: str = ""
    kind: Kind | None = None
    area: str | None = None
    text: str = ""
    name: str | None = None
    written: bool = False  # whether the text is whole
    wrong: int = 0
    receipt: str = ""


class Answer(Struct, frozen=True):
    """What is said: a message's key and what fills it. ``again``: it is a question that was not understood before."""

    message: str
    values: dict[str, str] = {}
    again: bool = False


class File(Struct, frozen=True):
    """A matter, to be filed once under ``key``. ``name``: "" for who stays anonymous."""

    key: str
    kind: Kind
    area: str
    text: str
    name: str


class Show(Struct, frozen=True):
    """How a submission stands, for whoever has the number and the code."""

    pair: Pair


class Add(Struct, frozen=True):
    """Something more to a submission she was admitted to."""

    receipt: str
    text: str


Effect = File | Show | Add


class Turn(Struct, frozen=True):
    """``answer`` is None where what is said follows from what the desk finds when it does ``effect``."""

    talk: Talk
    answer: Answer | None
    effect: Effect | None = None
