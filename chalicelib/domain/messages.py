"""What is handed from one step to the next by queue. Each message is committed with the work that causes it."""

from enum import StrEnum

from msgspec import Struct


class Topic(StrEnum):
    """Which queue a message goes to."""

    ROUTING = "routing"
    NOTICES = "notices"
    WEBHOOKS = "webhooks"
    MAIL = "mail"  # what the bucket says of mails that have come in


class Message(Struct, frozen=True, tag_field="about", tag="case"):
    """An event of a case that somebody is still to act upon. ``endpoint``: which agency, for webhooks."""

    topic: Topic
    case_id: str
    event: int
    endpoint: str | None = None

    @property
    def receiver(self) -> str:
        """Who is to take it, where it is a webhook: the endpoint's id."""
        return self.endpoint or ""

    @property
    def id(self) -> str:
        """The same for the same event, topic and endpoint, however often it is sent."""
        parts = [self.topic.value, self.case_id, f"{self.event:06}"]
        return ".".join([*parts, self.endpoint] if self.endpoint else parts)

    @property
    def subject(self) -> str:
        """What it is about: the messages of one subject stand together in the index of what is due."""
        return self.case_id


class ReceptionMessage(Struct, frozen=True, tag_field="about", tag="reception"):
    """News of a reception that who booked is still to be told."""

    reception: str
    news: int  # its number

    @property
    def topic(self) -> Topic:
        """The queue of notices, which carries whatever citizens are told."""
        return Topic.NOTICES

    @property
    def id(self) -> str:
        """The same for the same news, however often it is sent."""
        return f"{self.topic}.reception-{self.reception}.{self.news:06}"

    @property
    def subject(self) -> str:
        """As of ``Message``."""
        return self.reception


class AnswerMessage(Struct, frozen=True, tag_field="about", tag="answer"):
    """Somebody wrote to the desk by SMS or e-mail and is still to be answered, by the same way.

    ``talk``: a keyed digest of the telephone number or of the mail's id; ``number``: of the answer in it.
    """

    way: str  # "sms" or "mail"
    talk: str
    number: int

    @property
    def topic(self) -> Topic:
        """The queue of notices, which carries whatever citizens are told."""
        return Topic.NOTICES

    @property
    def id(self) -> str:
        """The same for the same answer, however often it is sent."""
        return f"{self.topic}.{self.way}-{self.talk}.{self.number:06}"

    @property
    def subject(self) -> str:
        """As of ``Message``."""
        return self.talk


class AgencyMessage(Struct, frozen=True, tag_field="about", tag="agency"):
    """An event of a case of which another agency's desk is still to be told: it gets the matter, or had sent it."""

    case_id: str
    event: int
    agency: str  # its id

    @property
    def topic(self) -> Topic:
        """The queue of webhooks, by whose schedule it is tried again."""
        return Topic.WEBHOOKS

    @property
    def receiver(self) -> str:
        """As of ``Message``."""
        return f"agency-{self.agency}"

    @property
    def id(self) -> str:
        """The same for the same event and agency, however often it is sent."""
        return f"{self.topic}.agency-{self.agency}.{self.case_id}.{self.event:06}"

    @property
    def subject(self) -> str:
        """As of ``Message``."""
        return self.case_id


Webhook = Message | AgencyMessage
"""What the queue of webhooks carries."""

AnyMessage = Message | ReceptionMessage | AnswerMessage | AgencyMessage
