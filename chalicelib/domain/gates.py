"""How much anybody may ask of the desk in a while, and how much work a form costs its sender's machine."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.domain.calendar import SHANGHAI

Number = Annotated[int, Meta(ge=1, le=100_000)]


class Gates(Struct, frozen=True):
    """What an office allows (``gates`` of its city.json). An address may be a whole office, a village's telephones or
    an internet café; a person is a telephone, an e-mail or a name with its postal address.
    """

    letters_of_person: Number = 20  # a day
    letters_from_address: Number = 60  # an hour
    uploads_from_address: Number = 300  # an hour
    additions: Number = 10  # a day, to one letter
    messages: Number = 20  # a minute, in one talk
    webhooks: Number = 300  # a minute, of one sender
    work: Annotated[int, Meta(ge=0, le=1_000)] = 60  # derivations that a form costs on average; 0 asks for none
    hardest: Annotated[int, Meta(ge=1, le=16)] = 8  # how many times that, at most, from a busy address


class Purpose(StrEnum):
    """The forms that anybody can send, and for which a little work is asked."""

    SUBMISSION = "submission"
    BOOKING = "booking"
    TALK = "talk"


def work_asked(gates: Gates, used: int) -> int:
    """How many derivations a form costs on average where ``used`` letters came from the address in this hour: doubled
    with each quarter of what the address may send, and never beyond the bound.
    """
    quarters = 4 * used // gates.letters_from_address
    return int(gates.work * min(gates.hardest, 2 ** min(quarters, 10)))


def hour_of(at: datetime) -> tuple[str, datetime]:
    """The hour that ``at`` is in: its name, and its end."""
    began = at.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    return f"{began:%Y-%m-%dT%H}", began + timedelta(hours=1)


def minute_of(at: datetime) -> tuple[str, datetime]:
    """The minute that ``at`` is in: its name, and its end."""
    began = at.astimezone(SHANGHAI).replace(second=0, microsecond=0)
    return f"{began:%Y-%m-%dT%H:%M}", began + timedelta(minutes=1)


def day_of(at: datetime) -> tuple[str, datetime]:
    """The day in Shanghai that ``at`` is in: its name, and its end."""
    began = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return f"{began:%Y-%m-%d}", began + timedelta(days=1)
