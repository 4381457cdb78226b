"""What all papers of an office bear."""

from msgspec import Struct


class Letterhead(Struct, frozen=True):
    """What an office sets once for all its papers. ``word``: 发文字号's first part, 云信访报; an empty ``issuer``
    is the petition office's own name.
    """

    issuer: str = ""
    word: str = "信访报"
    addressed_to: str = ""
    copies_to: str = ""
    hours: str = ""  # when and where the desk receives, as it stands on slips and letters to citizens
