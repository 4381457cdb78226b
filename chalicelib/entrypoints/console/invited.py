"""The room of a lay supervisor (信访监督员): what they are invited to, masked, and nothing else of the desk."""

from collections.abc import Callable
from functools import partial

from chalice.app import Blueprint, Response
from msgspec import structs

from chalicelib.desk import attending, cities, reception_lay
from chalicelib.desk.attending import Visible
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.events import (
    ConsentWithdrawn,
    Filed,
    Rated,
    Replied,
    ReviewDecided,
    Supplemented,
    VoiceWithdrawn,
    Withdrawn,
)
from chalicelib.domain.words import View
from chalicelib.entrypoints.console.fields import chosen, yes
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated
from chalicelib.entrypoints.story_views import outcome_of, shown, step_view
from chalicelib.entrypoints.wording import Json, unit_name

invited = Blueprint(__name__)
ROOM, PLACE = "invited", "/console/invited"
OF_ONE_CITIZEN = (Filed, Supplemented, Rated, VoiceWithdrawn, Withdrawn, ConsentWithdrawn)


@invited.route("/invited", methods=["GET"])
def room() -> Response:
    """Everything the visitor is invited to."""

    def work(visit: Visit) -> Response:
        return page(visit, ROOM, room=attending.room(visit.seat.staff, visit.now))

    return seated(invited, ROOM, work)


@invited.route("/invited/cases/{case_id}", methods=["GET"])
def case(case_id: str) -> Response:
    """A case, masked."""
    return seated(invited, ROOM, partial(_case, case_id))


@invited.route("/invited/cases/{case_id}/answer", methods=["POST"], content_types=FORM)
def answer(case_id: str) -> Response:
    """Coming or not, by one click."""

    def step(visit: Visit) -> None:
        attending.answer(case_id, visit.seat.staff, visit.now, yes("coming", visit), visit.form.get("words", ""))

    return _step(step, f"cases/{case_id}", "answer", partial(_case, case_id))


@invited.route("/invited/cases/{case_id}/opinion", methods=["POST"], content_types=FORM)
def opinion(case_id: str) -> Response:
    """What they think. What was typed is still there when it is refused."""

    def step(visit: Visit) -> None:
        view = chosen(View, "view", visit)
        attending.opine(case_id, visit.seat.staff, visit.now, view, visit.form.get("words", ""))

    return _step(step, f"cases/{case_id}", "opinion", partial(_case, case_id))


@invited.route("/invited/receptions/{reception}", methods=["GET"])
def reception(reception: str) -> Response:
    """A reception: day, place, host, how many booked, and what it is about."""
    return seated(invited, ROOM, partial(_reception, reception))


@invited.route("/invited/receptions/{reception}/answer", methods=["POST"], content_types=FORM)
def answer_reception(reception: str) -> Response:
    """Coming or not, by one click."""

    def step(visit: Visit) -> None:
        reception_lay.answer(reception, visit.seat.staff, visit.now, yes("coming", visit))

    return _step(step, f"receptions/{reception}", "answer", partial(_reception, reception))


@invited.route("/invited/receptions/{reception}/opinion", methods=["POST"], content_types=FORM)
def opinion_of_reception(reception: str) -> Response:
    """What they saw, and what they think."""

    def step(visit: Visit) -> None:
        view, saw, words = chosen(View, "view", visit), visit.form.get("saw", ""), visit.form.get("words", "")
        reception_lay.opine(reception, visit.seat.staff, visit.now, view, saw, words)

    return _step(step, f"receptions/{reception}", "opinion", partial(_reception, reception))


def _step(step: Callable[[Visit], None], place: str, key: str, again: Callable[[Visit, Refused], Response]) -> Response:
    """Take a step at ``place``; ``again``: the page as it was filled in, where the step is refused."""

    def work(visit: Visit) -> Response:
        try:
            step(visit)
        except NotFound:
            raise
        except Refused as refused:
            return again(visit, refused)
        return done(f"{PLACE}/{place}", key)

    return seated(invited, ROOM, work)


def _case(case_id: str, visit: Visit, refused: Refused | None = None) -> Response:
    seen = attending.visible(visit.seat.staff, case_id, visit.now)
    return page(
        visit,
        "invited_case",
        refused=refused,
        seen=seen,
        case=seen.case,
        steps=_steps(seen, visit.language),
        replies=_replies(seen, visit.language),
        hearings=[(seen.hide(one.on), seen.hide(one.present), seen.hide(one.minutes)) for one in seen.hearings],
        views=list(View),
    )


def _reception(reception_id: str, visit: Visit, refused: Refused | None = None) -> Response:
    seen = reception_lay.seen(reception_id, visit.seat.staff, visit.now)
    return page(visit, "invited_reception", refused, seen=seen, views=list(View))


def _steps(seen: Visible, language: str) -> list[Json]:
    """The steps that the citizens see, masked; none that is of one citizen alone, such as a rating."""
    steps = []
    for event in shown(seen.events):
        if not isinstance(event.payload, OF_ONE_CITIZEN):
            step = step_view(event, seen.case.kind, cities.current(), language)
            steps.append({**structs.asdict(step), "at": event.at, "detail": seen.hide(step.detail)})
    return steps


def _replies(seen: Visible, language: str) -> list[Json]:
    """The unit's replies, and the opinions of those who reviewed them, masked."""
    return [
        {
            "at": event.at,
            "unit_name": unit_name(event.payload.unit, cities.current(), language),
            "outcome_name": outcome_of(event.payload, language)[1],
            "text": seen.hide(event.payload.text),
        }
        for event in seen.events
        if isinstance(event.payload, Replied | ReviewDecided)
    ]
