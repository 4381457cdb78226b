"""Who did something, and why, in words."""

from msgspec import Struct

from chalicelib.domain.words import Role


class Actor(Struct, frozen=True, omit_defaults=True):
    """Who did it. ``id`` is a login, an agency's id, or "" for citizen and desk."""

    role: Role
    id: str = ""
    unit: str | None = None
    name: str = ""


DESK = Actor(Role.DESK)
CITIZEN = Actor(Role.CITIZEN)


class Reason(Struct, frozen=True, omit_defaults=True):
    """A reason in words: a message key and what fills it."""

    code: str
    params: dict[str, str]
