"""What was decided on citizens' advice, for everybody: adopted or not, latest first."""

import re
from datetime import date
from typing import Annotated, Literal

from chalice.app import Blueprint, Request, Response
from msgspec import Meta, Struct

from chalicelib.desk import cities, publishing
from chalicelib.desk.publishing import Shelf
from chalicelib.domain.city import City
from chalicelib.domain.deciding import Place
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.words import DECISIONS, Outcome
from chalicelib.entrypoints.answers import answered, json_answer
from chalicelib.entrypoints.contract import promise
from chalicelib.entrypoints.views import decision_id
from chalicelib.entrypoints.wording import Day, Moment, iso, unit_name
from chalicelib.web.messages import say

decisions = Blueprint(__name__)
A_WHILE = 300  # seconds; what is taken down is gone from every copy by then
_PLACE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:-([0-9]{12}))?")


class DecisionsAsked(Struct, frozen=True):
    """Which decisions."""

    outcome: Literal["adopted", "not_adopted"] = "adopted"
    before: Annotated[str, Meta(description="a day, or `next` of a page")] | None = None


class PublicDecision(Struct, frozen=True, kw_only=True):
    """What was decided on a piece of advice, in words that were made fit for everybody."""

    id: str
    title: str
    text: str
    outcome: Outcome
    outcome_name: str
    unit_name: str | None
    day: Day
    published_at: Moment


class DecisionPage(Struct, frozen=True, kw_only=True):
    """A page of the public list. ``next`` goes into ``before`` for the page after it; null at the end."""

    decisions: tuple[PublicDecision, ...]
    next: str | None
    months: tuple[str, ...]


@promise(
    decisions,
    "GET",
    "/api/decisions",
    "decisions",
    asks=DecisionsAsked,
    answers={200: DecisionPage},
    refuses=("invalid",),
)
def published() -> Response:
    """Twenty decisions, latest first. ``?outcome=adopted|not_adopted``; ``?before=`` a day, or ``next`` of a page."""

    def work(request: Request, language: str) -> Response:
        asked = dict(request.query_params or {})
        outcome, before = _outcome(asked.get("outcome", Outcome.ADOPTED)), asked.get("before")
        found = publishing.shelf(outcome, _place(before) if before is not None else None)
        return json_answer(shelf_view(found, cities.current(), language), keep_for=A_WHILE)

    return answered(decisions.current_request, work)


def _outcome(written: str) -> Outcome:
    if written not in DECISIONS:
        raise Invalid([FieldError("outcome", "decision.outcome")])
    return Outcome(written)


def _place(written: str) -> Place:
    found = _PLACE.fullmatch(written)
    try:
        if found is not None:
            return Place(date.fromisoformat(found[1]), found[2] or "")
    except ValueError:
        pass  # the 31st of February; what follows says so
    raise Invalid([FieldError("before", "decision.before")])


def shelf_view(shelf: Shelf, city: City, language: str) -> DecisionPage:
    """A page of the public list."""
    more = shelf.following
    return DecisionPage(
        decisions=tuple(
            PublicDecision(
                id=decision_id(one.day, one.case_id),
                title=one.title,
                text=one.text,
                outcome=one.outcome,
                outcome_name=say(f"outcome.{one.outcome}", language),
                unit_name=unit_name(one.unit, city, language),
                day=one.day.isoformat(),
                published_at=iso(one.published_at),
            )
            for one in shelf.decisions
        ),
        next=decision_id(more.day, more.case_id) if more is not None else None,
        months=tuple(f"{year:04}-{month:02}" for year, month in shelf.months),
    )
