"""The bodies of webhooks, as other agencies are promised them. The schemas that are served are made of these."""

from datetime import datetime
from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.hooks import PING, STEP_TYPES, WARNING_TYPES

Numbered = Annotated[int, Meta(ge=1, description="of the step in the case's record: order the steps of a case by it")]
CaseNumber = Annotated[str, Meta(description="the case's number")]
UnitId = Annotated[str | None, Meta(description="id of the unit in charge")]
YourNumber = Annotated[str | None, Meta(description="your own number, if you referred it")]
TakenAt = Annotated[datetime, Meta(description="when the step was taken, UTC")]
Light = Annotated[str | None, Meta(description="green, yellow, red, or grey while it stands still")]


class Told(Struct, frozen=True):
    """What an agency is told of a step, as things stood then: of no person, and of a title only when its writer lets it
    be published.
    """

    case: CaseNumber
    step: Annotated[str, Meta(description="the type without what stands before the dot")]
    number: Numbered
    at: TakenAt
    state: Annotated[str, Meta(description="where the case stands after the step")]
    kind: Annotated[str, Meta(description="appeal, advice, consultation or thanks")]
    mailbox: Annotated[str, Meta(description="id of the mailbox it came to")]
    category: Annotated[str | None, Meta(description="id of its subject")]
    area: Annotated[str | None, Meta(description="code of the administrative division")]
    unit: UnitId
    unit_name: Annotated[str | None, Meta(description="its name, in Chinese")]
    light: Light
    title: Annotated[str | None, Meta(description="when its writer lets the matter be published")]
    joined_to: Annotated[str | None, Meta(description="the case that now handles the matter")]
    your_number: YourNumber


class Warned(Told, frozen=True):
    """The same of a warning. ``unit`` is whose delay it is. Nothing that anybody typed is told."""

    deadline: Annotated[datetime | None, Meta(description="the nearest term of the case")]
    level: Annotated[int | None, Meta(description="1 to 3, of the order in force")]
    order: Annotated[int | None, Meta(description="number of the order in its case")]
    answer_by: Annotated[datetime | None, Meta(description="the order's own term")]
    ground: Annotated[str | None, Meta(description="of an order and of a release, in Chinese")]
    found: Annotated[str | None, Meta(description="in_hand, done, not_done or false_reply")]
    file: Annotated[str | None, Meta(description="at level 3, the page of the whole file, for whoever may read it")]


class SealedWarned(Struct, frozen=True):
    """All that is told of a warning on a sealed accusation."""

    case: CaseNumber
    step: str
    number: Numbered
    at: TakenAt
    light: Light
    level: int | None
    unit: UnitId
    unit_name: str | None
    deadline: datetime | None
    answer_by: datetime | None


class Thin(Struct, frozen=True):
    """All that is told of any step to an endpoint that chose thin events: by what it is looked up."""

    case: CaseNumber
    number: Numbered
    your_number: YourNumber
    link: Annotated[
        str | None,
        Meta(
            description="where it is looked up: how your petition stands, if you referred it (signed, as documented); "
            "else the case in our console, for whoever may read it; null of a sealed matter"
        ),
    ]


class Ping(Struct, frozen=True):
    """Of a test: which endpoint it was."""

    endpoint: str


class StepEvent(Struct, frozen=True):
    """A public step of a case."""

    type: Annotated[str, Meta(extra_json_schema={"enum": list(STEP_TYPES)})]
    timestamp: TakenAt
    data: Told


class WarningEvent(Struct, frozen=True):
    """A warning."""

    type: Annotated[str, Meta(extra_json_schema={"enum": list(WARNING_TYPES)})]
    timestamp: TakenAt
    data: Warned


class SealedWarningEvent(Struct, frozen=True):
    """A warning on a sealed accusation."""

    type: Annotated[str, Meta(extra_json_schema={"enum": list(WARNING_TYPES)})]
    timestamp: TakenAt
    data: SealedWarned


class ThinEvent(Struct, frozen=True):
    """Any step or warning, told thinly."""

    type: Annotated[str, Meta(extra_json_schema={"enum": [*STEP_TYPES, *WARNING_TYPES]})]
    timestamp: TakenAt
    data: Thin


class PingEvent(Struct, frozen=True):
    """What the administrator's test button sends."""

    type: Annotated[str, Meta(extra_json_schema={"const": PING})]
    timestamp: TakenAt
    data: Ping


EventBody = StepEvent | WarningEvent | SealedWarningEvent | ThinEvent | PingEvent
EVENTS: tuple[type[Struct], ...] = (StepEvent, WarningEvent, SealedWarningEvent, ThinEvent, PingEvent)


@cache
def schemas() -> dict[str, object]:
    """JSON Schemas (2020-12) of every body, and which may come with which type."""
    _, definitions = msgspec.json.schema_components(EVENTS, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Webhooks of the petition desk",
        "anyOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in EVENTS],
        "types": {
            **{one: ["StepEvent", "ThinEvent"] for one in STEP_TYPES},
            **{one: ["WarningEvent", "SealedWarningEvent", "ThinEvent"] for one in WARNING_TYPES},
            PING: ["PingEvent"],
        },
        "$defs": definitions,
    }
