"""What a case knows of the desk of another agency that is to answer it."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.agency_words import Progress


class Transfer(Struct, frozen=True, omit_defaults=True):
    """转办: another agency's desk that is to answer. ``number``: ours for it; the rest, as that desk told last."""

    agency: str  # id
    name: str
    number: str
    since: datetime
    their_number: str = ""
    state: Progress | None = None
    unit_name: str = ""
    told_at: datetime | None = None
