"""Messages as the queues hand them over."""

from chalicelib.domain.messages import AnyMessage, Message
from chalicelib.storage.records import unpack, unpack_message


def read(body: str) -> Message:
    """The message about a case that ``body`` holds. Raises msgspec's DecodeError for what is none."""
    return unpack(body, Message)


def read_any(body: str) -> AnyMessage:
    """The message that ``body`` holds, whatever it is about. Raises msgspec's DecodeError for what is none."""
    return unpack_message(body)
