"""What is handed from one step to the next by queue. Each message is committed with the work that causes it."""

from enum import StrEnum

from msgspec import Struct


class Topic(StrEnum):
    """Which queue a message goes to."""

    ROUTING = "routing"
    NOTICES = "notices"
    WEBHOOKS = "webhooks"


class Message(Struct, frozen=True):
    """An event of a case that somebody is still to act upon. ``endpoint``: which agency, for webhooks."""

    topic: Topic
    case_id: str
    event: int
    endpoint: str | None = None

    @property
    def id(self) -> str:
        """The same for the same event, topic and endpoint, however often it is sent."""
        parts = [self.topic.value, self.case_id, f"{self.event:06}"]
        return ".".join([*parts, self.endpoint] if self.endpoint else parts)
