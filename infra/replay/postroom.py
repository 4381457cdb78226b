"""The queues of a desk apart: what is sent is acted upon in this process, in order, right after its commit."""

from collections import deque
from datetime import datetime

from chalicelib.desk import routing
from chalicelib.domain.messages import AnyMessage, Message, Topic
from chalicelib.gateways import queues
from chalicelib.storage.keys import outbox_key
from chalicelib.storage.table import DeskItem


class PostRoom:
    """Stands where SQS stands. Submissions are routed by the desk's own consumer; nobody is told of anything."""

    def __init__(self, join: bool) -> None:
        self.join = join
        self.notices = 0
        self._waiting: deque[Message] = deque()
        self._untold: list[AnyMessage] = []

    def open(self) -> "PostRoom":
        """From now on the desk's messages come here."""
        queues.send = self.take
        return self

    def take(self, messages: list[tuple[AnyMessage, str]]) -> None:
        """What ``queues.send`` does, here."""
        for message, _ in messages:
            if isinstance(message, Message) and message.topic is Topic.ROUTING:
                self._waiting.append(message)
            else:
                self._untold.append(message)

    def route(self, at: datetime) -> None:
        """Route what was filed, as the routing queue's function does."""
        while self._waiting:
            routing.route(self._waiting.popleft(), at, join=self.join)

    def put_aside(self) -> None:
        """Take the notices out of the outbox, or the sweep would send them again: they are counted, and go nowhere."""
        with DeskItem.batch_write() as batch:
            for message in self._untold:
                batch.delete(DeskItem(*outbox_key(message.id)))
        self.notices += len(self._untold)
        self._untold.clear()
