"""What stands on a letter on paper, beside what it says."""

from datetime import date

from msgspec import Struct


class PaperMarks(Struct, frozen=True, omit_defaults=True):
    """``dated``: the date on the letter; ``postmark``: place and day of posting as they can be read; ``passed_by``,
    ``their_number`` and ``their_deadline``: which higher level passed it down on paper, under what number, by when it
    wants its answer, in its own words.
    """

    dated: date | None = None
    postmark: str = ""
    pages: int = 0
    passed_by: str = ""
    their_number: str = ""
    their_deadline: str = ""


TEXTS = ("postmark", "passed_by", "their_number", "their_deadline")
"""The fields that somebody typed: of an accusation they are kept encrypted."""
