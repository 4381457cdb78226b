"""What another agency is told: of a public step, and of a warning where it is told of those.

``desk/told.py`` has the shapes, which are served as schemas.
"""

from datetime import datetime
from urllib.parse import quote

import msgspec

from chalicelib.config import config
from chalicelib.desk import cities
from chalicelib.desk.told import (
    SealedWarned,
    SealedWarningEvent,
    StepEvent,
    Thin,
    ThinEvent,
    Told,
    Warned,
    WarningEvent,
)
from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.city import Endpoint
from chalicelib.domain.events import Event
from chalicelib.domain.folding import fold
from chalicelib.domain.hooks import step_of, type_of
from chalicelib.domain.messages import Message
from chalicelib.domain.notices import is_warning
from chalicelib.domain.submission import Submission
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from chalicelib.web.messages import DEFAULT, say

FILE_LEVEL = 3  # of supervision: an order of it comes with the file


def body_of(message: Message, endpoint: Endpoint) -> bytes:
    """What an agency is told of a step, as things stood at it."""
    events = cases.record_of(message.case_id)[: message.event]
    case, event = fold(events), events[-1]
    return msgspec.json.encode(_thinly(case, event, endpoint) if endpoint.thin else _in_full(case, event, endpoint))


def _thinly(case: Case, event: Event, endpoint: Endpoint) -> ThinEvent:
    number = None if case.sealed else _number_of(load_submission(case.voices[0].receipt), endpoint)
    data = Thin(case.case_id, event.number, number, _link(case, endpoint, number))
    return ThinEvent(type_of(event), event.at, data)


def _link(case: Case, endpoint: Endpoint, number: str | None) -> str | None:
    """Where an agency looks its own petition up; where anybody else, signed in here, looks at the case."""
    if case.sealed:
        return None
    if number is not None:
        return f"{config().public_origin}/api/agencies/{endpoint.agency}/petitions/{quote(number, safe='')}"
    return f"{config().public_origin}/console/cases/{case.case_id}"


def _in_full(case: Case, event: Event, endpoint: Endpoint) -> StepEvent | WarningEvent | SealedWarningEvent:
    kind, step = type_of(event), step_of(type(event.payload))
    if not is_warning(event):
        return StepEvent(kind, event.at, _told(case, event, endpoint, step))
    if case.sealed:
        return SealedWarningEvent(kind, event.at, _sealed_warning(case, event, step))
    return WarningEvent(kind, event.at, _warning(case, event, endpoint, step))


def _told(case: Case, event: Event, endpoint: Endpoint, step: str) -> Told:
    first = load_submission(case.voices[0].receipt)
    return Told(
        case=case.case_id,
        step=step,
        number=event.number,
        at=event.at,
        state=case.state,
        kind=case.kind,
        mailbox=case.mailbox,
        category=case.category,
        area=case.area,
        unit=case.unit,
        unit_name=_name(case.unit),
        light=case.light,
        title=case.title or None if case.voices[0].may_publish and not case.sealed else None,
        joined_to=case.joined_to,
        your_number=_number_of(first, endpoint),
    )


def _warning(case: Case, event: Event, endpoint: Endpoint, step: str) -> Warned:
    told = _told(case, event, endpoint, step)
    ground = event.payload.ground if isinstance(event.payload, happened.Supervised | happened.OrderReleased) else None
    found = event.payload.found if isinstance(event.payload, happened.OrderInspected) else None
    own = _own_unit(case, event)
    return Warned(
        **{**msgspec.structs.asdict(told), "unit": own, "unit_name": _name(own), "light": _light(case, event)},
        deadline=_deadline(case),
        level=_level(case, event),
        order=getattr(event.payload, "number", None) or (case.order.number if case.order is not None else None),
        answer_by=case.order.answer_by if case.order is not None else None,
        ground=say(ground.code, DEFAULT, **ground.params) if ground is not None else None,
        found=found,
        file=f"{config().public_origin}/console/cases/{case.case_id}/file" if _with_file(event) else None,
    )


def _sealed_warning(case: Case, event: Event, step: str) -> SealedWarned:
    unit = _own_unit(case, event)
    return SealedWarned(
        case=case.case_id,
        step=step,
        number=event.number,
        at=event.at,
        light=_light(case, event),
        level=_level(case, event),
        unit=unit,
        unit_name=_name(unit),
        deadline=_deadline(case),
        answer_by=case.order.answer_by if case.order is not None else None,
    )


def _own_unit(case: Case, event: Event) -> str | None:
    """Whose delay it is: an assisting unit's by its own term, else of the unit in charge."""
    return event.payload.unit if isinstance(event.payload, happened.AssistanceDue) else case.in_charge


def _light(case: Case, event: Event) -> str | None:
    """The light that the step itself tells of, else the case's."""
    own = event.payload.light if isinstance(event.payload, happened.LightChanged | happened.AssistanceDue) else None
    return own or case.light


def _level(case: Case, event: Event) -> int | None:
    """Of the order in force; of one that was released, its own."""
    if isinstance(event.payload, happened.OrderReleased):
        return event.payload.level
    return case.order.level if case.order is not None else None


def _deadline(case: Case) -> datetime | None:
    return case.deadline.due_at if case.deadline is not None else None


def _with_file(event: Event) -> bool:
    return isinstance(event.payload, happened.Supervised) and event.payload.level == FILE_LEVEL


def _name(unit_id: str | None) -> str | None:
    unit = cities.known().unit(unit_id)
    return unit.name.zh if unit else None


def _number_of(first: Submission, endpoint: Endpoint) -> str | None:
    return first.agency_number if first.agency is not None and first.agency == endpoint.agency else None
