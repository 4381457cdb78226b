"""What the watch over a case brings about, and who looked at it or wrote on it."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.actors import Reason
from chalicelib.domain.words import ClockName, Light


class LightChanged(Struct, frozen=True, omit_defaults=True):
    """A clock came nearer its end. ``tells``: the unit learns it from this light alone, no order comes with it."""

    light: Light
    clock: ClockName
    tells: bool = False


class Reminded(Struct, frozen=True, omit_defaults=True):
    """催办. ``words`` is "" when the passing of time reminds."""

    clock: ClockName | None
    words: str


class Supervised(Struct, frozen=True, omit_defaults=True):
    """督办 at a level; the next level follows at ``next_level_at`` unless the matter moves.

    ``number``: of the order in its case; ``offices``: the units whose order it is, none where any supervisor acts.
    """

    level: int
    ground: Reason
    words: str
    answer_by: datetime
    next_level_at: datetime | None
    number: int = 0
    offices: tuple[str, ...] = ()


class PetitionerSeen(Struct, frozen=True, omit_defaults=True):
    """Somebody of the staff looked at who wrote a submission (invariant 7)."""

    receipt: str


class Looked(Struct, frozen=True, omit_defaults=True):
    """Somebody who may read a sealed case opened it, or one of its files: ``number`` of those of ``receipt``."""

    receipt: str = ""
    number: int | None = None


class Erased(Struct, frozen=True, omit_defaults=True):
    """At her request, after the retention term, what a citizen wrote and who she is were erased."""

    receipt: str


class Instructed(Struct, frozen=True, omit_defaults=True):
    """批示: a leader's words on the case."""

    words: str


class StoodSettled(Struct, frozen=True, omit_defaults=True):
    """初信初访一次化解: the citizen did not come again within the term after the end."""


class CameAgain(Struct, frozen=True, omit_defaults=True):
    """重复信访: the same citizen wrote of the same matter again; ``case_id`` is what that became."""

    case_id: str
