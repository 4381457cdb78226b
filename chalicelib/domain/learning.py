"""Which model is at work, what persons decided of the letters it judged, and when it may decide for itself.

Rules: docs/decisions/0024. Figures are of letters that the model had not seen when it was trained.
"""

import math
from datetime import date, datetime

from msgspec import Struct

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city import Category, City
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.model_card import Card
from chalicelib.domain.opinions import meant_by
from chalicelib.domain.people import Staff
from chalicelib.domain.said import ModelSays
from chalicelib.domain.subject_list import subject_id
from chalicelib.domain.words import Role

FEWEST_DECIDED = 50  # letters that persons have decided, before anything is said of a model
FEWEST_SURE = 20  # of these, letters of which the model was sure
RIGHT_WHEN_SURE = 95  # of a hundred of these, as many as the model must be right in to decide for itself
WHOLE = 1_000  # per mille
LEAST_SURE, MOST_SURE = 50, 99  # per cent that an office may ask for
MANAGERS = frozenset({Role.ADMINISTRATOR})


class Comparison(Struct, frozen=True, omit_defaults=True):
    """Two judges of the same letters, which neither had seen. ``against``: fingerprint of the old one, "" for the
    words alone; ``better``, ``worse``: letters that only the new one, only the old one, got right; ``chance``: how
    likely it is that no better one would do so well.
    """

    letters: int
    right: int
    macro_f1: float
    sure: int
    sure_right: int
    against: str
    old_right: int
    old_macro_f1: float
    old_sure: int
    old_sure_right: int
    better: int
    worse: int
    chance: float


class AtWork(Struct, frozen=True, omit_defaults=True):
    """One entry of the history: from ``at`` on, this is at work. ``card``: None for no model at all; ``sure_from``: per
    mille that the office asks for, 0 for what the model itself names; ``on_trial``: it advises and never decides;
    ``restores``: the entry that was put back.
    """

    version: int
    at: datetime
    login: str
    name: str
    card: Card | None = None
    key: str = ""  # of its file in the bucket
    sure_from: int = 0
    on_trial: bool = False
    comparison: Comparison | None = None
    restores: int = 0
    demo: bool = False  # trained from invented letters

    @property
    def fingerprint(self) -> str:
        """Of the model; "" where none is at work."""
        return self.card.fingerprint if self.card is not None else ""

    @property
    def threshold(self) -> int:
        """From how many per mille on the model is sure."""
        return self.sure_from or self.own_threshold

    @property
    def own_threshold(self) -> int:
        """What the model itself names, in per mille, rounded up."""
        return math.ceil(round(self.card.sure_from * WHOLE, 3)) if self.card is not None else 0


class Trouble(Struct, frozen=True):
    """The file of the model that should be at work could not be read: the words decide alone."""

    at: datetime
    fingerprint: str
    why: str  # "missing", "damaged", "unreachable"


class Decided(Struct, frozen=True, omit_defaults=True):
    """What a person decided that a letter is about, and what had been said before. ``proposed``: id of the category
    that the rules, the words and the model had given it, "" for none; ``said``, ``was``: the model's best label, and
    the label that would have been right; "" where there was no model, or the city no longer knows its label.
    """

    case_id: str
    receipt: str
    arrived_at: datetime
    at: datetime
    category: str
    proposed: str = ""
    model: str = ""
    said: str = ""
    was: str = ""
    sure: bool = False

    @property
    def agreed(self) -> bool:
        """Whether the model was right."""
        return bool(self.said) and self.said == self.was

    @property
    def by_person_alone(self) -> bool:
        """Whether the person decided otherwise than was proposed, or nothing was."""
        return self.category != self.proposed


def decided(
    case_id: str,
    receipt: str,
    arrived_at: datetime,
    at: datetime,
    category: Category,
    proposed: str | None,
    says: ModelSays | None,
    city: City,
) -> Decided:
    """What is kept when a person has decided that the letter is about ``category``. A matter counts as its subject:
    models name subjects and classes.
    """
    category = city.category(subject_id(category.id)) or category
    proposed = subject_id(proposed) if proposed else ""
    plain = Decided(case_id, receipt, arrived_at, at, category.id, proposed)
    if says is None or not says.guesses:
        return plain
    label = says.guesses[0].label
    meant = meant_by(label, city)
    if not meant:
        return plain
    was = label if category in meant else true_label(label, category, city)
    return Decided(case_id, receipt, arrived_at, at, category.id, proposed, says.model, label, was, sure=says.sure)


def true_label(like: str, category: Category, city: City) -> str:
    """What ``category`` is called in the words of a model that says ``like``: the top class where it names top classes,
    else the category by its name or, where it goes by ids, by its id.
    """
    meant = meant_by(like, city)
    group = meant[0].group if meant else None
    if group is not None and like == group.zh and like != meant[0].name.zh:
        return category.group.zh if category.group is not None else category.name.zh
    return category.id if meant and like == meant[0].id else category.name.zh


def month_of_arrival(at: datetime) -> date:
    """The month in whose partition a decision is kept: that in which the letter came, in Shanghai."""
    return at.astimezone(SHANGHAI).date().replace(day=1)


class Count(Struct, frozen=True):
    """So many letters of a month of which ``model`` said ``said``, and that were ``was``."""

    model: str
    said: str
    was: str
    sure: bool
    letters: int


class MonthSum(Struct, frozen=True):
    """A month of decisions, counted at ``at``. ``without``: those on which no model had spoken."""

    month: date
    at: datetime
    counts: tuple[Count, ...] = ()
    without: int = 0


class Trial(Struct, frozen=True):
    """How a model on trial does so far."""

    decided: int = 0
    agreed: int = 0
    sure: int = 0
    sure_right: int = 0

    @property
    def passed(self) -> bool:
        """Whether it may decide for itself."""
        enough = self.decided >= FEWEST_DECIDED and self.sure >= FEWEST_SURE
        return enough and self.sure_right * 100 >= RIGHT_WHEN_SURE * self.sure


def may_manage(staff: Staff) -> bool:
    """Who puts models back, and says how sure they must be."""
    return staff.role in MANAGERS


def read_threshold(text: str) -> int:
    """Per mille of a threshold that was typed in per cent; 0 where it was left to the model. Raises Invalid."""
    typed = text.strip().rstrip("%％").strip()
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and LEAST_SURE <= int(typed) <= MOST_SURE):
        params = (("least", str(LEAST_SURE)), ("most", str(MOST_SURE)))
        raise Invalid([FieldError("sure_from", "learning.threshold.wrong", params)])
    return int(typed) * 10
