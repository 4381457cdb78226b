"""Letting in by number and code: wrong pairs all get the same answer, and are slowed."""

from datetime import datetime

from msgspec import Struct

from chalicelib.desk.vault import vault
from chalicelib.domain.errors import NotFound, SlowDown
from chalicelib.domain.receipts import MisreadCode, MisreadReceipt, read_code, read_receipt
from chalicelib.storage import throttle


class Numbers(Struct, frozen=True):
    """A kind of numbers with codes. ``purpose``: under what its wrong tries are counted; ``prefix``: how the vault
    knows its codes from those of other kinds.
    """

    purpose: str
    scope: str
    prefix: str = ""


def admitted(kind: Numbers, number: str, code: str, address: str, at: datetime) -> str:
    """The number, if the code is its own. ``address``: where the request came from.

    Raises NotFound for any wrong pair, never saying which half was wrong, and SlowDown after too many of them.
    """
    try:
        known, secret = read_receipt(number), read_code(code)
    except (MisreadReceipt, MisreadCode):
        known, secret = "", ""
    scopes = [throttle.from_address(kind.purpose, address), throttle.Scope(f"{kind.scope}#{known}#{address}")]
    pause = throttle.locked_for(scopes, at)
    if pause:
        raise SlowDown(pause)
    if not known or not vault().opens(kind.prefix + known, secret):
        throttle.count(scopes, at)
        raise NotFound()
    return known
