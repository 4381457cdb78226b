"""What an agency asks for with a petition that it refers to us."""

import hashlib
from datetime import datetime

from msgspec import Struct, json


class Demands(Struct, frozen=True, omit_defaults=True):
    """What comes with a referred petition. ``files``: the names of those that the agency keeps; ``we_are_silent``: the
    agency itself tells the petitioner of every step, and we do not.
    """

    deadline: datetime | None = None
    must_report: bool = False
    words: str = ""
    files: tuple[str, ...] = ()
    we_are_silent: bool = False

    @property
    def fingerprint(self) -> str:
        """What tells a repeated referral from another one; "" where nothing is asked for."""
        return "" if self == Demands() else hashlib.sha256(json.encode(self)).hexdigest()
