"""How what is read in a letter later, or put right, changes a case."""

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event


@apply.register
def _(payload: happened.RiskMarked, case: Case, event: Event) -> Case:
    urgent = payload.urgent or case.urgent_by_rule
    return replace(case, risks=payload.risks, alarm=payload.alarm, urgent=urgent)


@apply.register
def _(payload: happened.AreaCorrected, case: Case, event: Event) -> Case:
    return replace(case, area=payload.area, place="", suggested_unit=payload.suggested_unit)
