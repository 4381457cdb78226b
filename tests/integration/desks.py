"""Another agency's desk below ours: what it was sent over real HTTP, and what it tells us back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import cities, passing, transferring
from chalicelib.domain.agency_words import Stands
from chalicelib.domain.case import Case
from chalicelib.domain.messages import AgencyMessage, Topic
from chalicelib.storage import cases
from tests.integration.agency import Asked, Sender
from tests.integration.desk import Desk
from tests.integration.receiver import SECRET, Answer, Receiver, receiving, says
from tests.integration.watching import outbox, sent_at_all

THEIR_NUMBER = "771200345512"
TAKEN = {"receipt": THEIR_NUMBER, "case": "551122003300", "code": "K7QX2M9P", "your_number": ""}
WORDS = "请你县信访局牵头办理，按期报送结果。"


class Below(Struct):
    """A county's desk. ``paths``: where each of its requests came in."""

    receiver: Receiver
    paths: list[str]

    def got(self, number: int = -1) -> tuple[str, Any]:
        """What came in, checked by the specification's own library: where, and what it says."""
        return self.paths[number], self.receiver.verified(number)


@contextmanager
def below(desk: Desk, *answers: Answer) -> Iterator[Below]:
    """The county has a desk of our kind, which answers so; by default it takes what comes."""
    paths: list[str] = []

    def noted(answer: Answer) -> Answer:
        def say(handler: BaseHTTPRequestHandler) -> None:
            paths.append(handler.path)
            answer(handler)

        return say

    with receiving(*map(noted, answers or (says(201, json.dumps(TAKEN).encode()),))) as receiver:
        origin = f"http://127.0.0.1:{receiver.port}"
        stand(desk, "county", Stands.BELOW, origin)
        yield Below(receiver, paths)


def stand(desk: Desk, agency: str, stands: Stands, origin: str) -> None:
    """From now on this agency stands so to us, and its desk is there."""
    told = {"stands": stands, "origin": origin, "as_agency": "city-1", "secret_out": SECRET}
    desk.city = cities.change(
        lambda city: replace(
            city, agencies=tuple(replace(one, **told) if one.id == agency else one for one in city.agencies)
        )
    )


def waiting(event: str = "") -> list[AgencyMessage]:
    """What is still to be told to desks of other agencies, of events of this kind."""
    found = {one.id: one for one in sent_at_all(Topic.WEBHOOKS) if isinstance(one, AgencyMessage)}
    still = [one for one in found.values() if one.id in outbox()]
    return [one for one in still if not event or cases.event(one.case_id, one.event).kind == event]


def passed_on() -> None:
    """Everything that waits is sent on its way, in the order in which it happened."""
    for message in sorted(waiting(), key=lambda one: one.id):
        passing.pass_on(message, datetime.now(UTC))


def transferred(desk: Desk, **changes: object) -> Case:
    """A case that our clerk has passed on to the county; the letter is not sent yet."""
    case = desk.registered(**changes)
    return transferring.transfer(case.case_id, case.version, desk.clerk, desk.now, "county", WORDS)


def tells(county: Sender, case: Case, state: str, **more: object) -> Asked:
    """The county says how it stands there."""
    number = case.transfer.number if case.transfer is not None else case.case_id
    told = {
        "number": number,
        "their_number": THEIR_NUMBER,
        "state": state,
        "at": datetime.now(UTC).isoformat(),
        "unit_name": "青屿县城市管理局",
        **more,
    }
    path, body = f"/api/agencies/{county.agency}/statuses", json.dumps(told).encode()
    return county.send("POST", path, body, county.signed(body))


def says_later(sender: Sender, number: str, news: str, **said: object) -> Asked:
    """The agency above says something more of what it referred."""
    path, body = f"{sender.path}/{number}/{news}", json.dumps(said).encode()
    return sender.send("POST", path, body, sender.signed(body))
