"""What is read out of a letter, and a person puts right: where the matter lies, and what is in danger (风险)."""

from msgspec import Struct


class RiskMarked(Struct, frozen=True, omit_defaults=True):
    """风险: what stands from here on. ``found``: those that are new, by the letter ``receipt`` or by a clerk;
    ``urgent``: whether one of them makes the case urgent; ``alarm``: whether life may be in danger; ``shown``: the
    words of the letter that showed it; ``words``: why a clerk set it or took it off.
    """

    risks: tuple[str, ...]
    found: tuple[str, ...]
    urgent: bool
    alarm: bool
    receipt: str = ""
    shown: str = ""
    words: str = ""


class AreaCorrected(Struct, frozen=True, omit_defaults=True):
    """A clerk says where the matter lies. ``suggested_unit``: whose it then is by its subject."""

    area: str
    suggested_unit: str | None
