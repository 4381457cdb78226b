"""What is typed at the counter, and by whom."""

import itertools
import uuid

from chalicelib.desk import counter, routing
from chalicelib.desk.counter import Slip
from chalicelib.domain.case import Case
from chalicelib.domain.messages import Message, Topic
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from tests.integration.desk import CLEAR, Desk

ADDRESS = "云汀市荻洲区临江街道学士弄17号"
LANDLINE = "09995551234"
_numbers = itertools.count(10_000_000)


def typed(**changes: str) -> dict[str, str]:
    """The fields of the counter's form for a clear call, unless ``changes`` says otherwise."""
    return {
        "key": uuid.uuid4().hex,
        "channel": "phone",
        "kind": "appeal",
        "name": "温素琴",
        "phone": f"188{next(_numbers)}",
        **CLEAR,
        **changes,
    }


def letter(**changes: str) -> dict[str, str]:
    """The same of a letter on paper whose writer left an address alone."""
    return typed(**{"channel": "letter", "phone": "", "address": ADDRESS, **changes})


def registered(desk: Desk, raw: dict[str, str]) -> Slip:
    """A clerk registers it, and the routing queue is worked off."""
    slip = counter.register(raw, desk.clerk, desk.now)
    routing.route(Message(Topic.ROUTING, load_submission(slip.receipt.number).case_id, 1), desk.now)
    return slip


def case_of(slip: Slip) -> Case:
    """The case that a slip's submission opened."""
    return cases.load(load_submission(slip.receipt.number).case_id)
