"""Messages as the queues hand them over."""

from chalicelib.domain.messages import AgencyMessage, AnyMessage, Message, Topic, Webhook
from chalicelib.gateways import queues
from chalicelib.storage.records import unpack, unpack_message


def read(body: str) -> Message:
    """The message about a case that ``body`` holds. Raises msgspec's DecodeError for what is none."""
    return unpack(body, Message)


def read_webhook(body: str) -> Webhook:
    """What the queue of webhooks holds in ``body``. Raises msgspec's DecodeError for what is none."""
    message = unpack_message(body)
    return message if isinstance(message, AgencyMessage) else unpack(body, Message)


def read_any(body: str) -> AnyMessage:
    """The message that ``body`` holds, whatever it is about. Raises msgspec's DecodeError for what is none."""
    return unpack_message(body)


def put_off(topic: Topic, receipt_handle: str, seconds: int) -> None:
    """Let a message that was not acted upon come again after ``seconds``."""
    queues.come_back(topic, receipt_handle, seconds)
