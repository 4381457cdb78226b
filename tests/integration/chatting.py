"""Builders: a desk that talks, a clerk who is there, and a citizen's page with its token."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, talk_room, talking
from chalicelib.domain.people import Staff
from chalicelib.domain.talk_hours import TalkHours
from chalicelib.domain.words import Role
from chalicelib.storage import talks
from tests.integration.desk import Desk
from tests.integration.wire import Answer, Page

CHAT = "/api/chat"
COLLEAGUE = Staff("clerk2", "林立", Role.CLERK, "petition-office")


def talks_at(desk: Desk, hours: TalkHours | None = None) -> None:
    """From now on the desk talks in these hours; without them, always."""
    hours = hours or TalkHours(always=True, phrases=("您好，请讲。", "请稍等。"))
    desk.city = cities.use(replace(desk.city, talk=hours))


def there(desk: Desk, *staff: Staff) -> None:
    """These clerks have the room open; without any, the one of the desk."""
    for one in staff or (desk.clerk,):
        talk_room.room(one, desk.now.date(), desk.now)


class Caller:
    """Somebody who talks with the desk, by the API."""

    def __init__(self, page: Page, **said: str) -> None:
        self.page = page
        self.key = uuid.uuid4().hex
        self.answer = page.post(f"{CHAT}/talks", {"key": self.key, **said})
        self.token = str(self.answer.body.get("token", ""))

    @property
    def id(self) -> str:
        """The talk's id, as the staff know it."""
        return talking.id_of(self.token)

    def ask(self, path: str, **body: object) -> Answer:
        """One request of hers."""
        return self.page.post(f"{CHAT}/{path}", {"token": self.token, **body})

    def news(self, since: int = 0) -> Answer:
        """What is new."""
        return self.ask("news", since=since)

    def says(self, text: str, key: str = "", since: int = 0) -> Answer:
        """She says something."""
        return self.ask("messages", text=text, key=key or uuid.uuid4().hex, since=since)

    def has_been_gone(self, desk: Desk, minutes: int = 3) -> None:
        """She has not asked for news for so long."""
        talks.see(self.id, desk.now - timedelta(minutes=minutes))


def between(monkeypatch: pytest.MonkeyPatch, competing: Callable[[], object]) -> None:
    """Right after the next reading of a talk, ``competing`` happens."""
    honest, left = talks.read, [competing]

    def read(talk_id: str, since: int = 0) -> talks.Read:
        found = honest(talk_id, since)
        if left:
            left.pop()()
        return found

    monkeypatch.setattr(talks, "read", read)


def words(answer: Answer) -> list[str]:
    """What was said, as her page is told."""
    return [one["text"] for one in answer.body["messages"]]
