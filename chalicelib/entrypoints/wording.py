"""Names and moments as every answer of the API gives them."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from chalicelib.domain.city import City

Json = dict[str, object]
Moment = Annotated[str, Meta(description="UTC, to the second", extra_json_schema={"format": "date-time"})]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]


def unit_name(unit_id: str | None, city: City, language: str) -> str | None:
    """A unit's name; its id when the city no longer has it."""
    unit = city.unit(unit_id)
    return unit.name.within(language) if unit else unit_id


def iso(at: datetime) -> str:
    """A moment in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
