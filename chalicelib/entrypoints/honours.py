"""晒网: the units' ranking, and the cases that were praised and blamed, for everybody."""

from collections.abc import Iterable
from typing import Annotated

from chalice.app import Blueprint, Request, Response
from msgspec import Meta, Struct, field

from chalicelib.desk import cities, honouring
from chalicelib.desk.honouring import Standing
from chalicelib.domain.assessment import Part
from chalicelib.domain.city import City
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.figures import LATER
from chalicelib.domain.honours import Pick, Side
from chalicelib.domain.spans import Span, Sum, span
from chalicelib.domain.words import UnitClass
from chalicelib.entrypoints.answers import answered, json_answer
from chalicelib.entrypoints.contract import promise
from chalicelib.entrypoints.wording import Moment, iso, unit_name
from chalicelib.web.messages import say

honours = Blueprint(__name__)
A_WHILE = 300  # seconds; what is taken down is gone from every copy by then
RANKED = tuple(one for one in UnitClass if one is not UnitClass.DESK)


class HonoursAsked(Struct, frozen=True):
    """Which month or quarter."""

    span: Annotated[str, Meta(description='"2026-03", "2026-Q1"; the latest unless it is said')] | None = None


class RankedPart(Struct, frozen=True):
    """A part of the score, by its name."""

    part: Part
    name: str


class RankedUnit(Struct, frozen=True, kw_only=True):
    """A unit's place. ``rank`` is null for who had too few cases to be ranked; ``rates``: percentages by part."""

    unit_name: str | None
    rank: int | None
    score: float | None
    received: int
    rates: dict[Part, float | None]


class RankedClass(Struct, frozen=True, kw_only=True):
    """Units that are ranked against each other."""

    unit_class: UnitClass = field(name="class")
    name: str
    units: tuple[RankedUnit, ...]


class NamedCase(Struct, frozen=True, kw_only=True):
    """A case that was praised or blamed; its title only where its writer lets it be published."""

    unit_name: str | None
    title: str | None
    sentence: str


class Honours(Struct, frozen=True, kw_only=True):
    """What everybody may read of a month or a quarter."""

    spans: tuple[str, ...]
    span: str
    published_at: Moment | None
    parts: tuple[RankedPart, ...]
    classes: tuple[RankedClass, ...]
    praised: tuple[NamedCase, ...]
    blamed: tuple[NamedCase, ...]


class NoHonours(Struct, frozen=True):
    """Nothing is published yet."""

    spans: tuple[str, ...]
    span: None


@promise(
    honours,
    "GET",
    "/api/honours",
    "honours",
    asks=HonoursAsked,
    answers={200: (Honours, NoHonours)},
    refuses=("invalid",),
)
def public() -> Response:
    """A month or a quarter, the latest unless ``?span=`` asks for another: "2026-03", "2026-Q1"."""

    def work(request: Request, language: str) -> Response:
        asked = dict(request.query_params or {}).get("span")
        spans = honouring.public_spans()
        chosen = next(iter(spans), None) if asked is None else _asked(asked, spans)
        if chosen is None:
            return json_answer(NoHonours((), None), keep_for=A_WHILE)
        return json_answer(
            standing_view(honouring.standing(chosen), spans, cities.current(), language), keep_for=A_WHILE
        )

    return answered(honours.current_request, work)


def _asked(written: str, spans: tuple[Span, ...]) -> Span:
    found = span(written)
    if found is None or found not in spans:
        raise Invalid([FieldError("span", "honour.span")])
    return found


def standing_view(standing: Standing, spans: tuple[Span, ...], city: City, language: str) -> Honours:
    """What everybody may read of a span."""

    parts = [part for part in Part if part not in LATER or any(line.shares[part].of for line in standing.sums)]

    def named(side: Side) -> tuple[NamedCase, ...]:
        return tuple(_case(one, city, language) for one in standing.picks if one.side is side)

    return Honours(
        spans=tuple(one.name for one in spans),
        span=standing.span.name,
        published_at=iso(standing.at) if standing.at is not None else None,
        parts=tuple(RankedPart(part, say(f"column.{part}", language)) for part in parts),
        classes=tuple(
            RankedClass(
                unit_class=one,
                name=say(f"unit_class.{one}", language),
                units=tuple(_unit(line, parts, city, language) for line in standing.sums if line.unit_class is one),
            )
            for one in RANKED
            if any(line.unit_class is one for line in standing.sums)
        ),
        praised=named(Side.PRAISED),
        blamed=named(Side.BLAMED),
    )


def _unit(line: Sum, parts: Iterable[Part], city: City, language: str) -> RankedUnit:
    return RankedUnit(
        unit_name=unit_name(line.unit, city, language),
        rank=line.rank,
        score=line.score,
        received=line.received,
        rates={part: _percent(line.shares[part].value) for part in parts},
    )


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 1)


def _case(one: Pick, city: City, language: str) -> NamedCase:
    return NamedCase(unit_name=unit_name(one.unit, city, language), title=one.title or None, sentence=one.sentence)
