"""The transcript of a talk, as it comes with the submission that the talk became."""

from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.talk import Message, Side


class Called(Struct, frozen=True):
    """What the two who talk are called: 群众, 工作人员."""

    citizen: str
    clerk: str


def transcript(said: Iterable[Message], called: Called) -> str:
    """Message by message who said what, and when in Shanghai; "" where nothing was said."""
    return "\n".join(f"{one.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {_who(one, called)}：{one.words}" for one in said)


def words_of(said: Iterable[Message], longest: int) -> str:
    """What the citizen said, a message a line, as far as ``longest`` characters take it."""
    return "\n".join(one.words for one in said if one.side is Side.CITIZEN)[:longest]


def _who(message: Message, called: Called) -> str:
    return called.citizen if message.side is Side.CITIZEN else f"{called.clerk} {message.name}"
