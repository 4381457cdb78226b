"""The work that a public form costs its sender's machine (ALTCHA). A page gets it while its reader still writes."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from chalice.app import Blueprint, Request, Response
from msgspec import Meta, Struct

from chalicelib.desk import proving
from chalicelib.domain.gates import Purpose
from chalicelib.entrypoints.answers import address_of, answered, json_answer, json_body
from chalicelib.entrypoints.contract import IN_BODY, promise
from chalicelib.entrypoints.forms import Key

challenges = Blueprint(__name__)


class WorkAsked(Struct, frozen=True, kw_only=True):
    """For which form the work is to be done."""

    purpose: Purpose
    key: Key


class WorkParameters(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is to be tried: PBKDF2 of the nonce and a counter, from 0 on, until the key begins with ``keyPrefix``."""

    algorithm: str
    cost: int
    key_length: int
    key_prefix: str
    nonce: str
    salt: str
    key_signature: str
    expires_at: int
    data: dict[str, str]


class Work(Struct, frozen=True, kw_only=True):
    """ALTCHA's challenge, and ``most``: how many counters have to be tried at most."""

    parameters: WorkParameters
    signature: str
    most: Annotated[int, Meta(ge=1)]


class WorkTold(Struct, frozen=True, kw_only=True):
    """The work; null where the office asks for none. Its solution goes into ``proof`` of that form, once."""

    work: Work | None


@promise(
    challenges,
    "POST",
    "/api/challenges",
    "challenge",
    takes=WorkAsked,
    answers={200: WorkTold},
    refuses=IN_BODY,
)
def asked() -> Response:
    """The work that one form costs."""

    def work(request: Request, language: str) -> Response:
        made = proving.challenge(json_body(request), address_of(request), datetime.now(UTC))
        if made is None:
            return json_answer(WorkTold(work=None))
        parameters = msgspec.convert(made.parameters, WorkParameters)
        return json_answer(WorkTold(work=Work(parameters=parameters, signature=made.signature, most=made.most)))

    return answered(challenges.current_request, work)
