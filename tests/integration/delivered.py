"""What tests of deliveries share: one endpoint, a step to tell it of, the tries that were made."""

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.desk.delivering import deliver
from chalicelib.domain.city import Endpoint, Name
from chalicelib.domain.messages import Message, Topic
from chalicelib.storage import cases, deliveries, settings, waiting
from tests.integration.desk import Desk
from tests.integration.receiver import SECRET
from tests.integration.watching import outbox, sent

AGENCY = "province"


def tell(url: str, enabled: bool = True, thin: bool = False) -> None:
    """From now on the province is told at ``url``."""
    endpoint = Endpoint(AGENCY, Name("省信访局", "Province"), url, SECRET, enabled, thin=thin)
    known = cities.known()
    settings.save_city(cities.use(replace(known, version=known.version + 1, endpoints=(endpoint,))))


def step(desk: Desk) -> Message:
    """The message of a case's dispatch, just now."""
    return steps(desk)["Dispatched"]


def steps(desk: Desk) -> dict[str, Message]:
    """The messages of a case that has just been dispatched, by the kind of step."""
    case = desk.dispatched()
    messages = [message for message in sent(Topic.WEBHOOKS) if message.case_id == case.case_id]
    return {cases.event(one.case_id, one.event).kind: one for one in messages}


def failed(message: Message, desk: Desk) -> float:
    """A delivery that is to be tried again; gives in how many seconds."""
    deliver(message, desk.now)
    assert message.id in outbox()
    stands = waiting.standing(message)
    assert stands is not None
    assert stands.not_before is not None
    return (stands.not_before - desk.now).total_seconds()


def tried_again(message: Message, desk: Desk) -> None:
    """It is tried when its time has come."""
    stands = waiting.standing(message)
    assert stands is not None
    assert stands.not_before is not None
    desk.now = stands.not_before
    deliver(message, desk.now)


def attempts() -> list[tuple[int, int | None]]:
    """Number and status of each recorded attempt, latest first."""
    return [(one.attempt, one.status) for one in deliveries.latest(AGENCY)]
