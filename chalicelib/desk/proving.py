"""ALTCHA: a form that anybody can send costs the sender's machine a little work, each time anew.

A challenge is bound to the form's own key, and what a form makes follows from that key and must be new (decision 0004):
so one solution makes one thing, and the same form sent again meets what it made. Nothing is kept for it.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from chalicelib.config import config
from chalicelib.desk import cities, limits
from chalicelib.desk.vault import vault
from chalicelib.domain.errors import Refused
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.gates import Purpose, work_asked
from chalicelib.domain.submission import read_key

LASTS = timedelta(minutes=40)  # a letter may take an hour to write: the page then gets another by itself
ALGORITHM, COST = "PBKDF2/SHA-256", 5_000  # a derivation takes a phone of ten years ago about ten milliseconds
COST_LOCALLY = 50  # on a developer's machine, where one plays a whole city's people
LONGEST = 2_000  # characters of a solution


class ProofMissing(Refused):
    """The form came without the work that is asked for."""

    code = "proof_missing"


class ProofStale(Refused):
    """The work was done for another form, too long ago, or is wrong: the page has to do it again."""

    code = "proof_stale"


class Challenge(Struct, frozen=True):
    """A challenge as ALTCHA's second protocol writes it. ``most``: of the counters that have to be tried at most."""

    parameters: dict[str, object]
    signature: str
    most: int


def challenge(raw: Mapping[str, object], address: str, at: datetime) -> Challenge | None:
    """The work that ``raw`` (``purpose``, ``key``: the form's) costs from ``address``; None where the office asks for
    none. One read. Raises Invalid naming the fields.
    """
    reader = FieldReader(raw)
    purpose, key = reader.choice("purpose", Purpose), read_key(reader)
    reader.raise_errors()
    assert purpose is not None  # else it was refused
    gates = cities.known().gates
    asked = work_asked(gates, limits.letters_used(address, at)) if gates.work else 0
    if not asked:
        return None
    from altcha import create_challenge  # 30 ms, and few requests need it

    until = at + LASTS
    most = asked + asked // 2
    made = create_challenge(
        ALGORITHM,
        COST_LOCALLY if config().local else COST,
        counter=random.SystemRandom().randint(asked // 2, most),
        expires_at=until,
        data={"for": _bound_to(purpose, key)},
        hmac_secret=_secret("challenge", until),
        hmac_key_secret=_secret("solution", until),
    )
    assert made.signature is not None  # a secret was given
    return Challenge(made.parameters.to_dict(), made.signature, most)


def prove(purpose: Purpose, key: str, proof: object, at: datetime) -> None:
    """See that the work for the form ``key`` was done. Raises ProofMissing, ProofStale."""
    if not cities.known().gates.work:
        return
    if not isinstance(proof, str) or not proof:
        raise ProofMissing()
    if len(proof) > LONGEST or not _solved(purpose, key, proof, at):
        raise ProofStale()


def _solved(purpose: Purpose, key: str, proof: str, at: datetime) -> bool:
    from altcha import Payload, verify_solution

    try:
        payload = Payload.from_base64(proof)
        until = datetime.fromtimestamp(payload.challenge.parameters.expires_at or 0, UTC)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, OSError):
        return False
    if not at < until <= at + LASTS:
        return False
    secret, solution = _secret("challenge", until), _secret("solution", until)
    found = verify_solution(payload, secret, hmac_key_secret=solution)
    return found.verified and payload.challenge.parameters.data == {"for": _bound_to(purpose, key)}


def _bound_to(purpose: Purpose, key: str) -> str:
    return vault().sign("proof", f"{purpose}#{key}")[:22]


def _secret(of: str, until: datetime) -> str:
    """The key of the day on which a challenge ends: a new one every day, and no call to get it."""
    return vault().sign(f"altcha.{of}", f"{until.astimezone(UTC):%Y-%m-%d}")
