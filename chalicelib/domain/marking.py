"""How risks come to stand on a case and are taken off it: by what a letter says, and by a clerk who knows better."""

from collections.abc import Iterable

from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.events import RiskMarked
from chalicelib.domain.handling import required_words
from chalicelib.domain.risks import RiskSeen

BETWEEN = "、"
MOST_WORDS_SHOWN = 12


def risks_seen(case: Case, seen: Iterable[RiskSeen], receipt: str, city: City) -> RiskMarked | None:
    """What is recorded on ``case`` of the risks that the letter ``receipt`` shows; None where all of them stand."""
    new = [one for one in seen if one.risk.id not in case.risks]
    if not new:
        return None
    found = tuple(one.risk.id for one in new)
    words = dict.fromkeys(word for one in new for word in one.words)
    return _marked((*case.risks, *found), found, city, receipt, BETWEEN.join([*words][:MOST_WORDS_SHOWN]), "")


def set_risk(case: Case, risk: str, stands: bool, words: str, city: City) -> RiskMarked:
    """A clerk sets a risk or takes it off, and says why; what was taken off can be set again.

    Raises Invalid for a risk that the city does not know, or that stands so already, and without a reason.
    """
    said = required_words("words", words)
    if stands is (risk in case.risks) or (stands and city.risk(risk) is None):
        raise Invalid([FieldError("risk", "field.unknown_choice")])
    if stands:
        return _marked((*case.risks, risk), (risk,), city, "", "", said)
    return _marked(tuple(one for one in case.risks if one != risk), (), city, "", "", said)


def _marked(
    risks: tuple[str, ...], found: tuple[str, ...], city: City, receipt: str, shown: str, words: str
) -> RiskMarked:
    standing = [risk for risk in city.risks if risk.id in risks]
    urgent, alarm = any(risk.urgent for risk in standing), any(risk.alarm for risk in standing)
    return RiskMarked(risks, found, urgent, alarm, receipt, shown, words)
