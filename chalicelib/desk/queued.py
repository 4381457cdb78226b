"""Messages as the queues hand them over."""

from chalicelib.domain.messages import Message, Topic
from chalicelib.gateways import queues
from chalicelib.storage.records import unpack


def read(body: str) -> Message:
    """The message that ``body`` holds. Raises msgspec's DecodeError for what is none."""
    return unpack(body, Message)


def put_off(topic: Topic, receipt_handle: str, seconds: int) -> None:
    """Let a message that was not acted upon come again after ``seconds``."""
    queues.come_back(topic, receipt_handle, seconds)
