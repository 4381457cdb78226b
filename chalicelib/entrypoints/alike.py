"""The public matters that a citizen is shown before she sends a letter: she judges whether hers is one of them."""

from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response
from msgspec import Struct

from chalicelib.desk import cities, offering
from chalicelib.desk.offering import Offer
from chalicelib.domain.city import City
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Outcome, State
from chalicelib.entrypoints.answers import address_of, answered, json_answer, json_body
from chalicelib.entrypoints.contract import IN_BODY, promise
from chalicelib.entrypoints.forms import AlikeAsked
from chalicelib.entrypoints.views import decision_id
from chalicelib.entrypoints.wording import Day, unit_name
from chalicelib.web.messages import say

alike = Blueprint(__name__)


class AlikeMatter(Struct, frozen=True, kw_only=True):
    """A public matter, in the words that were made fit for everybody. ``id`` goes into ``alike`` of a submission."""

    id: str
    title: str
    answer: str
    outcome: Outcome
    outcome_name: str
    state: State
    state_name: str
    unit_name: str | None
    area_name: str | None
    filed_on: Day
    published_on: Day
    people: int


class AlikeMatters(Struct, frozen=True):
    """At most three, the nearest first."""

    alike: tuple[AlikeMatter, ...]


@promise(
    alike,
    "POST",
    "/api/alike",
    "alike",
    takes=AlikeAsked,
    answers={200: AlikeMatters},
    refuses=(*IN_BODY, "slow_down"),
)
def alike_public() -> Response:
    """Public matters that may be hers. A POST, so that what she wrote stands in no log and no history."""

    def work(request: Request, language: str) -> Response:
        offers = offering.alike_public(json_body(request), address_of(request), datetime.now(UTC))
        city = cities.known()
        return json_answer(AlikeMatters(tuple(_view(one, city, language) for one in offers)))

    return answered(alike.current_request, work)


def _view(offer: Offer, city: City, language: str) -> AlikeMatter:
    matter, decision = offer.matter, offer.matter.decision
    area = city.area(matter.area)
    return AlikeMatter(
        id=decision_id(decision.day, decision.case_id),
        title=decision.title,
        answer=decision.text,
        outcome=decision.outcome,
        outcome_name=say(f"outcome.{decision.outcome}", language),
        state=offer.case.state,
        state_name=say(f"state.{offer.case.state}", language),
        unit_name=unit_name(decision.unit, city, language),
        area_name=area.name.within(language) if area else None,
        filed_on=day_in_shanghai(matter.filed_at).isoformat(),
        published_on=decision.day.isoformat(),
        people=offer.case.people,
    )
