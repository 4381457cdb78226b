"""退订: a number that asked for it is sent nothing, until somebody writes from it again."""

from chalicelib.desk.vault import vault
from chalicelib.domain.arrivals import personal_number
from chalicelib.gateways.unreachable import Unreachable
from chalicelib.storage import dialogues


def talk_with(phone: str) -> str:
    """By what the talk with a number is kept: a digest that tells nobody the number. ``phone`` as citizens write it."""
    return vault().sign("sms", phone)


def refuse_stopped(phone: str) -> None:
    """Raise Unreachable for a number that wants no more SMS."""
    own = personal_number(phone)
    if own is not None and dialogues.is_stopped(talk_with(own)):
        raise Unreachable("asked to be sent no more")
